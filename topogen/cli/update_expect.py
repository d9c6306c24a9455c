"""``check --update-expect``: expectations rewritten in the text of a file, and nothing else in it changed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from topogen.units import MM_PER_M, format_fixed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction
    from pathlib import Path

    from topogen.checks.expectations import Expectation

NUMBER = re.compile(r"(?P<number>\d+(?:\.(?P<decimals>\d+))?)(?P<unit> ?[A-Za-z%/]*)")
VALUE = re.compile(rf"""\s*:\s*["']?(?P<value>(?:about )?{NUMBER.pattern})["']?\s*(?=[,}}\r\n#]|$)""")
"""A number behind a key; ``at most 1 m`` and ranges are meant as limits and left alone."""


MOST_DECIMALS = 6


def update_expectations(path: Path, shown: str, rows: Iterable[Expectation]) -> list[str]:
    """Rewrite the failed expectations of a file in place; return what was changed and what was not.

    Parameters
    ----------
    path, shown
        The topology file, and the name that messages show for it.
    rows
        All expectations as checked.

    Raises
    ------
    InputError
        E608, E618, if the file cannot be written; it is then as it was.
    """
    from topogen.cli.staging import staged_folder, write_pieces

    text = path.read_bytes().decode("utf-8")
    lines = text.split("\n")
    notes: list[str] = []
    failed = [row for row in rows if not row.holds and row.mark]
    for row in sorted(
        failed, key=lambda row: (row.mark.line, row.mark.column) if row.mark else (0, 0), reverse=True
    ):
        assert row.mark is not None  # noqa: S101 - selected above
        number = row.mark.line - 1
        made = _rewritten(lines[number], row) if row.mark.file == shown and number < len(lines) else None
        if made is None:
            notes.append(
                f"{row.mark}: {row.key} left as it is ({row.expected}, found {row.found}): edit it yourself"
            )
        else:
            lines[number], old, new = made
            notes.append(f"{row.mark}: {row.key} changed from {old} to {new}")
    if lines != text.split("\n"):
        with staged_folder(path.parent, over_inputs=True) as stage:
            write_pieces(stage / path.name, ["\n".join(lines).encode()])
    return notes[::-1]


def _rewritten(line: str, row: Expectation) -> tuple[str, str, str] | None:
    """Return a line with the value of one key replaced, the old and the new value; None for no number."""
    assert row.mark is not None  # noqa: S101 - by the caller
    start = row.mark.column - 1
    key = re.match(r"""(?P<quote>["']?)(?P<name>[^"',{}]+?)(?P=quote)(?=\s*:)""", line[start:])
    found = NUMBER.fullmatch(row.found)
    if not key or not found or not row.key.endswith(key["name"]):
        return None
    value = VALUE.match(line, start + key.end())
    if not value:
        return None
    amount, unit = row.value, value["unit"].strip()
    if amount is None:
        return None
    if unit == "mm" and found["unit"].strip() == "m":
        amount *= MM_PER_M
    elif unit != found["unit"].strip():
        return None
    new = _number(amount, len(value["decimals"] or "")) + value["unit"]
    return line[: value.start("value")] + new + line[value.end("value") :], value["value"], new


def _number(amount: Fraction, decimals: int) -> str:
    """Return a number that its expectation holds for: exact if six decimals suffice, else ``about``."""
    exact = next((n for n in range(decimals, MOST_DECIMALS + 1) if (amount * 10**n).denominator == 1), None)
    return f"about {format_fixed(amount, decimals)}" if exact is None else format_fixed(amount, exact)
