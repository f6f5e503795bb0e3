"""How long a person will need: an estimate for each rule, and a range around it that is honest about not knowing."""

from __future__ import annotations

from typing import Final

from migrator.model.assessment import Effort
from migrator.rules.checks import CheckRule

LOW: Final = 0.5
"""What the estimate is multiplied by for somebody who knows the application and decides alone."""
HIGH: Final = 2.0
"""What it is multiplied by where others must be asked, and what was changed must be tested again."""


def minutes(check: CheckRule, times: int) -> int:
    """The estimate for a rule that was found ``times`` times: the first takes learning and a decision, the others
    follow it."""
    return check.first + check.minutes * (times - 1) if times else 0


def around(estimate: int) -> Effort:
    """The range around an estimate, in minutes."""
    return Effort(round(estimate * LOW), round(estimate * HIGH))
