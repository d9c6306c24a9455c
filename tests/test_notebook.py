"""Pictures in Python: shown in a notebook, saved in every format, refused by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import graphviz
import pytest

import topogen
from tests.helpers_fabric import shipped_fabric
from topogen.errors import InputError

STARTS = {"svg": (b"<svg", b"<?xml"), "png": (b"\x89PNG",), "pdf": (b"%PDF",)}


@pytest.mark.parametrize("kind", [None, "group", "tray", "engines"])
@pytest.mark.parametrize("shape", STARTS)
def test_every_kind_saves_itself_in_every_format(kind: str | None, shape: str, tmp_path: Path) -> None:
    shown = topogen.diagram(shipped_fabric("nvl72-siphotonics"), kind)
    path = shown.render("picture", tmp_path / "new", format=shape)
    assert path == str(tmp_path / "new" / f"picture.{shape}")
    assert (tmp_path / "new" / f"picture.{shape}").read_bytes().startswith(STARTS[shape])
    assert shown.pipe(shape).startswith(STARTS[shape])


def test_a_graph_is_a_source_of_graphviz() -> None:
    shown = topogen.diagram(shipped_fabric("gb200-nvl72"), "group")
    assert isinstance(shown, graphviz.Source)
    assert shown.pipe("dot", encoding="ascii") == shown.source


@pytest.mark.parametrize("kind", ["group", "elevation"])
def test_a_notebook_is_given_svg(kind: str) -> None:
    shown = topogen.diagram(shipped_fabric("gb200-nvl72"), kind)
    bundle = shown._repr_mimebundle_()
    assert list(bundle) == ["image/svg+xml"]
    assert "</svg>" in bundle["image/svg+xml"]
    assert shown._repr_svg_() == bundle["image/svg+xml"]
    assert shown._repr_mimebundle_(include=["image/png"]) == {}
    assert shown._repr_mimebundle_(exclude=["image/svg+xml"]) == {}


def test_a_sheet_saves_its_source(tmp_path: Path) -> None:
    shown = topogen.diagram(shipped_fabric("gb200-nvl72"), "elevation", theme="slide")
    assert not isinstance(shown, graphviz.Source)
    path = shown.save(directory=tmp_path)
    assert path == str(tmp_path / "gb200-nvl72.svg")
    assert (tmp_path / "gb200-nvl72.svg").read_text(encoding="utf-8") == shown.source


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"kind": "elevatoin"}, 'E700: there is no "elevatoin"\n    hint: did you mean "elevation"?'),
        ({"theme": "dark"}, 'E700: there is no "dark"'),
    ],
)
def test_what_there_is_not_is_refused_with_the_nearest(words: dict[str, str], said: str) -> None:
    with pytest.raises(InputError) as error:
        topogen.diagram(shipped_fabric("gb200-nvl72"), **words)
    assert str(error.value).startswith(said)


BOTH = pytest.mark.parametrize("kind", ["group", "elevation"])
"""A picture that Graphviz lays out, and one of our own."""


@BOTH
def test_another_format_is_refused(kind: str) -> None:
    with pytest.raises(InputError, match="E700"):
        topogen.diagram(shipped_fabric("gb200-nvl72"), kind).pipe("gif")


@BOTH
def test_a_copy_is_drawn_alike(kind: str) -> None:
    shown = topogen.diagram(shipped_fabric("gb200-nvl72"), kind, theme="slide")
    shown.format = "pdf"
    other = shown.copy()
    assert other is not shown
    assert (type(other), other.source, other.format) == (type(shown), shown.source, "pdf")
    assert other.pipe("svg") == shown.pipe("svg")


@BOTH
def test_view_opens_what_it_writes(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Path] = []
    monkeypatch.setattr(graphviz, "view", opened.append)
    path = topogen.diagram(shipped_fabric("gb200-nvl72"), kind).view("seen", tmp_path)
    assert opened == [tmp_path / "seen.svg"]
    assert path == str(tmp_path / "seen.svg")
    assert "<svg" in opened[0].read_text(encoding="utf-8")


@BOTH
@pytest.mark.parametrize("ending", ["svg", "PNG", "pdf"])
def test_a_file_holds_what_its_name_says(kind: str, ending: str, tmp_path: Path) -> None:
    shown = topogen.diagram(shipped_fabric("gb200-nvl72"), kind)
    for path in (
        shown.save(f"saved.{ending}", tmp_path),
        shown.render(outfile=tmp_path / f"made.{ending}"),
    ):
        assert Path(path).read_bytes().startswith(STARTS[ending.lower()])


@pytest.mark.parametrize("name", ["picture.gv", "picture.dot"])
def test_dot_is_saved_of_graphs_alone(name: str, tmp_path: Path) -> None:
    fabric = shipped_fabric("ub-mesh-pod")
    for kind in ("group", "shape"):
        shown = topogen.diagram(fabric, kind)
        shown.save(name, tmp_path)
        assert (tmp_path / name).read_text(encoding="utf-8") == shown.pipe("dot", encoding="utf-8")
        assert (tmp_path / name).read_text(encoding="utf-8").startswith("graph ")
        (tmp_path / name).unlink()
    shown = topogen.diagram(shipped_fabric("gb200-nvl72"), "elevation")
    with pytest.raises(InputError, match=r"E690: .* is not a graph"):
        shown.save(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


@BOTH
def test_a_name_of_another_format_is_refused(kind: str, tmp_path: Path) -> None:
    shown = topogen.diagram(shipped_fabric("gb200-nvl72"), kind)
    with pytest.raises(InputError, match="E850: format is png, but the name"):
        shown.render(outfile=tmp_path / "x.svg", format="png")
    assert list(tmp_path.iterdir()) == []


@BOTH
def test_a_png_has_the_width_asked_for(kind: str, tmp_path: Path) -> None:
    shown = topogen.diagram(shipped_fabric("gb200-nvl72"), kind)
    shown.render("wide", tmp_path, format="png", width=321)
    for image in (shown.pipe("png", width=321), (tmp_path / "wide.png").read_bytes()):
        assert int.from_bytes(image[16:20], "big") == 321
    for form, width in (("svg", 321), ("pdf", 321), ("png", 0), ("png", 8001)):
        with pytest.raises(InputError, match="E849"):
            shown.pipe(form, width=width)


@BOTH
@pytest.mark.parametrize("option", ["engine", "renderer", "formatter"])
def test_an_option_without_effect_is_not_taken(kind: str, option: str) -> None:
    shown = topogen.diagram(shipped_fabric("gb200-nvl72"), kind)
    given: dict[str, Any] = {option: "neato"}
    for method in (shown.pipe, shown.render):
        with pytest.raises(TypeError, match=option):
            method(**given)


def test_one_selector_needs_no_list() -> None:
    fabric = shipped_fabric("gb300-nvl72-row")
    assert topogen.diagram(fabric, "group", only="r1").source == (
        topogen.diagram(fabric, "group", only=["r1"]).source
    )
