"""``docs/errors.md`` knows every code of the package, no other, and shows real messages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| ([EW]\d{3}) \| (.+) \| (.+) \|$", re.MULTILINE)
BLOCK = re.compile(r"```\n(.*?)```", re.DOTALL)
CODE = re.compile(r'"([EW]\d{3})"')


def codes_of_the_package() -> set[str]:
    files = sorted((ROOT / "topogen").rglob("*.py"))
    return {code for file in files for code in CODE.findall(file.read_text(encoding="utf-8"))}


def test_every_code_of_the_package_has_its_row() -> None:
    assert codes_of_the_package() - {row[0] for row in ROW.findall(PAGE)} == set()


def test_every_row_is_a_code_of_the_package() -> None:
    rows = [row[0] for row in ROW.findall(PAGE)]
    assert set(rows) - codes_of_the_package() == set()
    assert len(rows) == len(set(rows))


@pytest.mark.parametrize("message", BLOCK.findall(PAGE), ids=lambda message: message[:4])
def test_a_shown_message_is_one_that_a_wrong_file_gets(message: str) -> None:
    folders = ("errors", "refused", "noted")
    goldens = [file for folder in folders for file in (ROOT / "tests" / folder).glob("*.txt")]
    assert any(message in golden.read_text(encoding="utf-8") for golden in goldens)


def test_a_dozen_messages_are_shown() -> None:
    assert len(BLOCK.findall(PAGE)) >= 12


def test_every_row_is_inside_a_table() -> None:
    for table in re.split(r"\n(?!\|)", PAGE):
        rows = [line for line in table.splitlines() if re.match(r"\| [EW]\d", line)]
        assert not rows or "\n| code | meaning | what to do |\n|---|---|---|\n" in f"\n{table}\n", rows[0]
