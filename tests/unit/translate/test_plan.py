"""The map that copy and validation live by, and the account of every object."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from support.sql_files import statements

from migrator.errors import OutputError
from migrator.model.datatype import MAX, DataType, SqlType
from migrator.model.finding import Status
from migrator.model.mapping import Form, Part, TableMapping, TargetColumn
from migrator.model.name import ObjectName
from migrator.model.schema import (
    Check,
    Column,
    Computed,
    Database,
    ForeignKey,
    Identity,
    Index,
    Key,
    KeyColumn,
    Module,
    ObjectKind,
    OtherObject,
    Table,
)
from migrator.model.translation import Phase, Translation
from migrator.rules import load_rules
from migrator.translate.plan import plan
from migrator.translate.scripts import write_scripts
from migrator.translate.tsql.read import read_script

RULES = load_rules()
INT = DataType(SqlType.INT)
LATIN = "SQL_Latin1_General_CP1_CI_AS"


def table(name: str, *columns: Column, key: str | None = "Id", **parts: object) -> Table:
    primary = Key(f"PK_{name}", (KeyColumn(key),), clustered=True) if key else None
    return Table(ObjectName("dbo", name), columns, primary_key=primary, **parts)  # type: ignore[arg-type] # any part


def database(*tables: Table, **parts: object) -> Database:
    return Database("care", LATIN, ("dbo",), tables, **parts)  # type: ignore[arg-type] # any part


def mapping(*tables: Table) -> TableMapping:
    return plan(database(*tables), RULES).mappings[-1]


ID = Column("Id", INT, nullable=False)


@pytest.mark.parametrize(
    ("type_", "expected"),
    [
        (DataType(SqlType.BIT), [("TINYINT(1)", Form.INTEGER, Part.WHOLE, 0)]),
        (DataType(SqlType.DECIMAL, precision=10, scale=3), [("DECIMAL(10,3)", Form.DECIMAL, Part.WHOLE, 3)]),
        (DataType(SqlType.DECIMAL, precision=38, scale=35), [("DECIMAL(38,30)", Form.DECIMAL, Part.WHOLE, 30)]),
        (DataType(SqlType.MONEY), [("DECIMAL(19,4)", Form.DECIMAL, Part.WHOLE, 4)]),
        (DataType(SqlType.SMALLMONEY), [("DECIMAL(10,4)", Form.DECIMAL, Part.WHOLE, 4)]),
        (DataType(SqlType.REAL), [("FLOAT", Form.FLOAT, Part.WHOLE, 0)]),
        (DataType(SqlType.FLOAT, precision=53), [("DOUBLE", Form.FLOAT, Part.WHOLE, 0)]),
        (DataType(SqlType.DATE), [("DATE", Form.DATE, Part.WHOLE, 0)]),
        (DataType(SqlType.TIME, scale=7), [("TIME(6)", Form.TIME, Part.WHOLE, 6)]),
        (DataType(SqlType.DATETIME), [("DATETIME(3)", Form.DATETIME, Part.WHOLE, 3)]),
        (DataType(SqlType.SMALLDATETIME), [("DATETIME", Form.DATETIME, Part.WHOLE, 0)]),
        (DataType(SqlType.DATETIME2), [("DATETIME(6)", Form.DATETIME, Part.WHOLE, 6)]),
        (
            DataType(SqlType.DATETIMEOFFSET, scale=3),
            [("DATETIME(3)", Form.DATETIME, Part.UTC, 3), ("SMALLINT", Form.INTEGER, Part.OFFSET_MINUTES, 0)],
        ),
        (DataType(SqlType.CHAR, length=10), [("CHAR(10)", Form.CHAR, Part.WHOLE, 0)]),
        (DataType(SqlType.NCHAR, length=300), [("VARCHAR(300)", Form.CHAR, Part.WHOLE, 0)]),
        (DataType(SqlType.NVARCHAR, length=10), [("VARCHAR(10)", Form.TEXT, Part.WHOLE, 0)]),
        (DataType(SqlType.VARCHAR, length=MAX), [("LONGTEXT", Form.CLOB, Part.WHOLE, 0)]),
        (DataType(SqlType.NTEXT), [("LONGTEXT", Form.CLOB, Part.WHOLE, 0)]),
        (DataType(SqlType.XML), [("LONGTEXT", Form.CLOB, Part.WHOLE, 0)]),
        (DataType(SqlType.BINARY, length=16), [("BINARY(16)", Form.BINARY, Part.WHOLE, 0)]),
        (DataType(SqlType.VARBINARY, length=16), [("VARBINARY(16)", Form.BINARY, Part.WHOLE, 0)]),
        (DataType(SqlType.VARBINARY, length=MAX), [("LONGBLOB", Form.BLOB, Part.WHOLE, 0)]),
        (DataType(SqlType.IMAGE), [("LONGBLOB", Form.BLOB, Part.WHOLE, 0)]),
        (
            DataType(SqlType.UNIQUEIDENTIFIER),
            [("CHAR(36) CHARACTER SET ascii COLLATE ascii_general_ci", Form.UUID, Part.WHOLE, 0)],
        ),
        (
            DataType(SqlType.HIERARCHYID),
            [("VARCHAR(892) CHARACTER SET ascii COLLATE ascii_bin", Form.TEXT, Part.WHOLE, 0)],
        ),
        (DataType(SqlType.GEOGRAPHY), [("GEOMETRY", Form.GEOMETRY, Part.WHOLE, 0)]),
        (
            DataType(SqlType.SQL_VARIANT),
            [
                ("LONGTEXT", Form.CLOB, Part.VARIANT_VALUE, 0),
                ("VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin", Form.TEXT, Part.VARIANT_TYPE, 0),
            ],
        ),
    ],
)
@pytest.mark.parametrize("nullable", [False, True])
def test_columns_carry_what_copy_and_validation_need(
    type_: DataType, expected: list[tuple[object, ...]], nullable: bool
) -> None:
    _, *columns = mapping(table("T", ID, Column("c", type_, nullable))).columns
    assert [(column.type, column.form, column.part, column.scale) for column in columns] == expected
    assert {column.nullable for column in columns} == {nullable}
    assert {column.source for column in columns} == {"c"}


def test_spatial_columns_know_their_reference() -> None:
    _, earth, plane = mapping(
        table("T", ID, Column("e", DataType(SqlType.GEOGRAPHY), True), Column("p", DataType(SqlType.GEOMETRY), True))
    ).columns
    assert (earth.srid, plane.srid) == (4326, 0)


def test_rowversion_is_not_compared_and_says_why() -> None:
    _, version = mapping(table("T", ID, Column("v", DataType(SqlType.ROWVERSION), False))).columns
    assert (version.type, version.compared, bool(version.why_not)) == ("BINARY(8)", False, True)


def test_an_own_collation_is_part_of_the_type() -> None:
    usual, own = mapping(
        table(
            "T",
            Column("Id", DataType(SqlType.VARCHAR, length=5), False),
            Column("b", DataType(SqlType.VARCHAR, length=5), False, collation="Latin1_General_BIN2"),
        )
    ).columns
    assert usual.type == "VARCHAR(5)"
    assert own.type == "VARCHAR(5) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin"


@pytest.mark.parametrize(
    ("collation", "expected"),
    [(LATIN, "utf8mb4_0900_as_ci"), ("Polish_CS_AS", "utf8mb4_pl_0900_as_cs"), ("Klingon", "utf8mb4_0900_as_ci")],
)
def test_the_database_gets_the_collation_of_the_source(collation: str, expected: str) -> None:
    text = Column("t", DataType(SqlType.NVARCHAR, length=5), True)
    translation = plan(Database("d", collation, ("dbo",), (table("T", ID, text),)), RULES)
    assert translation.collation == expected
    assert ("collation-unknown" in {finding.rule for finding in translation.findings}) == (collation == "Klingon")


def test_surrogates_are_what_a_database_made_up_and_what_points_to_it() -> None:
    person = table("Person", Column("Id", INT, False, identity=Identity(1, 1)), Column("Ssn", INT, False))
    patient = table(
        "Patient",
        ID,
        Column("Guid", DataType(SqlType.UNIQUEIDENTIFIER), False),
        foreign_keys=(ForeignKey("F", ("Id",), person.name, ("Id",)),),
    )
    visit = table(
        "Visit",
        ID,
        Column("PatientId", INT, False),
        Column("Other", INT, False),
        foreign_keys=(ForeignKey("G", ("PatientId",), patient.name, ("Id",)),),
    )
    made_up = {
        (item.target, column.name)
        for item in plan(database(visit, patient, person), RULES).mappings
        for column in item.columns
        if column.surrogate
    }
    assert made_up == {("Person", "Id"), ("Patient", "Id"), ("Patient", "Guid"), ("Visit", "PatientId")}


def test_the_key_is_the_primary_key_else_a_unique_one_without_nulls() -> None:
    maybe = Column("m", INT, nullable=True)
    sure = Column("s", INT, nullable=False)
    uniques = (Key("U1", (KeyColumn("m"),), False), Key("U2", (KeyColumn("s"),), False))
    assert mapping(table("T", ID, maybe, sure, uniques=uniques)).key == ("Id",)
    assert mapping(table("T", ID, maybe, sure, key=None, uniques=uniques)).key == ("s",)
    assert mapping(table("T", ID, maybe, key=None, uniques=uniques[:1])).key == ()
    unique_index = Index("U3", (KeyColumn("s"),), unique=True)
    assert mapping(table("T", ID, sure, key=None, indexes=(unique_index,))).key == ("s",)
    filtered = Index("U4", (KeyColumn("s"),), unique=True, filter="[Id]>(0)")
    assert mapping(table("T", ID, sure, key=None, indexes=(filtered,))).key == ()


def test_a_key_over_a_computed_column_names_no_row_that_was_loaded() -> None:
    year = Column("y", INT, False, computed=Computed("[Id]/(10)", persisted=True))
    made = mapping(table("T", ID, year, key="y"))
    assert (made.key, [column.name for column in made.columns]) == ((), ["Id"])


def test_a_primary_key_that_is_too_long_still_names_the_row() -> None:
    path = Column("Id", DataType(SqlType.VARCHAR, length=900), False)
    assert mapping(table("T", path)).key == ("Id",)


def test_the_counter_is_known() -> None:
    counted = table("T", Column("Id", INT, False, identity=Identity(1, 1)))
    assert mapping(counted).auto_increment == "Id"
    assert mapping(table("T", ID)).auto_increment is None


def test_columns_are_in_the_order_of_the_source() -> None:
    columns = (
        Column("z", DataType(SqlType.DATETIMEOFFSET), True),
        ID,
        Column("c", None, True, computed=Computed("[Id]+(1)", persisted=False)),
        Column("a", INT, True),
    )
    assert [column.name for column in mapping(table("T", *columns)).columns] == ["z", "z_offset", "Id", "a"]


def test_tables_come_first_then_indexes_then_foreign_keys() -> None:
    child = table(
        "Child",
        ID,
        Column("P", INT, True),
        foreign_keys=(ForeignKey("F", ("P",), ObjectName("dbo", "Parent"), ("Id",)),),
    )
    translation = plan(database(child, table("Parent", ID)), RULES)
    assert [(item.phase, item.table) for item in translation.statements] == [
        (Phase.TABLES, "Child"),
        (Phase.TABLES, "Parent"),
        (Phase.INDEXES, "Child"),
        (Phase.FOREIGN_KEYS, "Child"),
    ]


def test_every_object_is_accounted_for() -> None:
    whole = database(
        table("T", ID, Column("c", None, True, computed=Computed("dbo.f([Id])", persisted=False))),
        modules=(
            Module(ObjectName("dbo", "V"), ObjectKind.VIEW, "CREATE VIEW V AS SELECT 1"),
            Module(ObjectName("dbo", "P"), ObjectKind.PROCEDURE, None),
        ),
        others=(OtherObject(ObjectName("dbo", "S"), ObjectKind.SEQUENCE, "SEQUENCE"),),
    )
    found = {(item.kind, item.object): (item.status, item.target) for item in plan(whole, RULES).objects}
    assert found == {
        (ObjectKind.TABLE, "dbo.T"): (Status.MANUAL, "T"),
        (ObjectKind.COLUMN, "dbo.T.Id"): (Status.AUTOMATIC, "Id"),
        (ObjectKind.COLUMN, "dbo.T.c"): (Status.MANUAL, "c"),
        (ObjectKind.PRIMARY_KEY, "dbo.T.PK_T"): (Status.AUTOMATIC, "PRIMARY"),
        (ObjectKind.VIEW, "dbo.V"): (Status.MANUAL, ""),
        (ObjectKind.PROCEDURE, "dbo.P"): (Status.BLOCKED, ""),
        (ObjectKind.SEQUENCE, "dbo.S"): (Status.MANUAL, ""),
    }


def test_a_remark_on_a_part_does_not_hide_its_target() -> None:
    index = Index("IX", (KeyColumn("c"),))
    whole = database(
        table("T", ID, Column("c", INT, True), indexes=(index,)),
        others=(OtherObject(ObjectName("dbo", "T.IX"), ObjectKind.INDEX, "IsDisabled"),),
    )
    (found,) = [item for item in plan(whole, RULES).objects if item.kind is ObjectKind.INDEX]
    assert (found.target, found.status) == ("IX", Status.LOSSY)


def test_the_plan_is_the_same_every_time() -> None:
    whole = database(*(table(f"T{number}", ID, Column("x" * 100, INT, True)) for number in range(5)))
    assert plan(whole, RULES) == plan(whole, RULES)


def many_indexes() -> Translation:
    columns = [Column(f"c{number}", INT, True) for number in range(70)]
    indexes = tuple(Index(f"I{column.name}", (KeyColumn(column.name),)) for column in columns)
    wide = Index("Wide", tuple(KeyColumn(column.name) for column in columns[:20]))
    return plan(database(table("T", ID, *columns, indexes=(wide, *indexes))), RULES)


def test_what_is_beyond_mysqls_numbers_is_reported() -> None:
    rules = [finding.rule for finding in many_indexes().findings]
    assert rules.count("index-too-many") == 8  # the primary key is one of the 64
    assert rules.count("index-columns-cut") == 1


def test_a_type_that_a_rule_changes_reaches_the_map(tmp_path: Path) -> None:
    (tmp_path / "types.toml").write_text('[[type]]\ntype = "int"\ncolumn = "Id"\nto = "BIGINT"\nform = "integer"\n')
    (tmp_path / "names.toml").write_text(
        '[[table]]\ntable = "dbo.T"\nto = "things"\n[[column]]\ntable = "dbo.T"\ncolumn = "Id"\nto = "thing_id"\n'
    )
    (made,) = plan(database(table("T", ID)), load_rules(tmp_path)).mappings
    assert (made.target, made.key) == ("things", ("thing_id",))
    assert made.columns == (TargetColumn("thing_id", "Id", "BIGINT", Form.INTEGER, False),)


def test_scripts_are_numbered_and_the_names_are_written(tmp_path: Path) -> None:
    key = ForeignKey("F", ("P",), ObjectName("dbo", "T"), ("Id",), trusted=False)
    made = table(
        "T", ID, Column("P", INT, True), Column("z", DataType(SqlType.DATETIMEOFFSET), True), foreign_keys=(key,)
    )
    written = write_scripts(plan(database(made), RULES), tmp_path / "sql")
    assert [path.name for path in written] == ["01_tables.sql", "02_indexes.sql", "03_foreign_keys.sql", "names.json"]
    assert (tmp_path / "sql" / "01_tables.sql").read_text().count("CREATE TABLE `T` (") == 1
    keys = (tmp_path / "sql" / "03_foreign_keys.sql").read_text()
    assert keys.index("foreign_key_checks = 0;") < keys.index("ADD CONSTRAINT") < keys.index("foreign_key_checks = 1;")
    names = json.loads((tmp_path / "sql" / "names.json").read_text())
    columns = {"Id": ["Id"], "P": ["P"], "z": ["z", "z_offset"]}
    assert names == {"dbo.T": {"table": "T", "columns": columns, "keys": {"PK_T": "PRIMARY"}}}


def test_a_script_that_has_become_empty_goes_and_other_files_stay(tmp_path: Path) -> None:
    made = table("T", ID, Column("P", INT, True), indexes=(Index("I", (KeyColumn("P"),)),))
    write_scripts(plan(database(made), RULES), tmp_path)
    assert (tmp_path / "02_indexes.sql").exists()
    (tmp_path / "04_views.sql").write_text("CREATE VIEW theirs AS SELECT 1;")
    write_scripts(plan(database(replace(made, indexes=())), RULES), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["01_tables.sql", "04_views.sql", "names.json"]


def test_a_compound_statement_has_another_delimiter(tmp_path: Path) -> None:
    versioned = table("T", ID, Column("At", DataType(SqlType.DATETIME), True), checks=(Check("c", "[At] < getdate()"),))
    made = plan(database(versioned), RULES)
    odd = replace(made.of(Phase.TRIGGERS)[0], sql="CREATE TRIGGER `a$$b` ...; END")
    write_scripts(replace(made, statements=(*made.statements, odd)), tmp_path)
    found = list(statements((tmp_path / "06_triggers.sql").read_text()))
    assert [text.strip() for text in found][2:] == [  # behind the settings of the session
        *(statement.sql for statement in made.of(Phase.TRIGGERS)),
        odd.sql,
    ]


def test_views_have_a_script_and_a_name(tmp_path: Path) -> None:
    view = Module(ObjectName("care", "V"), ObjectKind.VIEW, "CREATE VIEW care.V AS SELECT Id FROM dbo.T")
    lost = Module(ObjectName("dbo", "W"), ObjectKind.VIEW, "CREATE VIEW W AS SELECT Id FROM nowhere")
    translation = plan(database(table("T", ID), modules=(view, lost)), RULES)
    written = write_scripts(translation, tmp_path)
    assert [path.name for path in written] == ["01_tables.sql", "04_views.sql", "names.json"]
    assert "CREATE VIEW `care_V` (`Id`) AS" in written[1].read_text()
    names = json.loads(written[2].read_text())
    assert names["care.V"] == {"view": "care_V"}
    assert "dbo.W" not in names


def test_scripts_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot write"):
        write_scripts(plan(database(table("T", ID)), RULES), tmp_path / "file")


def test_a_table_that_is_too_wide_takes_everything_in_it_along() -> None:
    text = DataType(SqlType.NVARCHAR, length=50)
    columns = [Column(f"c{number}", text, True) for number in range(250)]
    flat = table("Flat", ID, *columns, indexes=(Index("IX", (KeyColumn("c1"),)),))
    translation = plan(database(flat), RULES)
    assert (translation.mappings, translation.statements) == ((), ())
    assert {(item.status, item.target) for item in translation.objects} == {(Status.BLOCKED, "")}
    assert len(translation.objects) == 1 + 251 + 1 + 1
    assert [finding.rule for finding in translation.findings if finding.status is Status.BLOCKED] == ["row-too-wide"]


def test_references_are_found_whatever_their_letter_case() -> None:
    child = table("Child", ID, foreign_keys=(ForeignKey("F", ("id",), ObjectName("DBO", "PARENT"), ("ID",)),))
    parent = table("Parent", Column("Id", INT, False, identity=Identity(1, 1)))
    translation = plan(database(child, parent), RULES)
    assert "REFERENCES `Parent` (`Id`)" in translation.of(Phase.FOREIGN_KEYS)[0].sql
    assert translation.mappings[0].columns[0].surrogate


@pytest.mark.parametrize(
    "call", ["JSON_ARRAY(A = 2)", "JSON_OBJECT('a' : A > 1)", "JSON_ARRAY(A B)", "JSON_OBJECT('a' 1"]
)
def test_a_call_that_is_no_json_ends(call: str) -> None:
    made = plan(read_script(f"CREATE TABLE dbo.T (A int NULL, B AS ({call}))"), RULES)
    assert not any(column.object == "dbo.T.B" and "GENERATED" in column.type for column in made.columns)


@pytest.mark.parametrize("written", ["varchar(100000000000)", "decimal(92, 0)", "nvarchar(4001)", "float(99)"])
def test_a_conversion_to_a_type_that_nobody_has_is_a_finding(written: str) -> None:
    made = plan(read_script(f"CREATE TABLE dbo.T (A int NULL, B AS (CAST(A AS {written})))"), RULES)
    assert "computed-plain" in {finding.rule for finding in made.findings}


def test_a_foreign_key_of_unequal_sides_is_not_read() -> None:
    made = plan(read_script("CREATE TABLE dbo.T (A int, B int, FOREIGN KEY (A, B) REFERENCES dbo.Nobody (C))"), RULES)
    assert "its columns are not as many" in next(f.reason for f in made.findings if f.rule == "statement-unread")
