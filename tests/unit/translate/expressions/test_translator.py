"""What T-SQL says and what MySQL answers. Expected values are SQL Server's, as MS Learn documents each function."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from migrator.mysql.connect import Connection, fetch
from migrator.translate.expressions.translator import Translator
from migrator.translate.expressions.value import Untranslatable

Make = Callable[..., Translator]

SCALARS: list[tuple[str, object, str]] = [
    # integer division truncates, modulo keeps the dividend's sign
    ("[i]/(2)", 3, "int"),
    ("[neg]/(2)", -3, "int"),
    ("[neg]%(4)", -3, "int"),
    ("-[i]", -7, "int"),
    ("[t]-(5)", -2, "int"),
    ("(2)-[t]", -1, "int"),
    ("[i]&(5)", 5, "int"),
    ("[neg]&(12)", 8, "int"),
    ("[i]|(8)", 15, "int"),
    ("[i]^(1)", 6, "int"),
    ("[d]*(2)", Decimal("25.00"), "decimal(12,2)"),
    ("[d]*[i]", Decimal("87.50"), "decimal(21,2)"),
    ("[d]+(1.005)", Decimal("13.505"), "decimal(12,3)"),
    ("[m]*[i]", Decimal("21.9905"), "money"),
    ("[m]*[m]", Decimal("9.8690"), "money"),
    ("$1.50+[m]", Decimal("4.6415"), "money"),
    ("[f]/(2)", 1.25, "float(53)"),
    ("(1)/[f]", 0.4, "float(53)"),
    # text
    ("[v]+'-'+[n]", "Abc-Łódź", "nvarchar(41)"),
    ("[v]+[nothing]", None, "nvarchar(40)"),
    ("[c]+'|'", "ab   |", "varchar(6)"),
    ("concat([v],[nothing],[i])", "Abc7", "nvarchar(80)"),
    ("isnull([nothing],N'none')", "none", "nvarchar(20)"),
    ("isnull(left([nothing],(2)),N'none')", "no", "nvarchar(2)"),
    ("coalesce([nothing],[v],'z')", "Abc", "nvarchar(20)"),
    ("nullif([v],'abc')", None, "varchar(20)"),
    ("len([blanks])", 1, "int"),
    ("len([c])", 2, "int"),
    ("upper([v])", "ABC", "varchar(20)"),
    ("lower([c])+'.'", "ab   .", "varchar(6)"),
    ("rtrim([c])+'.'", "ab.", "varchar(6)"),
    ("left([v],(2))", "Ab", "varchar(2)"),
    ("right([c],(2))", "  ", "varchar(2)"),
    ("substring([v],(2),(2))", "bc", "varchar(2)"),
    ("replace([blanks],' ','_')", "x__", "varchar(8000)"),
    ("charindex('B',[v])", 2, "int"),
    ("reverse([c])", "   ba", "char(5)"),
    ("replicate('ab',(3))", "ababab", "varchar(6)"),
    # conversions
    ("CONVERT([nvarchar](23),[i])", "7", "nvarchar(23)"),
    ("cast([i] as varchar(3))", "7", "varchar(3)"),
    ("cast([neg]*(1000) as varchar(4))", "*", "varchar(4)"),
    ("right('0000'+CONVERT([varchar](10),[i]),(4))", "0007", "varchar(4)"),
    ("'a'+char((10))+nchar((66))", "a\nB", "nvarchar(3)"),
    ("[v] COLLATE Latin1_General_BIN2", "Abc", "varchar(20)"),
    ("cast([d] as varchar(20))", "12.50", "varchar(20)"),
    ("cast([d] as int)", 12, "int"),
    ("cast(-[d] as int)", -12, "int"),
    ("cast([m] as int)", 3, "int"),
    ("cast([f] as int)", 2, "int"),
    ("cast([d] as decimal(9,1))", Decimal("12.5"), "decimal(9,1)"),
    ("convert(bit,[i])", 1, "bit"),
    ("convert(date,[dt])", date(2024, 2, 29), "date"),
    ("convert(varchar(8),[dt],112)", "20240229", "varchar(8)"),
    ("convert(varchar(6),[dt],112)", "202402", "varchar(6)"),
    ("convert(varchar(10),[dt],(101))", "02/29/2024", "varchar(10)"),
    ("convert(varchar(19),[dt],120)", "2024-02-29 23:59:59", "varchar(19)"),
    ("cast([day] as varchar(10))", "2024-02-29", "varchar(10)"),
    ("cast([g] as varchar(36))", "0E984725-C51C-4BF4-9960-E1C80E27ABA0", "varchar(36)"),
    # dates: boundaries, not distances
    ("datediff(day,[dt],[dt2])", 1, "int"),
    ("datediff(hour,[dt],[dt2])", 1, "int"),
    ("datediff(minute,[dt],[dt2])", 1, "int"),
    ("datediff(second,[dt],[dt2])", 1, "int"),
    ("datediff(month,[dt],[dt2])", 1, "int"),
    ("datediff(year,'2023-12-31',[day])", 1, "int"),
    ("datediff(quarter,'2023-12-31',[day])", 1, "int"),
    ("datediff(week,'2024-03-02','2024-03-03')", 1, "int"),  # Saturday to Sunday
    ("datediff(week,'2024-03-03','2024-03-09')", 0, "int"),
    ("datediff(minute,[tm],'10:31:00')", 1, "int"),
    ("dateadd(month,(-1),[day])", date(2024, 1, 29), "date"),
    ("dateadd(year,(1),[day])", date(2025, 2, 28), "date"),
    ("year([dt])", 2024, "int"),
    ("year([dt])-(3000)", -976, "int"),
    ("datediff(year,[dt],'2000-01-01')", -24, "int"),
    ("datediff(month,[dt2],'2000-01-01')", -290, "int"),
    ("abs([t])-(5)", -2, "int"),
    ("datepart(quarter,[day])", 1, "int"),
    ("datepart(dayofyear,[day])", 60, "int"),
    ("datepart(iso_week,[day])", 9, "int"),
    ("eomonth([day])", date(2024, 2, 29), "date"),
    # choices
    ("case when [i]>(5) then 'big' else 'small' end", "big", "varchar(5)"),
    ("case [v] when 'ABC' then 1 else 0 end", 1, "int"),
    ("case when [i]>(50) then 'big' end", None, "varchar(3)"),
    ("iif([i]=(7),(1),(2.5))", Decimal("1.0"), "decimal(2,1)"),
    ("choose([t],'a','b','c')", "c", "varchar(1)"),
    ("isnull([i]-[neg],(0))", 14, "int"),
    ("[h].[GetLevel]()", 3, "smallint"),
    ("abs([neg])", 7, "int"),
    ("round([d],(0))", Decimal(13), "decimal(10,2)"),
    ("round([d],(0),(1))", Decimal(12), "decimal(10,2)"),
    ("ceiling([d])", 13, "decimal(10,2)"),
    ("isjson([long])", 1, "int"),
    ("isjson([v])", 0, "int"),
]


def test_scalars_have_sql_servers_values_and_types(values: Connection, translator: Make) -> None:
    wrong = []
    for source, expected, type_ in SCALARS:
        value = translator().scalar_of(source)
        ((found,),) = fetch(values, f"SELECT {value.sql} FROM v")
        if found != expected or str(value.type) != type_:
            wrong.append((source, value.sql, found, str(value.type)))
    assert wrong == []


CONDITIONS: list[tuple[str, object]] = [
    ("[blanks]='x'", 1),  # trailing blanks do not count
    ("[blanks]='x '", 1),
    ("[c]='ab'", 1),
    ("[c]='ab     '", 1),
    ("[v]='ABC'", 1),
    ("[bin]='ABC'", 0),
    ("[v] IN ('x','ABC ')", 1),
    ("[v] like 'a%'", 1),
    ("[v] like '[a-c]bc'", 1),
    ("[v] like '[^a-c]bc'", 0),
    ("[v] like '[A-C][a-c]_'", 1),
    ("[bin] like '[a-c]bc'", 0),
    ("[bin] like '[A-C]bc'", 1),
    ("[v] like 'a!%' escape '!'", 0),
    ("[v] like 'Abc'", 1),
    ("[blanks] like 'x'", 1),
    ("[v]+'[' like '%[[]'", 1),
    ("[c] like 'ab'", 1),
    ("[c] like 'ab[^0-9]'", 1),  # the blanks of char(n) count as characters where the pattern wants some
    ("[c] like 'ab_'", 1),
    ("[c] like 'a_ %'", 1),
    ("[c] like 'ab[0-9]'", 0),
    ("[blanks] like 'x_'", 1),
    ("[blanks] like 'x[^0-9]'", 1),
    ("[blanks] like '[a-z]'", 1),
    ("[blanks] like N'x'", 0),  # in Unicode they always count
    ("[v] COLLATE Latin1_General_BIN2='abc'", 0),
    ("[v] COLLATE Latin1_General_BIN2 like '[A-C]bc'", 1),
    ("[v]+'%' like 'Abc[%]'", 1),
    ("'a\\b' like 'a\\b'", 1),
    ("[d]>=(0.00)", 1),
    ("[r]=(0.1)", 1),
    ("[i]='7'", 1),
    ("[b]='true'", 1),
    ("[day]>='20240229'", 1),
    ("[dt]>'2024-02-29T12:00:00'", 1),
    ("[day]>='1930-01-01' AND [day]<='2024-02-28'", 0),
    ("[tm] between '10:00' and '11:00'", 1),
    ("[nothing] is null", 1),
    ("[nothing] is not null or [i]<>(7)", 0),
    ("not ([i]=(7) or [i]=(8))", 0),
    ("not [i]=(8)", 1),
    ("([i]=(7) or [i]=(8)) and [v]='q'", 0),
    ("[nothing]='x'", None),
    ("convert(varchar(8),[dt],112)='20240229'", 1),
    ("convert(nvarchar(30),[i])=[n]", 0),
    ("[v]+convert(varchar(8),[dt],112)=upper([v])+'20240229'", 1),
    ("[bin]+convert(varchar(8),[dt],112)='abc20240229'", 0),
    ("convert(varchar(8),[dt],112) like '2024[01]%'", 1),
    ("[i]>=(1) AND [i]<=(3) OR [i]=(7)", 1),
    ("len([v])>(2)", 1),
    ("isjson([long])>(0)", 1),
    ("[g]='0E984725-C51C-4BF4-9960-E1C80E27ABA0'", 1),
    ("upper([v])='ABC'", 1),
    ("[i]*(2)>=[t]-(10)", 1),
    ("datediff(day,[day],[dt])=(0)", 1),
]


def test_conditions_are_true_for_the_same_rows(values: Connection, translator: Make) -> None:
    wrong = []
    for source, expected in CONDITIONS:
        sql = translator().condition_of(source)
        ((found,),) = fetch(values, f"SELECT {sql} FROM v")
        if found != expected:
            wrong.append((source, sql, found))
    assert wrong == []


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("[dbo].[f]([i])", "dbo.f"),
        ("getdate()", "differs from call to call"),
        ("[dt2]-[dt]", "MySQL treats otherwise"),
        ("[v]+[i]", "for every row"),
        ("[counter]+(1)", "AUTO_INCREMENT"),
        ("[absent]", "no column"),
        ("try_cast([v] as float)", "NULL where MySQL fails"),
        ("cast([dt] as varchar(30))", "language"),
        ("cast([f] as varchar(30))", "converted"),
        ("convert(varchar(10),[i],[t])", "style"),
        ("substring([v],[d],(2))", "SUBSTRING"),
        ("replace([v],'a','b')", "REPLACE"),
        ("patindex([v],[n])", "PATINDEX"),
        ("[v] COLLATE Klingon", "Klingon"),
        ("datepart(weekday,[day])", "DATEFIRST"),
        ("datediff(iso_week,[dt],[dt2])", "iso_week"),
        ("dateadd(hour,(1),[day])", "hours"),
        ("round([f],(1))", "halves"),
        ("[long].value('(/a)[1]','int')", "method"),
        ("format([i],'x')", "format"),
        ("(select 1)", "not known"),
        ("[i] +", "cannot be read"),
        ("NEXT VALUE FOR [dbo].[s]", "sequence"),
        ("case when [i]=(1) then [v] else [i] end", "mixes"),
    ],
)
def test_what_has_no_equal_is_refused(translator: Make, source: str, reason: str) -> None:
    with pytest.raises(Untranslatable, match=reason):
        translator().scalar_of(source)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("[v]=(1)", "each engine converts"),
        ("[dt]='01/02/2024'", "language"),
        ("[i]='x'", "no number"),
        ("[i] in (select 1)", "another table"),
        ("[v] like [n]", "no constant"),
        ("[g]='x'", "no uniqueidentifier"),
        ("[dt]<(1.5)", "number stands for a date"),
    ],
)
def test_comparisons_that_depend_on_conversion_are_refused(translator: Make, source: str, reason: str) -> None:
    with pytest.raises(Untranslatable, match=reason):
        translator().condition_of(source)


def test_remarks_tell_what_may_differ(translator: Make) -> None:
    ranged = translator()
    ranged.condition_of("[v] like '[A-Z]%'")
    assert ranged.remarks == ["like-range"]
    cut = translator()
    cut.scalar_of("[m]*[m]")
    assert cut.remarks == ["digits-cut"]
    counted = translator()
    counted.condition_of("len([n])>(2) and len([v])>(2)")
    assert counted.remarks == ["utf16-units"]
    exact = translator()
    exact.condition_of("[v] like '[abc]%' and [d]*[i]>(0)")
    assert exact.remarks == []


def test_used_columns_are_known(translator: Make) -> None:
    used = translator()
    used.condition_of("[I]>(0) AND [h].[GetLevel]()<[T]")
    assert used.used == {"i", "h", "t"}


def test_a_default_may_differ_from_call_to_call(translator: Make) -> None:
    assert translator(stable=False, fraction=3).scalar_of("(getdate())").sql == "CURRENT_TIMESTAMP(3)"
    moved = translator(stable=False, fraction=0).scalar_of("dateadd(day,(30),getutcdate())")
    assert moved.sql == "DATE_ADD(UTC_TIMESTAMP(0), INTERVAL 30 DAY)"


def test_a_long_chain_is_no_deep_tree(translator: Make) -> None:
    chain = " OR ".join(f"[i]=({number})" for number in range(3000))
    assert translator().condition_of(chain).count(" OR ") == 2999


def test_depth_ends_in_a_reason(translator: Make) -> None:
    with pytest.raises(Untranslatable, match=r"nested too deep|cannot be read"):
        translator().scalar_of("(" * 5000 + "1" + ")" * 5000)
