"""Views, procedures, functions, triggers, sequences and synonyms as elements."""

from __future__ import annotations

from typing import Final

from migrator.lab.generate.model_xml.dac import (
    Annotation,
    Element,
    Property,
    Reference,
    Relationship,
    bracketed,
    relationship,
)
from migrator.lab.generate.model_xml.types import schema_of, type_specifier
from migrator.lab.generate.programs import Parameter, Program, Sequence, Synonym
from migrator.model.schema import ObjectKind

_TYPES: Final = {
    ObjectKind.VIEW: "SqlView",
    ObjectKind.PROCEDURE: "SqlProcedure",
    ObjectKind.FUNCTION: "SqlScalarFunction",
    ObjectKind.TRIGGER: "SqlDmlTrigger",
}
_ANSI_NULLS: Final = Property("IsAnsiNullsOn", "True")
_AFTER: Final = "2"
"""SqlTriggerType of AFTER; INSTEAD OF is 3."""


def program_element(program: Program) -> Element:
    """A view, procedure, scalar function or trigger."""
    type_, name = _TYPES[program.kind], bracketed(program.name)
    uses = tuple(Reference(bracketed(used)) for used in program.uses)
    script = Property("QueryScript" if program.kind is ObjectKind.VIEW else "BodyScript", program.body, body=True)
    text = (_text(program),)
    schema = schema_of(program.name.schema)
    match program.kind:
        case ObjectKind.VIEW:
            columns = (Element("SqlComputedColumn", bracketed(program.name, column)) for column in program.columns)
            related = relationship("Columns", *columns) + relationship("QueryDependencies", *uses) + schema
            return Element(type_, name, (script, _ANSI_NULLS), related, text)
        case ObjectKind.TRIGGER:
            events = tuple(Property(f"Is{event}Trigger", "True") for event in program.events)
            kind = Property("SqlTriggerType", _AFTER)
            related = relationship("BodyDependencies", *uses)
            if program.parent is not None:
                related += relationship("Parent", Reference(bracketed(program.parent)))
            return Element(type_, name, (*events, kind, script, _ANSI_NULLS), related, text)
        case ObjectKind.FUNCTION:
            implementation = Element("SqlScriptFunctionImplementation", None, (script,), (), text)
            related = (
                *relationship("BodyDependencies", *uses),
                *relationship("FunctionBody", implementation),
                *_parameters(program),
                *schema,
            )
            if program.returns is not None:
                related += relationship("Type", type_specifier(program.returns))
            return Element(type_, name, (_ANSI_NULLS,), related)
        case _:
            related = relationship("BodyDependencies", *uses) + _parameters(program) + schema
            return Element(type_, name, (script, _ANSI_NULLS), related, text)


def sequence_element(sequence: Sequence) -> Element:
    """A sequence; its numbers are written even where they are the usual ones."""
    properties = (Property("Increment", str(sequence.increment)), Property("StartValue", str(sequence.start)))
    specifier = relationship("TypeSpecifier", type_specifier(sequence.type))
    return Element("SqlSequence", bracketed(sequence.name), properties, schema_of(sequence.name.schema) + specifier)


def synonym_element(synonym: Synonym) -> Element:
    """A synonym: its target is T-SQL text, for it need not exist."""
    target = Property("ForObjectScript", bracketed(synonym.target), script=True)
    return Element("SqlSynonym", bracketed(synonym.name), (target,), schema_of(synonym.name.schema))


def _parameters(program: Program) -> tuple[Relationship, ...]:
    return relationship("Parameters", *(_parameter(program, parameter) for parameter in program.parameters))


def _parameter(program: Program, parameter: Parameter) -> Element:
    properties: tuple[Property, ...] = (Property("IsOutput", "True"),) if parameter.output else ()
    if parameter.default is not None:
        properties += (Property("DefaultExpressionScript", parameter.default, body=True),)
    specifier = relationship("Type", type_specifier(parameter.type))
    return Element("SqlSubroutineParameter", bracketed(program.name, parameter.name), properties, specifier)


def _text(program: Program) -> Annotation:
    """What sys.sql_modules holds before the body."""
    numbers = (("Length", len(program.header) + len(program.body)), ("StartLine", 1), ("StartColumn", 1))
    properties = tuple(Property(name, str(number)) for name, number in numbers)
    return Annotation(
        "SysCommentsObjectAnnotation", properties=(*properties, Property("HeaderContents", program.header))
    )
