"""DOT to SVG or PNG: by the ``graphviz-pure`` command installed with topogen, else by ``dot`` on the PATH."""

from __future__ import annotations

import shutil
import subprocess
from importlib.metadata import PackageNotFoundError, distribution
from typing import NamedTuple

COMMAND = "graphviz-pure"
DOTS_PER_INCH = {"svg": 72, "png": 144}
"""A PNG has twice the points of an SVG at 100 %, for print and for fine screens."""

SECONDS = 60
"""How long a renderer may take; a merged picture takes a hundredth of one."""


class RenderResult(NamedTuple):
    """An image, or why there is none."""

    image: bytes | None
    reason: str


def render(dot: str, kind: str) -> RenderResult:
    """Return the image of a DOT text as ``svg`` or ``png``, else a sentence that says what to do."""
    failures = []
    for command in (bundled_command(), shutil.which("dot")):
        if command:
            image, failure = _run(command, dot, kind)
            if image is not None:
                return RenderResult(image, "")
            failures.append(failure)
    if failures:
        return RenderResult(None, f"no {kind.upper()} written: {'; '.join(failures)}")
    install = f'"pip install {COMMAND}", or install Graphviz with "dot" on the PATH'
    return RenderResult(None, f"no {kind.upper()} written: Graphviz not found; {install}")


def bundled_command() -> str | None:
    """Return where the installed package keeps its command; the PATH need not name it."""
    try:
        files = distribution(COMMAND).files or ()
    except PackageNotFoundError:
        return None
    found = (str(file.locate()) for file in files if file.stem == COMMAND and file.suffix in ("", ".exe"))
    return next((shutil.which(path) for path in found), None)


def _run(command: str, dot: str, kind: str) -> tuple[bytes | None, str]:
    """Return the image, or the message of the renderer."""
    try:
        done = subprocess.run(  # noqa: S603 - one of two known commands, fed by standard input
            [command, f"-T{kind}", f"-Gdpi={DOTS_PER_INCH[kind]}"],
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
