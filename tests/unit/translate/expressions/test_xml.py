"""XML methods: paths that both engines walk, and rows out of documents."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from migrator.mysql.connect import Connection, execute, fetch
from migrator.translate.expressions.translator import Translator
from migrator.translate.expressions.value import Untranslatable
from migrator.translate.expressions.xml import nodes, read_path

RESUME = (
    '<Resume xmlns="urn:r"><Name>Ann &amp; Co</Name>'
    '<Job id="1"><Title>Smith</Title><Step>Heat <b>iron</b> &lt; 900</Step></Job>'
    '<JobList/><Job id="2"><Step>one</Step>\n<Step>two</Step></Job><Job id="3"/></Resume>'
)


@pytest.mark.parametrize(
    ("written", "path", "first"),
    [
        ("(/a/b)[1]", "/a/b", "/a[1]/b[1]"),
        ("/a/b[2]/@c", "/a/b[2]/@c", "/a[1]/b[2]/@c"),
        ("(/a/text())[1]", "/a/text()", "/a[1]/text()"),
        ('declare default element namespace "urn:x"; b[1]', "/*/b[1]", "/*/b[1]"),
        ("declare namespace p='urn:x';\n  (p:a/p:b)[1]", "/*/p:a/p:b", "/*/p:a[1]/p:b[1]"),
        ("@id[1]", "/*/@id", "/*/@id"),
        ("(p:a)[1]/p:b", "/*/p:a[1]/p:b", "/*/p:a[1]/p:b[1]"),
        ("(Edu.Location/Location/Loc.City)[1]", "/*/Edu.Location/Location/Loc.City", None),
        ('/a[@n="x/y"]/b', '/a[@n="x/y"]/b', None),
    ],
)
def test_paths_are_rewritten(written: str, path: str, first: str | None) -> None:
    read = read_path(written)
    assert read.text() == path
    assert first is None or read.text(first=True) == first


@pytest.mark.parametrize(
    "written",
    ["//a", "/a[last()]", "/a/..", "for $x in /a return $x", "/a[b>1]", "sum(/a)", "sql:column('x')", "/a|/b"],
)
def test_other_paths_are_refused(written: str) -> None:
    with pytest.raises(Untranslatable, match="XPath"):
        read_path(written)


@pytest.fixture
def resumes(values: Connection) -> Connection:
    with values.cursor() as cursor:
        cursor.execute("UPDATE v SET doc = %s", (RESUME,))
    return values


def found(resumes: Connection, path: str, column: str = "`x`.`node`", inner: str = "") -> list[object]:
    rows = fetch(resumes, f"SELECT {column} FROM v JOIN LATERAL {nodes('`v`.`doc`', path)} AS `x` {inner}")
    return [row[0] for row in rows]


def test_a_root_gives_one_row(resumes: Connection) -> None:
    assert found(resumes, 'declare default element namespace "urn:r"; /Resume') == [RESUME]
    assert found(resumes, "/Other") == []


def test_repeated_elements_give_a_row_each(resumes: Connection) -> None:
    assert found(resumes, "/Resume/Job", "ExtractValue(`x`.`node`, '/Job/@id')") == ["1", "2", "3"]
    assert found(resumes, "/Resume/Nothing") == []
    execute(resumes, "UPDATE v SET doc = NULL", doing="emptying")
    assert found(resumes, "/Resume/Job") == []


def test_rows_of_rows(resumes: Connection, translator: Callable[..., Translator]) -> None:
    inner = f"JOIN LATERAL {nodes('`x`.`node`', 'Step')} AS `y`"
    used = translator(lenient=True)
    text = used.scalar_of("[doc].value('string(.)[1]','nvarchar(100)')").sql.replace("`doc`", "`y`.`node`")
    assert found(resumes, "/Resume/Job", text, inner) == ["Heat iron < 900", "one", "two"]
    number = used.scalar_of("[doc].value('@id[1]','int')").sql.replace("`doc`", "`x`.`node`")
    assert found(resumes, "/Resume/Job", number) == [1, 2, 3]
    absent = used.scalar_of("[doc].value('(Title)[1]','nvarchar(9)')").sql.replace("`doc`", "`x`.`node`")
    assert found(resumes, "/Resume/Job", absent) == ["Smith", None, None]


def test_attributes_are_no_rows() -> None:
    with pytest.raises(Untranslatable, match="no element"):
        nodes("`d`", "/a/@b")
    with pytest.raises(Untranslatable, match="more than their name"):
        nodes("`d`", "/a/b[1]")
