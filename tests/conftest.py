"""Settings of all tests: no property fails for being slow, and output is as wide as in a pipe.

Properties try the same examples in every run, so that no change is refused for a fault that is not its own.
``TOPOGEN_EXPLORE=1`` tries new ones; what it finds becomes an ``@example``.
"""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Generator

settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("same-examples", settings.get_profile("untimed"), derandomize=True, database=None)
settings.load_profile("untimed" if os.environ.get("TOPOGEN_EXPLORE") else "same-examples")


if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell leaves it for what runs in the background
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _width_of_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget the width and the colours that the terminal of the tests asks for."""
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a skipped test where every program that tests need is to be installed."""
    report = yield
    if report.skipped and os.environ.get("TOPOGEN_NO_SKIPS") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which TOPOGEN_NO_SKIPS forbids: {report.longrepr}"
    return report
