"""Pictures for Python: objects that show themselves in a notebook and save themselves in any format."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import graphviz

from topogen.draw import DIAGRAMS, draw, has_dot, no_dot
from topogen.draw.dot import to_dot
from topogen.draw.image import FORMATS, NARROWEST, WIDEST, image_of
from topogen.draw.sheet import WIDTH, Sheet
from topogen.draw.sheet_svg import to_svg
from topogen.errors import InputError, Problem, nearest
from topogen.palette import THEMES
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Self

    from topogen.draw.picture import Picture
    from topogen.model.fabric import Fabric


SVG_TYPE = "image/svg+xml"


class _Pipes:
    """What pictures of both kinds do, as ``graphviz.Source`` does it."""

    picture: Picture | Sheet
    theme: str
    name: str
    kind: str
    format: str
    source: str
    ending: str

    def pipe(
        self,
        format: str | None = None,  # noqa: A002 - the word of graphviz
        *,
        encoding: str | None = None,
        width: int | None = None,
    ) -> Any:  # noqa: ANN401 - bytes, or text where an encoding is named
        """Return the picture as ``svg``, ``png``, ``pdf`` or ``dot``: bytes, or text with an ``encoding``.

        ``width`` is that of a PNG in pixels; default: 1200.

        Raises
        ------
        InputError
            E700, for another format or where what draws it is not installed; E690 for DOT of what is not a
            graph; E849 for a width of what is no PNG, or one that is too small or too large.
        """
        kind = format or self.format
        if kind not in FORMATS:
            message = f'pictures are not drawn as "{kind}"'
            raise InputError([Problem("E700", message, hint=nearest(kind, FORMATS))])
        if kind == "dot" and not has_dot(self.picture):
            hint = 'use "svg", "png" or "pdf", or topogen.diagram(fabric, "group")'
            raise InputError([no_dot(self.kind, hint)])
        image, reason = image_of(self.picture, kind, self.theme, _pixels(kind, width))
        if image is None:
            raise InputError([Problem("E700", reason)])
        return image.decode(encoding) if encoding else image

    def render(  # noqa: PLR0913 - the options of graphviz
        self,
        filename: str | Path | None = None,
        directory: str | Path | None = None,
        *,
        view: bool = False,
        cleanup: bool = True,  # noqa: ARG002 - true without it, as no source is written beside the picture
        format: str | None = None,  # noqa: A002 - the word of graphviz
        outfile: str | Path | None = None,
        width: int | None = None,
    ) -> str:
        """Write to ``outfile``, or to ``filename`` with the format as its ending; return the path.

        Raises
        ------
        InputError
            As ``pipe``; E850 for a format that is not that of ``outfile``.
        """
        kind = format or (_ending_of(outfile) if outfile else "") or self.format
        if outfile and _ending_of(outfile) not in {"", kind}:
            message = f'format is {kind}, but the name is "{outfile}"'
            raise InputError([Problem("E850", message, hint="leave out one of them")])
        target = Path(outfile) if outfile else Path(directory or "") / f"{filename or self.name}.{kind}"
        _write(target, self.pipe(kind, width=width))
        if view:
            graphviz.view(target)
        return str(target)

    def save(self, filename: str | Path | None = None, directory: str | Path | None = None) -> str:
        """Write the source, or what the name ends in (``svg``, ``png``, ``pdf``, ``dot``, ``gv``).

        Returns the path; raises ``InputError`` as ``pipe``.
        """
        target = Path(directory or "") / (filename or f"{self.name}.{self.ending}")
        ending = _ending_of(target)
        kind = "dot" if ending == "gv" else ending
        _write(target, self.pipe(kind) if kind in FORMATS else self.source.encode())
        return str(target)

    def view(self, filename: str | Path | None = None, directory: str | Path | None = None) -> str:
        """Write as ``render`` and open the file with the program of the desktop; return the path."""
        return self.render(filename, directory, view=True)

    def copy(self) -> Self:
        """Return another picture like this one."""
        other = type(self)(self.picture, self.theme, self.kind)  # type: ignore[call-arg] # of both subclasses
        other.format = self.format
        return other

    def _repr_svg_(self) -> str:
        """Return the picture for a notebook."""
        text: str = self.pipe("svg", encoding="utf-8")
        return text

    def _repr_mimebundle_(
        self, include: Iterable[str] | None = None, exclude: Iterable[str] | None = None, **_: object
    ) -> dict[str, str]:
        """Return the picture for a notebook by its MIME type, of those asked for."""
        asked = {SVG_TYPE} if include is None else set(include)
        return {SVG_TYPE: self._repr_svg_()} if SVG_TYPE in asked - set(exclude or ()) else {}


class GraphDiagram(_Pipes, graphviz.Source):  # type: ignore[misc] # without types
    """A picture that Graphviz lays out: its ``source`` is DOT."""

    ending = "gv"

    def __init__(self, picture: Picture, theme: str, kind: str) -> None:
        super().__init__(to_dot(picture, THEMES[theme]), filename=f"{picture.name}.gv", format="svg")
        self.picture, self.theme, self.name, self.kind = picture, theme, picture.name, kind


class SheetDiagram(_Pipes):
    """A picture that topogen lays out itself: its ``source`` is SVG."""

    ending = format = "svg"

    def __init__(self, picture: Sheet, theme: str, kind: str) -> None:
        self.picture, self.theme, self.name, self.kind = picture, theme, picture.name, kind
        self.source = to_svg(picture, THEMES[theme])


def _ending_of(path: str | Path) -> str:
    """Return what a path ends in, in lower case."""
    return Path(path).suffix[1:].lower()


def _pixels(kind: str, width: int | None) -> int:
    """Return the width of a picture in pixels; raises ``InputError`` (E849) where it cannot be drawn so."""
    if width is None:
        return WIDTH
    if kind != "png":
        message = f"width is that of a PNG: {kind} has no pixels"
        raise InputError([Problem("E849", message, hint='use "png", or leave out width')])
    if not NARROWEST <= width <= WIDEST:
        hint = f"use {NARROWEST} to {WIDEST} pixels"
        raise InputError([Problem("E849", f"a picture cannot be {width} pixels wide", hint=hint)])
    return width


def _write(target: Path, content: bytes) -> None:
    """Write a file, and the folder that it is in."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)


def diagram(
    fabric: Fabric, kind: str | None = None, *, only: str | Sequence[str] = (), theme: str = "print"
) -> GraphDiagram | SheetDiagram:
    """Return a picture of a fabric that shows itself in a notebook.

    Parameters
    ----------
    fabric
        A built fabric.
    kind
        The name of a diagram, as of ``topogen draw --diagram``; default: the one that shows it best.
    only
        One or several selectors of devices and places: only these are drawn, with the links that touch them.
    theme
        ``print`` or ``slide``.

    Returns
    -------
    A ``graphviz.Source`` where Graphviz lays the picture out, else an object with its ``source``, ``pipe``,
    ``render``, ``save``, ``view`` and ``copy``; formats are ``svg``, ``png``, ``pdf`` and ``dot`` of a graph.

    Raises
    ------
    InputError
        E700 for an unknown kind or theme; as ``topogen draw`` for what the fabric does not have.
    """
    for word, known in ((kind, DIAGRAMS), (theme, THEMES)):
        if word is not None and word not in known:
            raise InputError([Problem("E700", f'there is no "{word}"', hint=nearest(word, known))])
    picture, drawn, _ = draw(fabric, roll_up(fabric), kind, only)
    if isinstance(picture, Sheet):
        return SheetDiagram(picture, theme, drawn)
    return GraphDiagram(picture, theme, drawn)
