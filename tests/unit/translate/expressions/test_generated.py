"""Expressions by the thousand: a translation that the server takes, or a reason; never another error."""

from __future__ import annotations

import random
from collections.abc import Callable

import pymysql
import pytest

from migrator.mysql.connect import Connection
from migrator.translate.expressions.translator import Translator, not_null_columns
from migrator.translate.expressions.value import Untranslatable

NUMBERS = ["[i]", "[neg]", "[t]", "[b]", "[d]", "[m]", "[f]", "(1)", "(2.50)", "-3", "$2", "1e2"]
TEXTS = ["[v]", "[n]", "[c]", "[blanks]", "[nothing]", "'ab'", "N'ź'", "''", "'a '"]
DATES = ["[day]", "[dt]", "[dt2]", "'2024-02-29'", "'20240101 10:11:12'"]
OTHERS = [
    "[at]",
    "[bytes]",
    "[doc]",
    "[place]",
    "[digits]",
    "[iso]",
    "[g]",
    "[h]",
    "[long]",
    "[tm]",
    "0x0A",
    "NULL",
    "[counter]",
    "[absent]",
]
NOISE = ["(", ")", "'", "[", " and ", " collate x", ",", "::", "{", "--", "/*", ";", "\\", "%s", "\0", "🙂"]


class Author:
    """Writes T-SQL expressions, most of them of fitting types."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)

    def one_of(self, *choices: Callable[[int], str], depth: int) -> str:
        return self.dice.choice(choices)(depth - 1)

    def number(self, depth: int) -> str:
        if depth <= 0:
            return self.dice.choice(NUMBERS)
        return self.one_of(
            lambda d: self.dice.choice(NUMBERS),
            lambda d: f"({self.number(d)}{self.dice.choice('+-*/%')}{self.number(d)})",
            lambda d: f"{self.dice.choice(['abs', 'ceiling', 'floor', 'sign'])}({self.number(d)})",
            lambda d: f"{self.dice.choice(['len', 'isjson'])}({self.text(d)})",
            lambda d: (
                f"datediff({self.dice.choice(['day', 'mm', 'hour', 'week', 'yy'])},{self.date(d)},{self.date(d)})"
            ),
            lambda d: f"{self.dice.choice(['isnull', 'coalesce', 'nullif'])}({self.number(d)},{self.number(d)})",
            lambda d: f"case when {self.condition(d)} then {self.number(d)} else {self.number(d)} end",
            lambda d: (
                f"cast({self.number(d)} as {self.dice.choice(['int', 'decimal(12,3)', 'float', 'money', 'bit'])})"
            ),
            lambda d: f"year({self.date(d)})",
            lambda d: f"{self.dice.choice(['greatest', 'least'])}({self.number(d)},{self.number(0)})",
            lambda d: f"power({self.number(0)},(2))",
            lambda d: f"charindex({self.text(d)},{self.text(d)},{self.number(0)})",
            lambda d: f"patindex('{self.dice.choice(['%[0-9]%', 'a_%', '%b', '[^a]c', '%', ''])}',{self.text(d)})",
            lambda d: f"try_cast({self.text(d)} as {self.dice.choice(['int', 'tinyint', 'decimal(5,2)', 'float'])})",
            lambda d: f"datepart({self.dice.choice(['week', 'weekday', 'ms', 'ns', 'iso_week', 'hh'])},{self.date(d)})",
            lambda d: f"{self.dice.choice(['datalength', 'isnumeric', 'unicode', 'ascii', 'isdate'])}({self.text(d)})",
            lambda d: f"round({self.number(d)},{self.number(0)})",
            lambda d: f"~{self.number(0)}",
            depth=depth,
        )

    def text(self, depth: int) -> str:
        if depth <= 0:
            return self.dice.choice(TEXTS)
        return self.one_of(
            lambda d: self.dice.choice(TEXTS),
            lambda d: f"({self.text(d)}+{self.text(d)})",
            lambda d: f"{self.dice.choice(['upper', 'lower', 'ltrim', 'rtrim', 'trim', 'reverse'])}({self.text(d)})",
            lambda d: f"{self.dice.choice(['left', 'right'])}({self.text(d)},{self.dice.choice('0123')})",
            lambda d: f"substring({self.text(d)},1,{self.number(0)})",
            lambda d: f"{self.dice.choice(['isnull', 'coalesce', 'nullif', 'concat'])}({self.text(d)},{self.text(d)})",
            lambda d: f"convert({self.dice.choice(['nvarchar(30)', 'varchar(max)'])},{self.number(d)})",
            lambda d: f"iif({self.condition(d)},{self.text(d)},{self.text(d)})",
            lambda d: f"convert(varchar(8),{self.date(d)},112)",
            lambda d: (
                f"convert({self.texts()},{self.date(d)},{self.dice.choice([*range(15), *range(100, 115), 121, 126])})"
            ),
            lambda d: f"convert({self.texts()},{self.number(d)},{self.dice.choice([0, 1, 2])})",
            lambda d: f"stuff({self.text(d)},{self.number(0)},{self.number(0)},{self.text(d)})",
            lambda d: f"{self.dice.choice(['replace', 'translate'])}({self.text(d)},{self.text(0)},{self.text(0)})",
            lambda d: f"concat_ws({self.text(0)},{self.text(d)},{self.number(d)},{self.date(0)})",
            lambda d: f"format({self.number(d)},'{self.dice.choice(['N2', 'C', 'D4', '0.0#', '#,##0', '000'])}')",
            lambda d: f"format({self.date(d)},'{self.dice.choice(['yyyy-MM-dd', 'd', 'MMM d, yy h:mm tt', 'fff'])}')",
            lambda d: f"datename({self.dice.choice(['month', 'dw', 'yy', 'ww'])},{self.date(d)})",
            lambda d: f"substring({self.text(d)},{self.number(0)},{self.number(0)})",
            lambda d: f"json_value({self.text(d)},'$.a[0].\"b c\"')",
            lambda d: f"json_modify([long],'{self.dice.choice(['$.a', 'append $.b', '$.c[1]'])}',{self.anything(d)})",
            lambda d: f"json_object('k':{self.anything(d)})",
            lambda d: f"trim({self.text(0)} from {self.text(d)})",
            lambda d: f"{self.dice.choice(['quotename', 'soundex'])}({self.text(d)})",
            depth=depth,
        )

    def texts(self) -> str:
        return self.dice.choice(["varchar(10)", "nvarchar(40)", "varchar(max)", "char(8)"])

    def date(self, depth: int) -> str:
        if depth <= 0:
            return self.dice.choice(DATES)
        return self.one_of(
            lambda d: self.dice.choice(DATES),
            lambda d: f"dateadd({self.dice.choice(['day', 'month', 'yy'])},{self.number(0)},{self.date(d)})",
            lambda d: f"cast({self.date(d)} as {self.dice.choice(['date', 'datetime2(3)'])})",
            lambda d: f"eomonth({self.date(d)},{self.number(0)})",
            lambda d: f"datetrunc({self.dice.choice(['month', 'week', 'hour', 'quarter'])},{self.date(d)})",
            lambda d: f"datefromparts({self.number(0)},{self.number(0)},{self.number(0)})",
            lambda d: f"try_convert({self.dice.choice(['date', 'datetime', 'time'])},{self.text(d)})",
            lambda d: f"cast({self.text(d)} as {self.dice.choice(['date', 'smalldatetime'])})",
            lambda d: f"({self.date(d)}{self.dice.choice('+-')}{self.number(0)})",
            depth=depth,
        )

    def anything(self, depth: int) -> str:
        return self.one_of(self.number, self.text, self.date, lambda d: self.dice.choice(OTHERS), depth=depth)

    def condition(self, depth: int) -> str:
        if depth <= 0:
            return f"{self.number(0)}>{self.number(0)}"
        kind = self.dice.choice([self.number, self.text, self.date])
        return self.one_of(
            lambda d: f"{kind(d)}{self.dice.choice(['=', '<>', '>', '<='])}{kind(d)}",
            lambda d: f"{kind(d)} in ({kind(d)},{kind(d)})",
            lambda d: f"{self.anything(d)} is not null",
            lambda d: f"{self.text(d)} like '{self.dice.choice(['a%', '[a-c]_', '%[^x]', 'a b ', '_', '%[[]%'])}'",
            lambda d: f"{kind(d)} between {kind(d)} and {kind(d)}",
            lambda d: f"({self.condition(d)} {self.dice.choice(['and', 'or'])} {self.condition(d)})",
            lambda d: f"not {self.condition(d)}",
            lambda d: f"{self.anything(d)}={self.anything(d)}",
            depth=depth,
        )


def statement(translator: Translator, kind: str, source: str) -> str:
    if kind == "condition":
        return f"SELECT 1 FROM v WHERE {translator.condition_of(source)}"
    return f"SELECT {translator.scalar_of(source).sql} FROM v"


@pytest.mark.parametrize("lenient", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_what_is_translated_is_what_the_server_reads(
    seed: int, lenient: bool, values: Connection, translator: Callable[..., Translator]
) -> None:
    author = Author(seed)
    done, refused = 0, []
    for _ in range(400):
        kind, source = author.dice.choice([("condition", author.condition(4)), ("scalar", author.anything(4))])
        try:
            sql = statement(translator(lenient=lenient), kind, source)
        except Untranslatable:
            continue
        done += 1
        try:
            with values.cursor() as cursor:
                cursor.execute(sql)
                cursor.fetchall()
        except pymysql.MySQLError as error:
            refused.append((source, sql, error.args))
    assert refused == []
    assert done > 100


@pytest.mark.parametrize("seed", range(3))
def test_noise_has_a_reason_too(seed: int, translator: Callable[..., Translator]) -> None:
    author = Author(seed)
    reasons = []
    for _ in range(400):
        text = author.condition(3)
        place = author.dice.randrange(len(text) + 1)
        noisy = text[:place] + author.dice.choice(NOISE) + text[place:]
        for read in (translator().condition_of, translator().scalar_of, not_null_columns):
            try:
                read(noisy)
            except Untranslatable as error:
                reasons.append(error.reason)
    assert len(reasons) > 400
    assert all(reasons)
