"""DOT to SVG: by the ``graphviz-pure`` command installed with topogen, else by a ``dot`` on the PATH."""

from __future__ import annotations

import shutil
import subprocess
from importlib.metadata import PackageNotFoundError, distribution
from typing import NamedTuple

COMMAND = "graphviz-pure"
SECONDS = 60
"""How long a renderer may take; a merged picture takes a hundredth of one."""


class Rendered(NamedTuple):
    """An SVG, or why there is none."""

    svg: bytes | None
    reason: str


def render_svg(dot: str) -> Rendered:
    """Return the SVG of a DOT text, else a sentence that says what to do."""
    failures = []
    for command in (bundled_command(), shutil.which("dot")):
        if command:
            svg, failure = _run(command, dot)
            if svg is not None:
                return Rendered(svg, "")
            failures.append(failure)
    if failures:
        return Rendered(None, f"no SVG was made: {'; '.join(failures)}")
    install = f'"pip install {COMMAND}", or put Graphviz\'s "dot" on the PATH'
    return Rendered(None, f"no SVG was made: no Graphviz found; {install}")


def bundled_command() -> str | None:
    """Return where the installed package keeps its command; the PATH need not name it."""
    try:
        files = distribution(COMMAND).files or ()
    except PackageNotFoundError:
        return None
    found = (str(file.locate()) for file in files if file.stem == COMMAND and file.suffix in ("", ".exe"))
    return next((shutil.which(path) for path in found), None)


def _run(command: str, dot: str) -> tuple[bytes | None, str]:
    """Return the SVG, or what the renderer said instead."""
    try:
        done = subprocess.run(  # noqa: S603 - one of two known commands, fed by standard input
            [command, "-Tsvg"], input=dot.encode("ascii"), capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return None, f"{command} took longer than {SECONDS} s"
    except OSError as error:
        return None, f"{command} did not start ({error.strerror})"
    if done.returncode == 0 and done.stdout:
        return done.stdout, ""
    words = done.stderr.decode(errors="replace").strip().splitlines()
    return None, f"{command} failed: {words[-1] if words else f'exit code {done.returncode}'}"
