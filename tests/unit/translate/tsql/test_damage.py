"""Whatever bytes a script is made of, it becomes a Database or an error of ours, and soon."""

from __future__ import annotations

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.errors import MigratorError
from migrator.packages.scripts import decoded
from migrator.translate.tsql.read import read_script

SCRIPT = """:setvar name "shop"
USE [$(name)]
GO
IF OBJECT_ID(N'dbo.t', N'U') IS NOT NULL DROP TABLE dbo.t; /* a /* nested */ comment */
CREATE TYPE [dbo].[Name] FROM [nvarchar](50) NOT NULL
CREATE TABLE [dbo].[t]( -- it's a comment
	[id] [int] IDENTITY(1,1) NOT FOR REPLICATION NOT NULL,
	[name] [dbo].[Name] COLLATE Latin1_General_CS_AS CONSTRAINT [df] DEFAULT (N'it''s') NOT NULL,
	"when" datetime2(3) DEFAULT getdate(), total AS (id * 2) PERSISTED, hex varbinary(9) DEFAULT 0x0F,
	kind char(1) CHECK (kind IN ('a', 'b')) REFERENCES k (x) ON DELETE CASCADE,
 CONSTRAINT [pk] PRIMARY KEY CLUSTERED ([id] ASC, [name] DESC) WITH (PAD_INDEX = OFF) ON [PRIMARY], INDEX ix (kind)
) ON [PRIMARY] TEXTIMAGE_ON [PRIMARY]
GO
ALTER TABLE [dbo].[t] WITH NOCHECK ADD CONSTRAINT [fk] FOREIGN KEY([id]) REFERENCES [dbo].[k] ([x]) ON UPDATE SET NULL
ALTER TABLE dbo.t ALTER COLUMN kind varchar(2) NULL; ALTER TABLE t DROP CONSTRAINT df, COLUMN hex
CREATE UNIQUE INDEX [i] ON [dbo].[t] ([name]) INCLUDE (kind) WHERE [name] IS NOT NULL WITH (FILLFACTOR = 80)
EXEC sys.sp_addextendedproperty @name=N'MS_Description', @value=N'ąę', @level0type=N'SCHEMA',@level0name=N'dbo',
	@level1type=N'TABLE',@level1name=N't'
EXEC sp_rename 't.kind', 'sort', 'COLUMN'
EXEC('CREATE TABLE [in a string] (a int default ''x'')')
INSERT t VALUES (1, 'x'); SET NOCOUNT ON
GO 2
CREATE VIEW v AS SELECT id FROM t
GO
CREATE PROCEDURE p @a AS int = 1 AS BEGIN CREATE TABLE #x (a int); SELECT CASE WHEN 1 = 1 THEN 2 ELSE 3 END END
GO
""".encode()
PIECES = [
    b"'",
    b'"',
    b"[",
    b"]",
    b"(",
    b")",
    b"/*",
    b"*/",
    b"--",
    b";",
    b"\nGO\n",
    b",",
    b".",
    b"\x00",
    b"\xff",
    b" END ",
    b" CASE ",
]


def _ends_well(content: bytes) -> None:
    started = time.process_time()
    try:
        database = read_script(decoded(content, "script.sql"))
    except MigratorError:
        pass
    else:
        assert len(database.tables) <= 9
    assert time.process_time() - started < 5


def test_the_script_is_whole_before_it_is_damaged() -> None:
    database = read_script(decoded(SCRIPT, "script.sql"))
    assert database.unread == ()
    assert [len(table.columns) for table in database.tables] == [5, 1]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(SCRIPT) - 1), st.integers(0, 255)), min_size=1, max_size=9))
def test_changed_bytes(changes: list[tuple[int, int]]) -> None:
    content = bytearray(SCRIPT)
    for position, value in changes:
        content[position] = value
    _ends_well(bytes(content))


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(SCRIPT)), st.integers(0, 40), st.sampled_from(PIECES), st.integers(0, 5))
def test_cut_out_and_put_in(position: int, length: int, piece: bytes, times: int) -> None:
    _ends_well(SCRIPT[:position] + piece * times + SCRIPT[position + length :])


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_bytes_that_are_no_script(content: bytes) -> None:
    _ends_well(content)


def test_many_open_brackets_end_soon() -> None:
    for text in (b"(", b"[", b"create table a (", b"if ", b"begin ", b"exec(", b"case ", b"grant select ", b"/*"):
        _ends_well(text * 20_000)
