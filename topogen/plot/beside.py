"""Charts drawn by a second process, which starts its renderer while the fabric is built.

The first chart of a process starts a JavaScript engine for about half a second, and holds the interpreter
while it does. A second process does that beside the build; where none can be started, or it ends early, the
charts are drawn here.
"""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from topogen.plot.render import NEEDED, paged, render_svg

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from topogen.plot.theme import Spec

CHILD = Path(__file__).with_name("chart_process.py")


@contextmanager
def renderer_beside(*, wanted: bool = True) -> Iterator[Callable[[Spec], str]]:
    """Start a second process that renders charts, and yield a ``render_svg`` that asks it."""
    child = _started() if wanted else None
    if child is None:
        yield render_svg
        return
    try:
        yield partial(_asked, child)
    finally:
        child.kill()  # it has nothing to save, and may still be starting
        child.communicate()


def _started() -> subprocess.Popen[str] | None:
    """Return the second process, None where charts cannot be made or no process can be started."""
    if not sys.executable or any(find_spec(name) is None for name in NEEDED):
        return None
    command = [sys.executable, "-P", str(CHILD)]
    pipe = subprocess.PIPE
    try:
        return subprocess.Popen(  # noqa: S603 - this interpreter, a file of ours
            command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, encoding="utf-8"
        )
    except OSError:
        return None


def _asked(child: subprocess.Popen[str], spec: Spec) -> str:
    """Return a chart as SVG from the second process, from this one where that has ended."""
    assert child.stdin and child.stdout  # noqa: S101, PT018 - both are pipes
    try:
        child.stdin.write(json.dumps(spec) + "\n")
        child.stdin.flush()
        return paged(json.loads(child.stdout.readline()))
    except (OSError, ValueError):
        return render_svg(spec)
