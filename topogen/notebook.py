"""Pictures for Python: objects that show themselves in a notebook and save themselves in any format."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import graphviz

from topogen.draw import DIAGRAMS, draw
from topogen.draw.dot import to_dot
from topogen.draw.image import FORMATS, image_of
from topogen.draw.sheet import WIDTH, Sheet
from topogen.draw.sheet_svg import to_svg
from topogen.errors import InputError, Problem, nearest
from topogen.palette import THEMES
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.draw.picture import Picture
    from topogen.model.fabric import Fabric


class _Pipes:
    """What pictures of both kinds do, as ``graphviz.Source`` does it; its other options mean nothing."""

    picture: Picture | Sheet
    theme: str
    name: str

    def pipe(
        self,
        format: str | None = None,  # noqa: A002 - the word of graphviz
        *_: object,
        encoding: str | None = None,
        width: int = WIDTH,
        **__: object,
    ) -> Any:  # noqa: ANN401 - bytes, or text where an encoding is named
        """Return the picture as ``svg``, ``png``, ``pdf`` or ``dot``: bytes, or text with an ``encoding``.

        Raises
        ------
        InputError
            E700, for another format or where what draws it is not installed.
        """
        kind = format or "svg"
        if kind not in FORMATS:
            raise InputError(
                [Problem("E700", f'pictures are not drawn as "{kind}"', hint=nearest(kind, FORMATS))]
            )
        image, reason = image_of(self.picture, kind, self.theme, width)
        if image is None:
            raise InputError([Problem("E700", reason)])
        return image.decode(encoding) if encoding else image

    def render(
        self,
        filename: str | Path | None = None,
        directory: str | Path | None = None,
        *_: object,
        format: str | None = None,  # noqa: A002 - the word of graphviz
        outfile: str | Path | None = None,
        **__: object,
    ) -> str:
        """Write to ``outfile``, or to ``filename`` with the format as its ending; return the path."""
        kind = format or (Path(outfile).suffix[1:] if outfile else "svg")
        target = Path(outfile) if outfile else Path(directory or "") / f"{filename or self.name}.{kind}"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(self.pipe(kind))
        return str(target)

    def _repr_mimebundle_(self, *_: object, **__: object) -> dict[str, str]:
        """Return the picture for a notebook."""
        return {"image/svg+xml": self.pipe("svg", encoding="utf-8")}


class GraphDiagram(_Pipes, graphviz.Source):  # type: ignore[misc] # without types
    """A picture that Graphviz lays out: its ``source`` is DOT."""

    def __init__(self, picture: Picture, theme: str) -> None:
        super().__init__(to_dot(picture, THEMES[theme]), filename=f"{picture.name}.gv", format="svg")
        self.picture, self.theme, self.name = picture, theme, picture.name


class SheetDiagram(_Pipes):
    """A picture that topogen lays out itself: its ``source`` is SVG."""

    def __init__(self, picture: Sheet, theme: str) -> None:
        self.picture, self.theme, self.name = picture, theme, picture.name
        self.source = to_svg(picture, THEMES[theme])

    def save(self, filename: str | Path | None = None, directory: str | Path | None = None) -> str:
        """Write the source; return the path."""
        target = Path(directory or "") / (filename or f"{self.name}.svg")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(self.source, encoding="utf-8")
        return str(target)


def diagram(
    fabric: Fabric, kind: str | None = None, *, only: Sequence[str] = (), theme: str = "print"
) -> GraphDiagram | SheetDiagram:
    """Return a picture of a fabric that shows itself in a notebook.

    Parameters
    ----------
    fabric
        A built fabric.
    kind
        The name of a diagram, as of ``topogen draw --diagram``; default: the one that shows it best.
    only
        Selectors of devices and places: only these are drawn, with the links that touch them.
    theme
        ``print`` or ``slide``.

    Returns
    -------
    A ``graphviz.Source`` where Graphviz lays the picture out, else an object with the same methods: ``pipe``
    and ``render`` take ``svg``, ``png``, ``pdf`` and ``dot``.

    Raises
    ------
    InputError
        E700 for an unknown kind or theme; as ``topogen draw`` for what the fabric does not have.
    """
    for word, known in ((kind, DIAGRAMS), (theme, THEMES)):
        if word is not None and word not in known:
            raise InputError([Problem("E700", f'there is no "{word}"', hint=nearest(word, known))])
    drawn = draw(fabric, roll_up(fabric), kind, only).picture
    return SheetDiagram(drawn, theme) if isinstance(drawn, Sheet) else GraphDiagram(drawn, theme)
