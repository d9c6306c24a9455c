"""The analyst's page is run: each question is one command, and prints what the page shows.

After a wanted change ``TOPOGEN_REWRITE=1 pytest tests/docs/test_analyst.py`` prints the output anew.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from tests.docs.console import commands, run_again

PAGE = Path(__file__).parents[2] / "docs" / "analyst.md"


def test_every_question_has_one_command() -> None:
    text = PAGE.read_text()
    assert re.findall(r"^## A(\d+)\.", text, re.MULTILINE) == [str(number) for number in range(1, 11)]
    assert len(commands(text)) == len(set(commands(text))) == 10


def test_each_command_prints_what_the_page_shows() -> None:
    text = PAGE.read_text()

    fresh = run_again(text)
    if os.environ.get("TOPOGEN_REWRITE"):
        PAGE.write_text(fresh)
        text = fresh
    assert text == fresh
