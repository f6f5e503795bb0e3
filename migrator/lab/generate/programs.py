"""Views, procedures, functions, triggers, a sequence and a synonym of the demo database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from migrator.lab.generate.columns import BIGINT, INT, datetime2, decimal, nvarchar
from migrator.lab.generate.tables.address import ADDRESS
from migrator.lab.generate.tables.audit import AUDIT_LOG
from migrator.lab.generate.tables.claim import CLAIM, CLAIM_LINE
from migrator.lab.generate.tables.patient import PATIENT
from migrator.lab.generate.tables.remittance import REMITTANCE_LINE
from migrator.lab.generate.tables.visit import VISIT
from migrator.model.datatype import DataType
from migrator.model.name import ObjectName
from migrator.model.schema import Module, ObjectKind


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a procedure or function; ``default`` is T-SQL text."""

    name: str
    type: DataType
    default: str | None = None
    output: bool = False


@dataclass(frozen=True, slots=True)
class Program:
    """Something with a body; ``header`` ends with AS. A view has ``columns``, a trigger ``events`` and a ``parent``."""

    kind: ObjectKind
    name: ObjectName
    header: str
    body: str
    uses: tuple[ObjectName, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    returns: DataType | None = None
    columns: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    parent: ObjectName | None = None

    @property
    def module(self) -> Module:
        """The same as the catalog has it."""
        return Module(self.name, self.kind, self.header + self.body, self.body, self.parent)


@dataclass(frozen=True, slots=True)
class Sequence:
    """CREATE SEQUENCE."""

    name: ObjectName
    type: DataType
    start: int
    increment: int


@dataclass(frozen=True, slots=True)
class Synonym:
    """CREATE SYNONYM name FOR target."""

    name: ObjectName
    target: ObjectName


_ACTIVE_PATIENT: Final = Program(
    ObjectKind.VIEW,
    ObjectName("care", "vw_ActivePatient"),
    "CREATE VIEW [care].[vw_ActivePatient]\nAS",
    """
SELECT p.[PatientId], p.[MedicalRecordNo], p.[FullName], p.[BirthDate], a.[City], a.[PostalCode]
FROM [care].[Patient] AS p
LEFT JOIN [dbo].[Address] AS a ON a.[AddressId] = p.[AddressId]
WHERE p.[DeceasedOn] IS NULL""",
    uses=(PATIENT, ADDRESS),
    columns=("PatientId", "MedicalRecordNo", "FullName", "BirthDate", "City", "PostalCode"),
)
_VISIT_HOURS: Final = Program(
    ObjectKind.VIEW,
    ObjectName("care", "vw_VisitHours"),
    "CREATE VIEW [care].[vw_VisitHours]\nAS",
    """
SELECT v.[CaregiverId],
       YEAR(v.[ScheduledStart]) AS [Year],
       COUNT(*) AS [Visits],
       SUM(DATEDIFF(MINUTE, v.[ActualStart], v.[ActualEnd])) / 60.0 AS [Hours],
       SUM(ISNULL(v.[Miles], 0)) AS [Miles]
FROM [care].[Visit] AS v
WHERE v.[Status] = 'Completed'
GROUP BY v.[CaregiverId], YEAR(v.[ScheduledStart])""",
    uses=(VISIT,),
    columns=("CaregiverId", "Year", "Visits", "Hours", "Miles"),
)
_CLAIM_BALANCE: Final = Program(
    ObjectKind.VIEW,
    ObjectName("billing", "vw_ClaimBalance"),
    "CREATE VIEW [billing].[vw_ClaimBalance]\nAS",
    """
SELECT TOP (1000) c.[ClaimId], c.[ClaimNo], SUM(l.[LineTotal]) AS [Billed], ISNULL(SUM(r.[Paid]), 0) AS [Paid]
FROM [billing].[Claim] AS c
INNER JOIN [billing].[ClaimLine] AS l ON l.[ClaimId] = c.[ClaimId]
LEFT OUTER JOIN [billing].[RemittanceLine] AS r ON r.[ClaimId] = l.[ClaimId] AND r.[ClaimLineNo] = l.[LineNo]
WHERE c.[Status] <> 'P'
GROUP BY c.[ClaimId], c.[ClaimNo]
ORDER BY [Billed] DESC""",
    uses=(CLAIM, CLAIM_LINE, REMITTANCE_LINE),
    columns=("ClaimId", "ClaimNo", "Billed", "Paid"),
)
_FULL_NAME: Final = Program(
    ObjectKind.FUNCTION,
    ObjectName("dbo", "ufn_FullName"),
    "CREATE FUNCTION [dbo].[ufn_FullName] (@Given nvarchar(60), @Family nvarchar(60))\nRETURNS nvarchar(130)\nAS",
    """
BEGIN
    -- Names from the old system carry trailing spaces.
    RETURN RTRIM(ISNULL(@Family, N'')) + N', ' + RTRIM(ISNULL(@Given, N'?'));
END""",
    parameters=(Parameter("@Given", nvarchar(60)), Parameter("@Family", nvarchar(60))),
    returns=nvarchar(130),
)
_CLOSE_VISIT: Final = Program(
    ObjectKind.PROCEDURE,
    ObjectName("care", "usp_CloseVisit"),
    "CREATE PROCEDURE [care].[usp_CloseVisit]\n    @VisitId bigint,\n    @EndedAt datetime2(3) = NULL,\n"
    "    @Miles decimal(6, 2) = 0,\n    @Minutes int OUTPUT\nAS",
    """
BEGIN
    SET NOCOUNT ON;
    IF @EndedAt IS NULL
        SET @EndedAt = SYSDATETIME();

    BEGIN TRY
        UPDATE v
        SET v.[ActualEnd] = @EndedAt, v.[Miles] = @Miles, v.[Status] = 'Completed'
        FROM [care].[Visit] AS v
        WHERE v.[VisitId] = @VisitId AND v.[ActualStart] IS NOT NULL;

        IF @@ROWCOUNT = 0
            RAISERROR (N'Visit %I64d has not begun.', 16, 1, @VisitId);

        SELECT @Minutes = DATEDIFF(MINUTE, v.[ActualStart], v.[ActualEnd])
        FROM [care].[Visit] AS v
        WHERE v.[VisitId] = @VisitId;
    END TRY
    BEGIN CATCH
        THROW;
    END CATCH;
END""",
    uses=(VISIT,),
    parameters=(
        Parameter("@VisitId", BIGINT),
        Parameter("@EndedAt", datetime2(3), default="NULL"),
        Parameter("@Miles", decimal(6, 2), default="0"),
        Parameter("@Minutes", INT, output=True),
    ),
)
_AUDIT_PATIENT: Final = Program(
    ObjectKind.TRIGGER,
    ObjectName("care", "tr_Patient_Audit"),
    "CREATE TRIGGER [care].[tr_Patient_Audit] ON [care].[Patient]\nAFTER UPDATE, DELETE\nAS",
    """
BEGIN
    SET NOCOUNT ON;
    INSERT INTO [audit].[AuditLog] ([TableName], [KeyText], [Action], [NewValues])
    SELECT N'Patient', CONVERT(varchar(100), d.[PatientId]), CASE WHEN i.[PatientId] IS NULL THEN 'D' ELSE 'U' END,
           i.[FamilyName] + N' ' + i.[GivenName]
    FROM deleted AS d
    LEFT JOIN inserted AS i ON i.[PatientId] = d.[PatientId];
END""",
    uses=(AUDIT_LOG, PATIENT),
    events=("Update", "Delete"),
    parent=PATIENT,
)

PROGRAMS: Final = (_CLAIM_BALANCE, _AUDIT_PATIENT, _CLOSE_VISIT, _ACTIVE_PATIENT, _VISIT_HOURS, _FULL_NAME)
SEQUENCES: Final = (Sequence(ObjectName("billing", "ClaimNumber"), BIGINT, start=1_000, increment=1),)
SYNONYMS: Final = (Synonym(ObjectName("dbo", "Visits"), VISIT),)
