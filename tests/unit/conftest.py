"""Property-based tests: compilation of a kernel may fall into any example, so no example has a deadline."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("migrator", deadline=None)
settings.load_profile("migrator")
