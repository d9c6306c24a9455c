"""``topogen draw`` as a person meets it."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from topogen.cli import group
from topogen.draw import renderer

if TYPE_CHECKING:
    from collections.abc import Iterator

ONE_GPU = "r1/compute_tray0/superchip0/gpu0"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(group, ["draw", *map(str, words)], prog_name="topogen")


def test_without_options_it_draws_what_build_draws() -> None:
    result = run("gb200-nvl72")
    assert (result.exit_code, result.output) == (0, "Written: gb200-nvl72-elevation.svg\n")
    assert Path("gb200-nvl72-elevation.svg").read_bytes().startswith(b"<svg")


def test_help_has_a_line_for_each_diagram() -> None:
    assert "\n  elevation  rack fronts, U by U" in run("--help").output


def test_a_scenario_and_a_diagram_are_in_the_name() -> None:
    result = run("gb300-nvl72-row", "-s", "cpo", "-d", "rack", "--format", "dot")
    assert result.output == "Written: gb300-nvl72-row-cpo-rack.dot\n"


@pytest.mark.parametrize(
    ("words", "written", "start"),
    [
        (("-o", "x.png"), "x.png", b"\x89PNG"),
        (("-o", "x.dot"), "x.dot", b"graph"),
        (("-o", "new/x.svg"), "new/x.svg", b"<svg"),
        (("-o", "x.svg", "--format", "svg"), "x.svg", b"<svg"),
        (("-o", "X.PNG"), "X.PNG", b"\x89PNG"),
        (("-o", "X.Pdf", "--format", "pdf"), "X.Pdf", b"%PDF"),
        (("-o", "folder"), "folder/gb200-nvl72-elevation.svg", b"<svg"),
        (("-o", "x.pdf"), "x.pdf", b"%PDF"),
        (("-d", "tray", "-o", "y.svg"), "y.svg", b"<?xml"),
    ],
)
def test_the_output_is_a_file_or_a_folder(words: tuple[str, ...], written: str, start: bytes) -> None:
    result = run("gb200-nvl72", *words)
    assert result.output == f"Written: {Path(written)}\n"
    assert Path(written).read_bytes().startswith(start)


def test_too_many_links_warn_and_are_still_drawn() -> None:
    result = run("rubin-ultra-nvl576", "-d", "links")
    assert result.exit_code == 0
    assert result.stderr.startswith(
        "W801: too many links to draw one by one (62,208, limit 200): drew those of r1/"
    )
    assert result.stdout == "Written: rubin-ultra-nvl576-links.svg\n"


def test_strict_takes_that_warning_for_a_mistake() -> None:
    result = run("kyber-nvl144", "-d", "links", "--strict")
    assert result.exit_code == 2
    assert result.output.startswith("W801")
    assert list(Path().iterdir()) == []


def test_a_wrong_selector_writes_nothing() -> None:
    result = run("gb200-nvl72", "--only", "gpus")
    assert result.exit_code == 2
    assert result.output == 'E203 --only: "gpus" matches nothing\n    hint: did you mean "gpu"?\n'
    assert list(Path().iterdir()) == []


def test_only_may_be_said_twice() -> None:
    result = run("gb200-nvl72", "-d", "links", "--only", ONE_GPU, "--only", "r1/nic[0]", "-o", "two.dot")
    assert result.exit_code == 0
    assert f"only {ONE_GPU}, r1/nic[0]: 1 GPU and 18 NICs" in Path("two.dot").read_text(encoding="ascii")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--width", "400"), "E849: --width is that of a PNG: svg has no pixels"),
        (("--width", "400", "-o", "x.pdf"), "E849: --width is that of a PNG: pdf has no pixels"),
        (("--width", "400", "--format", "dot"), "E849: --width is that of a PNG: dot has no pixels"),
        (("-o", "my x.svg", "--format", "png"), 'E850: --format is png, but the name is "my x.svg"'),
        (("-o", "x.eps"), 'E608: "x.eps": drawings are not written as .eps'),
        (("-o", "x.eps", "--format", "png"), "E608"),
        (("-o", "x.dot", "-d", "elevation"), "E690: elevation is not a graph: no DOT of it"),
        (("--format", "dot", "-d", "elevation"), "E690: elevation is not a graph: no DOT of it"),
        (("-o", "x.dot", "--format", "dot", "-d", "elevation"), "E690"),
        (("-d", "floor"), "E203: no rack is placed in a row"),
    ],
)
def test_what_is_refused_writes_nothing_and_its_hint_can_be_followed(
    words: tuple[str, ...], message: str
) -> None:
    refused = run("gb200-nvl72", *words)
    assert (refused.exit_code, refused.output.partition("\n")[0][: len(message)]) == (2, message)
    assert list(Path().iterdir()) == []
    hint = refused.output.partition("hint: use ")[2].strip()
    for advice in re.split(r", or |; or ", hint):
        for followed in changed(words, advice):
            assert run("gb200-nvl72", *followed).output.startswith("Written: "), followed


def changed(words: tuple[str, ...], advice: str) -> Iterator[list[str]]:
    """Yield options after each way to follow a part of a hint; none where it is about a file or folder."""
    given = dict(zip(words[::2], words[1::2], strict=True))
    given = {{"-d": "--diagram"}.get(option, option): value for option, value in given.items()}
    if left := advice.partition("leave out ")[2]:
        given.pop(left)
        yield [word for pair in given.items() for word in pair]
    elif advice.startswith("-"):
        asked = shlex.split(advice)
        for value in [asked[1], *asked[3::2]] if "or" in asked else [""]:
            new = {asked[0]: value} if value else dict(zip(asked[::2], asked[1::2], strict=True))
            yield [word for pair in {**given, **new}.items() for word in pair]


def test_without_a_renderer_there_is_the_text_and_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renderer, "bundled_command", lambda: None)
    monkeypatch.setenv("PATH", "")
    result = run("gb200-nvl72", "-d", "tray", "--format", "png")
    assert result.exit_code == 0
    assert "no PNG written: Graphviz not found" in result.output
    assert result.output.endswith("Written: gb200-nvl72-tray.dot\n")
