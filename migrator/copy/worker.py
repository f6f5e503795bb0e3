"""The door to the work: it names the function that workers run, and brings what that needs into the worker alone."""

from __future__ import annotations

from migrator.copy.job import Job, SegmentDone


def load_segment(job: Job) -> SegmentDone:
    """Load a segment, in a worker: see ``pump.copy_segment``."""
    from migrator.copy.pump import copy_segment  # noqa: PLC0415 - see above

    return copy_segment(job)
