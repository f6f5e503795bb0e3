"""A comparison with everything that an auditor asks about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from migrator.model.translation import Translation
from migrator.model.validation import Validation


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was compared, by which rules, when, in which state, and what was found. Times are UTC.

    ``source_identity`` and ``target_identity`` tell two of them apart; ``source_state`` and ``target_state`` are
    sentences on how far what was read belongs to one moment. ``rules`` are the folders that were laid over the shipped
    rules, ``notes`` sentences about the source.
    """

    source: str
    source_identity: str
    source_state: str
    product: str
    target: str
    target_identity: str
    target_state: str
    server_version: str
    started: datetime
    finished: datetime
    translation: Translation
    validation: Validation
    rules: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """The answer in a word."""
        return "equal" if self.validation.equal else "different"
