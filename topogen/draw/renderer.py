"""DOT to SVG or PNG: by the ``graphviz-pure`` command installed with topogen, else by ``dot`` on the PATH."""

from __future__ import annotations

import re
import shutil
import subprocess
from importlib.metadata import PackageNotFoundError, distribution
from typing import NamedTuple

from topogen.draw.lettering import FONTS
from topogen.draw.picture import KEY

COMMAND = "graphviz-pure"
POINTS_PER_INCH = 72
PAGE_WIDTH = 1200
GROUND = re.compile(rb'<polygon [^>]*points="([^"]*)"')
"""The first polygon of a drawing: its ground, to a hundredth of a point; ``width`` is in whole points."""
ASKED = re.compile(r'font-family="[^"]*"')
KEYED, INSIDE = re.compile(rf'\bid="{KEY}'), re.compile(rf' id="a_{KEY}[^"]*"')
"""The ids that are keys, and those that Graphviz makes of them for what is inside."""

SQUARES = re.compile(
    r'<polygon fill="(#[0-9a-f]+)" stroke="none" points="[^"]*"/>\n'
    r'(?:<polygon fill="\1" stroke="none" points="[^"]*"/>\n)+'
)
"""Squares of one colour, one after the other."""
CORNERS = re.compile(r'points="([^"]*) [^" ]*"')
"""The corners of a square, without the last, which is the first again."""

SECONDS = 60
"""How long a renderer may take; a merged picture takes a hundredth of one."""


class RenderResult(NamedTuple):
    """An image, or why there is none."""

    image: bytes | None
    reason: str


def render(dot: str, kind: str, width: int | None = None) -> RenderResult:
    """Return the image of a DOT text as ``svg`` or ``png``, else a sentence that says what to do.

    ``width`` is that of a PNG in pixels. An SVG asks for every font of the widths that the text was laid out
    with, so that it fits on a machine without the first of them.
    """
    if kind == "png" and width:
        drawn = render(dot, "svg")
        if drawn.image is None:
            return RenderResult(None, drawn.reason.replace("SVG", "PNG", 1))
        return _rendered(dot, kind, POINTS_PER_INCH * width / width_in_points(drawn.image))
    return _rendered(dot, kind, POINTS_PER_INCH)


def width_in_points(svg: bytes) -> float:
    """Return how wide a drawing of Graphviz is, as precisely as a PNG of a given width needs it."""
    found = GROUND.search(svg)
    if found is None:
        return PAGE_WIDTH
    across = [float(corner.partition(b",")[0]) for corner in found[1].split()]
    return max(across) - min(across)


def _rendered(dot: str, kind: str, dpi: float) -> RenderResult:
    failures = []
    for command in (bundled_command(), shutil.which("dot")):
        if command:
            image, failure = _run(command, dot, kind, dpi)
            if image is not None:
                return RenderResult(_finished(image) if kind == "svg" else image, "")
            failures.append(failure)
    if failures:
        return RenderResult(None, f"no {kind.upper()} written: {'; '.join(failures)}")
    install = f'"pip install {COMMAND}", or install Graphviz with "dot" on the PATH'
    return RenderResult(None, f"no {kind.upper()} written: Graphviz not found; {install}")


def _finished(svg: bytes) -> bytes:
    """Return an SVG that asks for fonts of the same widths, has keys for ids, and squares as paths."""
    asking = ASKED.sub(f'font-family="{FONTS}"', svg.decode())
    keyed = KEYED.sub('data-key="', INSIDE.sub("", asking))
    return SQUARES.sub(_one_path, keyed).encode()


def _one_path(squares: re.Match[str]) -> str:
    """Return squares of one colour as one path, a third of their size."""
    corners = "".join(f"M{points}z" for points in CORNERS.findall(squares[0]))
    return f'<path fill="{squares[1]}" stroke="none" d="{corners}"/>\n'


def bundled_command() -> str | None:
    """Return where the installed package keeps its command; the PATH need not name it."""
    try:
        files = distribution(COMMAND).files or ()
    except PackageNotFoundError:
        return None
    found = (str(file.locate()) for file in files if file.stem == COMMAND and file.suffix in ("", ".exe"))
    return next((shutil.which(path) for path in found), None)


def _run(command: str, dot: str, kind: str, dpi: float) -> tuple[bytes | None, str]:
    """Return the image, or the message of the renderer."""
    try:
        done = subprocess.run(  # noqa: S603 - one of two known commands, fed by standard input
            [command, f"-T{kind}", f"-Gdpi={dpi:.6g}"],
            input=dot.encode("ascii"),
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None, f"{command} timed out after {SECONDS} s"
    except OSError as error:
        return None, f"{command} could not be started ({error.strerror})"
    if done.returncode == 0 and done.stdout:
        return done.stdout, ""
    words = done.stderr.decode(errors="replace").strip().splitlines()
    return None, f"{command} failed: {words[-1] if words else f'exit code {done.returncode}'}"
