"""Measure available memory, and reject jobs that need more before they start.

If the system does not report its limits, no job is rejected in advance.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from topogen.errors import LimitError, Problem
from topogen.units import BYTES_PER_GB

if sys.platform != "win32":
    import resource

if TYPE_CHECKING:
    from collections.abc import Iterator

PROC = Path("/proc")
CGROUPS = Path("/sys/fs/cgroup")
KIB = 1_024

UNASKED = 64_000_000
"""Smaller jobs are not checked: reading the limits would take longer."""

WAYS_OUT = "use a machine with more memory, raise the memory limit, or select a smaller part"


class MemoryLimit(NamedTuple):
    """Available bytes, and the limit that sets them."""

    n_bytes: int
    limit: str


@contextmanager
def needing(what: str, n_bytes: int, hint: str = WAYS_OUT) -> Iterator[None]:
    """Run a block that takes about so many bytes of memory.

    Raises
    ------
    LimitError
        E704: before the block, where there is less than that; in its place, where memory ends within it.
    """
    refuse_beyond(what, n_bytes, hint)
    try:
        yield
    except MemoryError as error:
        found = f", more than available: {error}".removesuffix(": ")
        raise LimitError([_memory_problem(what, n_bytes, found, hint)]) from None


def cap_memory() -> None:
    """Set a memory limit on this process, so that it gets an error instead of being killed."""
    room = room_left()
    if room is None or sys.platform == "win32":
        return
    with suppress(OSError, ValueError):  # no such limit here
        data = int((PROC / "self/statm").read_text().split()[5]) * os.sysconf("SC_PAGE_SIZE")
        soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
        if soft == resource.RLIM_INFINITY or data + room.n_bytes < soft:
            resource.setrlimit(resource.RLIMIT_DATA, (data + room.n_bytes, hard))


def refuse_beyond(what: str, n_bytes: int, hint: str = WAYS_OUT) -> None:
    """Raise ``LimitError`` (E704) if there is less memory than a job takes."""
    room = room_left() if n_bytes > UNASKED else None
    if room and n_bytes > room.n_bytes:
        raise LimitError(
            [_memory_problem(what, n_bytes, f"; {_gigabytes(room.n_bytes)} available ({room.limit})", hint)]
        )


def _memory_problem(what: str, n_bytes: int, found: str, hint: str) -> Problem:
    return Problem("E704", f"{what} needs about {_gigabytes(n_bytes)} of memory{found}", hint=hint)


def _gigabytes(n_bytes: int) -> str:
    return f"{n_bytes / BYTES_PER_GB:,.2f} GB"


def room_left() -> MemoryLimit | None:
    """Return the least that a limit of machine, container or process leaves; None if unknown."""
    return min((*_machine(), *_cgroups(), *_process()), default=None)


def _machine() -> Iterator[MemoryLimit]:
    """Yield what the machine has: free or freed at need, and swap."""
    try:
        lines = (line.split() for line in (PROC / "meminfo").read_text().splitlines())
        found = {words[0]: int(words[1]) * KIB for words in lines}
        yield MemoryLimit(found["MemAvailable:"] + found["SwapFree:"], "this machine")
    except (OSError, KeyError):
        with suppress(AttributeError, ValueError, OSError):  # no such question on some systems
            yield MemoryLimit(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"), "this machine")


def addresses_left() -> MemoryLimit | None:
    """Return what the limit of the process leaves, None without one: libraries reserve addresses."""
    return next(_process(), None)


def _process() -> Iterator[MemoryLimit]:
    """Yield what the limit of the process (``ulimit -v``) leaves."""
    if sys.platform == "win32":
        return
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit == resource.RLIM_INFINITY:
        return
    with suppress(OSError):
        pages = int((PROC / "self/statm").read_text().split()[0])
        yield MemoryLimit(max(0, limit - pages * os.sysconf("SC_PAGE_SIZE")), "process limit")


def _cgroups() -> Iterator[MemoryLimit]:
    """Yield what each control group around the process leaves: containers, batch systems, systemd."""
    with suppress(OSError):
        for line in (PROC / "self/cgroup").read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            if not controllers:
                yield from _above(CGROUPS, path, ("memory.max", "memory.current", "inactive_file"))
            elif "memory" in controllers.split(","):
                names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
                yield from _above(CGROUPS / "memory", path, names)


def _above(root: Path, path: str, names: tuple[str, str, str]) -> Iterator[MemoryLimit]:
    """Yield what a control group and each one above it leaves; ``names`` of limit, use, and cache in it."""
    group = root / path.lstrip("/")
    for place in (group, *group.parents):
        with suppress(OSError, ValueError):  # no such group in here, or no limit ("max")
            limit, used = (int((place / name).read_text()) for name in names[:2])
            stat = dict(line.split() for line in (place / "memory.stat").read_text().splitlines())
            yield MemoryLimit(max(0, limit - used + int(stat.get(names[2], 0))), "container limit")
        if place == root:
            return
