"""Tables on a terminal: nothing is broken, narrow ones drop columns in order, no line ends in a blank."""

from __future__ import annotations

from fractions import Fraction

import pytest
from click.testing import CliRunner

from topogen.cli import group
from topogen.report import terminal
from topogen.report.table import Column, Note, Table, names, number, spans, text, words
from topogen.report.terminal import report_lines
from topogen.units import Triple

LONG = "a sentence that may run over as many lines as it takes on a narrow terminal"
WIDE = Table(
    "wide",
    (text("part"), text("scope", drop=1), number("quantity"), number("extended USD", drop=2), words("notes")),
    [("els8_of_a_maker", "interconnect", 2073600, Fraction(1_296_000_000), LONG)],
    "Parts",
)


def shown(room: int, *items: Table | Note, colour: bool = False) -> list[str]:
    return list(report_lines(items, room, colour=colour))


@pytest.mark.parametrize("room", [20, 40, 60, 80, 99, 100, 120, 200])
def test_numbers_ids_and_headings_are_never_broken(room: int) -> None:
    lines = shown(room, WIDE)
    assert all(line == line.rstrip() for line in lines)
    assert "els8_of_a_maker" in lines[2]
    assert "2,073,600" in lines[2]
    assert ("extended USD" in lines[1]) == ("1,296,000,000" in lines[2])


@pytest.mark.parametrize(
    ("room", "left"), [(120, ()), (90, ()), (80, ("extended USD",)), (60, ("scope", "extended USD"))]
)
def test_columns_are_dropped_in_their_stated_order_and_named(room: int, left: tuple[str, ...]) -> None:
    lines = shown(room, WIDE)
    assert max(map(len, lines)) <= room
    note = f"(columns left out at this width: {', '.join(left)})"
    assert lines[-1] == note if left else "left out" not in lines[-1]


def test_nothing_is_dropped_from_100_columns_on() -> None:
    many = Table("many", [number(f"heading_{n}", drop=n) for n in range(20)], [(n,) * 20 for n in range(3)])
    assert "heading_19" in shown(100, many)[0]
    assert "heading_19" not in shown(99, many)[0]


def test_sentences_wrap_at_blanks_only() -> None:
    lines = shown(50, Table("t", (text("id"), names("scenarios")), [("x" * 20, tuple(LONG.split()))]))
    assert len(lines) > 3
    assert " ".join(line[22:] for line in lines[1:]).split() == ", ".join(LONG.split()).split()


def test_wide_characters_take_two_columns() -> None:
    table = Table("t", (text("part"), text("next")), [("\u83ef\u70ba", "x"), ("abcd", "x")])
    assert shown(80, table)[1:] == ["\u83ef\u70ba  x", "abcd  x"]


def test_a_terminal_obeys_no_text_of_a_file() -> None:
    assert shown(80, Note("a\x1b[2Jb"), Table("t", (text("t"),), [("\x1b]0;x",)])) == ["a?[2Jb", "t", "?]0;x"]


def test_colour_is_only_on_a_terminal_without_no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    good = Column(
        "", "holds", lambda value: "ok" if value else "FAIL", style=lambda ok: "green" if ok else "red"
    )
    price = Triple(Fraction(1), Fraction(2), Fraction(3))
    table = Table("t", (good, spans("USD", "usd")), [(True, price), (False, price)])
    coloured = shown(80, table, colour=True)
    assert "\x1b[32mok" in coloured[1]
    assert "\x1b[31mFAIL" in coloured[2]
    assert "2  \x1b[2m(1 to 3)" in coloured[1]
    assert "\x1b" not in "".join(shown(80, table))
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert terminal.in_colour()
    monkeypatch.setenv("NO_COLOR", "1")
    assert not terminal.in_colour()


def test_columns_is_respected_in_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    words_ = ["bom", "scaleout-32768"]
    for room in (70, 200):
        monkeypatch.setenv("COLUMNS", str(room))
        output = CliRunner().invoke(group, words_).output
        assert ("columns left out" in output) == (room == 70)
        assert all(line == line.rstrip() for line in output.splitlines())
    monkeypatch.delenv("COLUMNS")
    assert "columns left out" not in CliRunner().invoke(group, words_).output
