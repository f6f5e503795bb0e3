"""Functions and conversions by their values: what MS Learn says of SQL Server, or what follows from its rules."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from migrator.mysql.connect import Connection, fetch
from migrator.translate.expressions.translator import Translator
from migrator.translate.expressions.value import Untranslatable

Make = Callable[..., Translator]
at = datetime.fromisoformat

EXACT: list[tuple[str, object]] = [
    # text
    ("stuff([v],(2),(1),'--')", "A--c"),
    ("stuff([v],(0),(1),'x')", None),
    ("stuff([v],(4),(1),'x')", None),
    ("stuff([v],(1),(2),[nothing])", "c"),
    ("charindex('',[v])", 0),
    ("charindex([nothing],[v])", None),
    ("charindex('b',[v],[neg])", 2),
    ("charindex('b',[v],(3))", 0),
    ("charindex(N'Ź',[n])", 4),
    ("patindex('%[0-9]%','ab7')", 3),
    ("patindex('%b_%',[v])", 2),
    ("patindex('b%',[v])", 0),
    ("patindex('Ab%',[v])", 1),
    ("patindex('%c',[v])", 3),
    ("patindex('%',[v])", 1),
    ("substring([v],(0),(2))", "A"),
    ("substring([v],[neg]+(7),[i]-(5))", "A"),
    ("substring([v],(-5),(3))", ""),
    ("replicate([v],[neg])", None),
    ("replicate([v],[t])", "AbcAbcAbc"),
    ("space([t])", "   "),
    ("concat_ws(',',[v],[nothing],[i])", "Abc,7"),
    ("concat_ws([nothing],'a','b')", "ab"),
    ("replace('a'+char((13))+'b',char((13)),'')", "ab"),
    ("translate('2*[3+4]','[]','()')", "2*(3+4)"),
    ("translate('abc','ab','ba')", "bac"),
    ("trim('x. ' from 'x.Abc.x')", "Abc"),
    ("ltrim('007','0')", "7"),
    ("rtrim('7.500','0')", "7.5"),
    ("quotename('a]b')", "[a]]b]"),
    ("quotename('a','\"')", '"a"'),
    ("str([i],(5))", "    7"),
    ("str([d],(6),(1))", "  12.5"),
    ("str([i]*(1000),(2))", "**"),
    ("datalength([v])", 3),
    ("datalength([n])", 8),
    ("datalength([c])", 5),
    ("datalength([i])", 4),
    ("datalength([d])", 9),
    ("datalength([nothing])", None),
    ("datalength([bytes])", 2),
    ("unicode([n])", 321),
    ("nchar((321))", "Ł"),
    ("ascii('A')", 65),
    ("string_escape('a\"/\\','json')", 'a\\"\\/\\\\'),
    ("len([i])", 1),
    ("left([i],(1))+right([neg],(1))", "77"),
    ("[v]+NULL", None),
    ("datediff(second,(0),[tm])", 37815),
    ("hashbytes('SHA2_256',N'ab')", hashlib.sha256("ab".encode("utf-16-le")).digest()),
    ("hashbytes('SHA2_512',[bytes])", hashlib.sha512(b"\xca\xfe").digest()),
    # conversions
    ("cast([v] as char(5))+'|'", "Abc  |"),
    ("cast([i] as char(3))+'|'", "7  |"),
    ("cast([m] as varchar(30))", "3.14"),
    ("convert(varchar(30),[m]*(1000000),(1))", "3,141,500.00"),
    ("convert(varchar(30),[m],(2))", "3.1415"),
    ("convert(varchar(10),[bytes],(1))", "0xCAFE"),
    ("convert(varchar(10),[bytes],(2))", "CAFE"),
    ("convert(varchar(8),[dt],(3))", "29/02/24"),
    ("convert(varchar(8),[dt],(11))", "24/02/29"),
    ("convert(varchar(6),[dt],(12))", "240229"),
    ("convert(varchar(12),[dt],(114))", "23:59:59:997"),
    ("convert(varchar(23),[dt],(121))", "2024-02-29 23:59:59.997"),
    ("convert(varchar(23),[dt],(126))", "2024-02-29T23:59:59.997"),
    ("convert(varchar(23),[small],(126))", "2024-02-09T09:05:00"),
    ("cast([dt2] as varchar(27))", "2024-03-01 00:00:00.0000010"),
    ("cast([sharp] as varchar(30))", "2024-02-29 23:59:59.997"),
    ("cast([tm] as varchar(12))", "10:30:15.250"),
    ("convert(varchar(8),[tm],(108))", "10:30:15"),
    ("convert(varbinary(4),[i])", b"\0\0\0\x07"),
    ("convert(varbinary(4),[neg])", b"\xff\xff\xff\xf9"),
    ("cast(0xFFFFFFF9 as int)", -7),
    ("cast(0x0102 as int)", 258),
    ("cast(N'ab' as varbinary(10))", b"a\0b\0"),
    ("cast([tm] as datetime)", at("1900-01-01 10:30:15.250000")),
    ("try_cast([digits] as int)", 42),
    ("try_cast([v] as int)", None),
    ("try_cast('' as int)", 0),
    ("try_cast('-12' as smallint)", -12),
    ("try_cast('99999' as smallint)", None),
    ("try_cast([big] as int)", None),
    ("try_cast([i] as tinyint)", 7),
    ("try_cast([neg] as tinyint)", None),
    ("try_convert(decimal(6,2),'12.345')", Decimal("12.35")),
    ("try_convert(decimal(4,2),'123')", None),
    ("try_cast('1.5' as int)", None),
    ("try_cast([i] as varchar(5))", "7"),
    # numbers
    ("~[i]", -8),
    ("~[t]", 252),
    ("~[b]", 0),
    ("power((2),(10))", 1024),
    ("power((2),(-1))", 0),
    ("power([f],(2))", 6.25),
    ("power([d],(2))", Decimal("156.25")),
    ("square([i])", 49.0),
    ("sqrt((16))", 4.0),
    ("log((8),(2))", 3.0),
    ("log10((1000))", 3.0),
    ("degrees(pi())", 180.0),
    ("round([d],[t]-(2))", Decimal("12.50")),
    ("isnumeric([i])", 1),
    ("greatest([i],[neg],NULL)", 7),
    ("least([i],[neg])", -7),
    ("greatest([nothing],'b','a')", "b"),
    ("[d]%(5)", Decimal("2.50")),
    # dates
    ("dateadd(millisecond,(3),[dt2])", at("2024-03-01 00:00:00.003001")),
    ("dateadd(nanosecond,(2000),[dt2])", at("2024-03-01 00:00:00.000003")),
    ("dateadd(hour,(14),[tm])", timedelta(minutes=30, seconds=15, milliseconds=250)),
    ("dateadd(day,(1.9),[day])", date(2024, 3, 1)),
    ("datediff(millisecond,[dt],[dt2])", 3),
    ("datediff(microsecond,[dt],[dt2])", 3001),
    ("datediff_big(nanosecond,[dt],[dt2])", 3001000),
    ("datediff(hour,[tm],'12:00')", 2),
    ("datediff(second,'10:30:16',[tm])", -1),
    ("dateadd(day,datediff(day,(0),[dt]),(0))", at("2024-02-29 00:00:00")),
    ("dateadd(month,datediff(month,(0),[dt]),(0))", at("2024-02-01 00:00:00")),
    ("datename(year,[dt])", "2024"),
    ("datename(day,[dt])", "29"),
    ("datepart(nanosecond,[dt2])", 1000),
    ("eomonth([day],(1))", date(2024, 3, 31)),
    ("datefromparts([i]+(2000),(2),[t])", date(2007, 2, 3)),
    ("datetimefromparts((2024),(2),(29),(1),(2),(3),(40))", at("2024-02-29 01:02:03.040000")),
    ("datetime2fromparts((2024),(2),(29),(1),(2),(3),(5),(1))", at("2024-02-29 01:02:03.500000")),
    ("smalldatetimefromparts((2024),(2),(29),(23),(59))", at("2024-02-29 23:59:00")),
    ("timefromparts((23),(59),(1),(0),(0))", timedelta(hours=23, minutes=59, seconds=1)),
    ("datetrunc(quarter,[day])", date(2024, 1, 1)),
    ("datetrunc(month,[dt])", at("2024-02-01 00:00:00")),
    ("datetrunc(hour,[dt])", at("2024-02-29 23:00:00")),
    ("datetrunc(iso_week,[dt])", at("2024-02-26 00:00:00")),
    ("datetrunc(millisecond,[dt2])", at("2024-03-01 00:00:00")),
    # JSON
    ("json_value([long],'$.a')", "1"),
    ("json_value([long],'$.b')", None),
    ("json_value([long],'$')", None),
    ("json_value([v],'$.a')", None),
    ('json_value(\'{"a":{"b c":[true,null]}}\',\'lax $.a."b c"[0]\')', "true"),
    ('json_value(\'{"a":{"b c":[true,null]}}\',\'$.a."b c"[1]\')', None),
    ("json_query('{\"a\":[1]}','$.a')", "[1]"),
    ("json_query('{\"a\":1}','$.a')", None),
    ("json_modify([long],'$.b',N'x')", '{"a": 1, "b": "x"}'),
    ("json_modify([long],'$.a',NULL)", "{}"),
    ("json_modify('{\"a\":[1]}','append $.a',[i])", '{"a": [1, 7]}'),
    ("json_modify([long],'$.a',json_query('[2]'))", '{"a": [2]}'),
    ("json_object('z':[i],'a':[v] null on null)", '{"z":7,"a":"Abc"}'),
    ("json_object('a':[nothing])", '{"a":null}'),
    ("json_object('a':[nothing] absent on null)", "{}"),
    ("json_array([i],[nothing],[v])", '[7,"Abc"]'),
    ("json_array([nothing] null on null)", "[null]"),
    ("json_object('a':json_array([b]+(0)))", '{"a":[1]}'),
    ("isjson([nothing])", None),
    ("isjson('[1]',array)", 1),
    ("isjson('[1]',object)", 0),
    ("isjson('1',scalar)", 1),
    ("isjson('1')", 0),
    ("json_path_exists([long],'$.a')", 1),
    ("json_path_exists([long],'$.b')", 0),
    ("json_path_exists([v],'$.a')", 0),
    ("json_path_exists([nothing],'$.a')", None),
    # hierarchyid
    ("[h].ToString()", "/1/2.5/3/"),
    ("[h].GetAncestor(1).ToString()", "/1/2.5/"),
    ("[h].GetAncestor(3).ToString()", "/"),
    ("[h].GetAncestor(4).ToString()", None),
    ("[h].IsDescendantOf([part])", 1),
    ("[part].IsDescendantOf([h])", 0),
    ("[h].IsDescendantOf(hierarchyid::GetRoot())", 1),
]

LENIENT: list[tuple[str, object, tuple[str, ...]]] = [
    ("replace([v],'B','$x')", "A$xc", ("replace-case",)),
    ("replace([v],[v],'x')", "x", ("replace-exact",)),
    ("parsename('a.b.c',(1))", "c", ("parsename",)),
    ("parsename('a.b.c',(4))", None, ("parsename",)),
    ("ascii([v])", 65, ("code-page",)),
    ("char((233))", "é", ("code-page",)),
    ("cast([n] as varchar(3))", "Łód", ("code-page",)),
    ("soundex('Robert')", "R163", ("soundex",)),
    ("difference('Robert','Rupert')", 4, ("soundex", "soundex")),
    ("hashbytes('SHA2_256',[v])", hashlib.sha256(b"Abc").digest(), ("text-bytes",)),
    # conversions
    ("cast([dt] as varchar(30))", "Feb 29 2024 11:59PM", ("language-names",)),
    ("cast([small] as varchar(30))", "Feb  9 2024  9:05AM", ("language-names",)),
    ("convert(varchar(30),[dt],(109))", "Feb 29 2024 11:59:59:997PM", ("language-names",)),
    ("convert(varchar(30),[dt],(106))", "29 Feb 2024", ("language-names",)),
    ("convert(varchar(30),[dt],(107))", "Feb 29, 2024", ("language-names",)),
    ("convert(varchar(30),[dt],(113))", "29 Feb 2024 23:59:59:997", ("language-names",)),
    ("cast([f] as varchar(30))", "2.5", ("float-text",)),
    ("cast([f]/(3) as varchar(30))", "0.833333", ("float-text",)),
    ("cast([digits] as int)", 42, ("text-to-number",)),
    ("cast([iso] as date)", date(2024, 2, 29), ("text-to-date",)),
    ("convert(datetime,[us],(101))", at("2024-02-29 00:00:00"), ("text-to-date",)),
    ("convert(date,[iso],(101))", date(2024, 2, 29), ("text-to-date",)),
    ("convert(date,'29.02.2024',(104))", date(2024, 2, 29), ("text-to-date",)),
    ("try_cast([iso] as datetime2(3))", at("2024-02-29 10:11:12.500000"), ("try-forms",)),
    ("try_cast([v] as date)", None, ("try-forms",)),
    ("try_cast([v] as float)", None, ("try-forms",)),
    ("try_cast('1e2' as float)", 100.0, ("try-forms",)),
    ("try_cast('$1,000.5' as money)", Decimal("1000.5000"), ("try-forms",)),
    ("try_cast('true' as bit)", 1, ("try-forms",)),
    ("try_cast([v] as uniqueidentifier)", None, ("try-forms",)),
    ("cast([dt2] as smalldatetime)", at("2024-03-01 00:00:00"), ("datetime-ticks",)),
    ("cast([dt] as smalldatetime)", at("2024-03-01 00:00:00"), ("datetime-ticks",)),
    ("cast([dt] as int)", 45350, ("days-as-date",)),
    ("cast([small] as float)", 45329.378472222222, ("days-as-date",)),
    ("cast([f] as decimal(9,1))", Decimal("2.5"), ("float-rounding",)),
    ("round([f],(0))", 3.0, ("float-rounding",)),
    ("isnumeric([digits])", 1, ("isnumeric",)),
    ("isnumeric([v])", 0, ("isnumeric",)),
    ("isnumeric('-$1,5.0e3')", 1, ("isnumeric",)),
    ("isdate([iso])", 1, ("isdate",)),
    ("isdate([v])", 0, ("isdate",)),
    # mixed types
    ("[v]+cast([i] as varchar(5))", "Abc7", ()),
    ("[digits]+[i]", 49, ("text-to-number",)),
    ("case when [i]=(7) then [digits] else [i] end", 42, ("text-to-number",)),
    ("coalesce([nothing],[i])", 7, ("text-to-number",)),
    ("isnull([nothing],[i])", "7", ()),
    ("isnull([i],[digits])", 7, ("text-to-number",)),
    ("iif([digits]=(42),'yes','no')", "yes", ("text-to-number",)),
    ("iif([iso]>[day],'later','not')", "not", ("text-to-date",)),
    ("iif([dt]='02/29/2024 23:59:59.997','yes','no')", "yes", ()),
    ("iif([v] like [v]+'%','yes','no')", "yes", ("like-pattern",)),
    ("iif([h]=[h],'same','not')", "same", ("other-compared",)),
    ("iif([i] in ('7','8'),1,0)", 1, ()),
    ("[dt]+(1.5)", at("2024-03-02 11:59:59.997000"), ("days-as-date",)),
    ("[dt]-[dt]", at("1900-01-01 00:00:00"), ("days-as-date",)),
    # dates
    ("datename(month,[dt])", "February", ("language-names",)),
    ("datename(weekday,[day])", "Thursday", ("language-names",)),
    ("datepart(weekday,[day])", 5, ("date-first",)),
    ("datepart(week,[day])", 9, ("date-first",)),
    ("datepart(week,'2024-01-06')", 1, ("date-first",)),
    ("datepart(week,'2024-01-07')", 2, ("date-first",)),
    ("datetrunc(week,[day])", date(2024, 2, 25), ("date-first",)),
    ("dateadd(day,(1),[iso])", at("2024-03-01 10:11:12.500000"), ("text-to-date",)),
    ("year([iso])", 2024, ("text-to-date",)),
    ("year([at])", 2024, ("offset-lost",)),
    (
        "cast(switchoffset([at],'-05:00') as datetime2(0))",
        at("2024-02-29 07:00:00"),
        ("offset-lost", "seventh-digit-cast"),
    ),
    ("cast([at] at time zone 'UTC' as datetime2(0))", at("2024-02-29 12:00:00"), ("time-zone", "seventh-digit-cast")),
    # FORMAT
    ("format([dt],'yyyy-MM-dd HH:mm:ss.fff')", "2024-02-29 23:59:59.997", ("format-culture",)),
    ("format([dt],'dddd, MMMM d, yyyy')", "Thursday, February 29, 2024", ("format-culture",)),
    ("format([small],'d')", "2/9/2024", ("format-culture",)),
    ("format([small],'h:mm tt')", "9:05 AM", ("format-culture",)),
    ("format([day],'yyyyMMdd')", "20240229", ("format-culture",)),
    ("format([tm],'hh\\:mm')", "10:30", ("format-culture",)),
    ("format([d]*(1000),'N2')", "12,500.00", ("format-culture",)),
    ("format([d],'N0','en-US')", "13", ("format-culture",)),
    ("format(-[d],'C')", "($12.50)", ("format-culture",)),
    ("format([dt],'dd/MM/yyyy','en-GB')", "29/02/2024", ("format-culture",)),
    ("format([d],'P1')", "1,250.0 %", ("format-culture",)),
    ("format([i],'D5')", "00007", ("format-culture",)),
    ("format([neg],'D5')", "-00007", ("format-culture",)),
    ("format([i],'0,0')", "07", ("format-culture",)),
    ("format([i]*(-1000),'0,00.0')", "-7,000.0", ("format-culture",)),
    ("format([i],'000')", "007", ("format-culture",)),
    ("format([d],'0.##')", "12.5", ("format-culture",)),
    ("format([i],'0.##')", "7", ("format-culture",)),
    ("format([d]*(1000),'#,##0.00')", "12,500.00", ("format-culture",)),
    ("format(-[d],'$#,##0.00')", "-$12.50", ("format-culture",)),
    ("format([i],'X')", "7", ("format-culture",)),
    # XML
    ("[doc].value('(/r/a)[1]','nvarchar(20)')", "x & y", ("xml-methods",)),
    ("[doc].value('(/r/a/@n)[1]','int')", 1, ("xml-methods", "text-to-number")),
    ("[doc].value('(/r/a[2]/b)[1]','varchar(9)')", "z", ("xml-methods", "code-page")),
    ("[doc].value('(/r/nix)[1]','nvarchar(9)')", None, ("xml-methods",)),
    ("[doc].value('(/r/d/text())[1]','date')", date(2024, 2, 29), ("xml-methods", "text-to-date")),
    ("[doc].value('declare namespace p=\"urn:x\"; (/r/a[@n=\"1\"])[1]','nvarchar(9)')", "x & y", ("xml-methods",)),
    ("[doc].exist('/r/a/b')", 1, ("xml-methods",)),
    ("[doc].exist('/r/c')", 0, ("xml-methods",)),
    # spatial
    ("[place].Lat", 52.5, ("spatial-methods",)),
    ("[place].Long", 13.25, ("spatial-methods",)),
    ("[place].STAsText()", "POINT(13.25 52.5)", ("spatial-methods",)),
    ("[place].STDistance([place])", 0.0, ("spatial-methods",)),
    ("geography::Point(52.5,13.25,4326).STAsText()", "POINT(13.25 52.5)", ("spatial-methods", "spatial-methods")),
    ("@@DATEFIRST", 7, ("date-first",)),
]


def test_hashes_that_later_servers_lack_are_those_of_8_0(translator: Make) -> None:
    assert translator().scalar_of("hashbytes('md5',[bytes])").sql == "UNHEX(MD5(`bytes`))"
    assert translator().scalar_of("hashbytes('SHA1',[bytes])").sql == "UNHEX(SHA1(`bytes`))"


def wrong_values(values: Connection, make: Callable[[], Translator], cases: list[tuple[str, object]]) -> list[object]:
    wrong: list[object] = []
    for source, expected in cases:
        try:
            sql = make().scalar_of(source).sql
            ((found,),) = fetch(values, f"SELECT {sql} FROM v")
        except Exception as error:  # a table of cases tells all that is wrong at once
            wrong.append((source, repr(error)))
            continue
        if found != expected:
            wrong.append((source, sql, found))
    return wrong


def test_exact_functions_have_sql_servers_values(values: Connection, translator: Make) -> None:
    wrong = wrong_values(values, translator, EXACT)
    assert wrong == [], "\n".join(map(str, wrong))


def test_a_query_has_the_nearest_value_and_says_what_may_differ(values: Connection, translator: Make) -> None:
    lenient = [(source, expected) for source, expected, _ in LENIENT]
    wrong = wrong_values(values, lambda: translator(lenient=True), lenient)
    assert wrong == [], "\n".join(map(str, wrong))
    said = []
    for source, _, remarks in LENIENT:
        used = translator(lenient=True)
        used.scalar_of(source)
        if tuple(remark for remark in used.remarks if remark != "utf16-units") != remarks:
            said.append((source, used.remarks))
    assert said == []


@pytest.mark.parametrize("source", [source for source, _, remarks in LENIENT if remarks])
def test_a_constraint_refuses_what_a_query_may_say(translator: Make, source: str) -> None:
    with pytest.raises(Untranslatable):
        translator().scalar_of(source)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("checksum([v])", "another sum"),
        ("date_bucket(week,(1),[dt])", "no buckets"),
        ("scope_identity()", "routine"),
        ("session_context(N'a')", "session variable"),
        ("convert(varchar(30),[dt],(130))", "Hijri"),
        ("format([d],'N2','de-DE')", "culture de-DE"),
        ("parse([v] as int using 'de-DE')", "culture de-DE"),
        ("format([dt],'d','en-GB')", "culture en-GB"),
        ("format([d],'C','en-GB')", "culture en-GB"),
        ("[doc].query('/r/a')", "method query"),
        ("[doc].value('(/r/a)[last()]','int')", "XPath"),
        ("[doc].modify('delete /r')", "method modify"),
        ("[dt] at time zone 'Nowhere'", "Nowhere"),
        ("@@ROWCOUNT", "ROWCOUNT"),
        ("[place].Reduce((1))", "Reduce"),
        ("json_value([long],[v])", "no constant"),
        ("json_value([long],'$.a.*')", "JSON path"),
        ("hashbytes('MD4',[v])", "algorithm"),
        ("dbo.f([i])", "dbo.f"),
    ],
)
def test_what_has_no_sensible_answer_is_refused_in_a_query_too(translator: Make, source: str, reason: str) -> None:
    with pytest.raises(Untranslatable, match=reason):
        translator(lenient=True).scalar_of(source)


def test_a_random_number_of_a_new_id(values: Connection, translator: Make) -> None:
    sql = translator(lenient=True).scalar_of("abs(checksum(newid()))%(10)").sql
    ((found,),) = fetch(values, f"SELECT {sql} FROM v")
    assert 0 <= found < 10


def test_arguments_are_read_once(translator: Make) -> None:
    nested = "left(" * 40 + "datename(month,[dt])" + ",(9))" * 40
    used = translator(lenient=True)
    used.scalar_of(nested)
    assert used.remarks.count("language-names") == 1


CONDITIONS: list[tuple[str, int, tuple[str, ...]]] = [
    ("[n] COLLATE Latin1_General_CI_AI like '[a-c]%'", 0, ("like-accents", "like-range")),
    ("[bin] like [v]", 1, ("like-pattern",)),
    ("[v]+'\\\\' like [v]+'\\\\'", 1, ("like-pattern",)),
    ("[dt] like 'Feb%'", 1, ("language-names",)),
    ("[digits]=(42)", 1, ("text-to-number",)),
    ("[digits] between [t] and [i]*(10)", 1, ("text-to-number", "text-to-number")),
    ("[dt]>[iso]", 1, ("text-to-date",)),
    ("[g]=[v]", 0, ("text-to-guid",)),
    ("[at]>[dt]", 0, ()),
    ("[at]='2024-02-29T13:00:00+01:00'", 1, ()),
    ("'2024-02-29 06:30:00.5 -05:30'>[at]", 1, ()),
    ("[i] in (7,'8')", 1, ()),
    ("[doc].exist('/r/a')=(1)", 1, ("xml-methods",)),
    ("[part]=[h].GetAncestor((2))", 1, ("other-compared",)),
    ("[nothing] is not distinct from [nothing]", 1, ()),
    ("[place].STIntersects([place])=(1)", 1, ("spatial-methods",)),
]


def test_conditions_of_a_query(values: Connection, translator: Make) -> None:
    wrong = []
    for source, expected, remarks in CONDITIONS:
        used = translator(lenient=True)
        sql = used.condition_of(source)
        ((found,),) = fetch(values, f"SELECT {sql} FROM v")
        if (found, tuple(used.remarks)) != (expected, remarks):
            wrong.append((source, sql, found, used.remarks))
    assert wrong == [], "\n".join(map(str, wrong))
