"""What holds for all tests: no property fails for being slow, for time is measured in benchmarks alone."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
