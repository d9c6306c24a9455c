"""Pictures in Python: shown in a notebook, saved in every format, refused by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import graphviz
import pytest

import topogen
from tests.helpers_fabric import shipped_fabric
from topogen.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

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


def test_another_format_is_refused() -> None:
    with pytest.raises(InputError, match="E700"):
        topogen.diagram(shipped_fabric("gb200-nvl72"), "group").pipe("gif")
