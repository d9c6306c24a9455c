"""How a command ends when it is not its own doing: a signal, a closed pipe, a full disk, no memory left."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from topogen.errors import Problem
from topogen.units import BYTES_PER_GB

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

WORDS = {"SIGINT": "interrupted", "SIGTERM": "terminated", "SIGHUP": "hung up"}
INTERNAL = 70
"""EX_SOFTWARE: an error in topogen, neither in the input (2) nor a failed expectation (1)."""
CLOSED_PIPE = 141
"""128 + SIGPIPE, what a shell shows of a command whose reader has left; 1 means that an expectation fails."""


NO_ADDRESSES = "failed to map segment"
"""What the system says of a library that finds no place in memory."""

LIBRARIES = 120_000_000
"""Bytes of addresses that the libraries of the smallest command reserve; with less, one of them just ends."""


class Interrupted(BaseException):
    """A signal that asks the process to stop; not KeyboardInterrupt, which click would answer itself."""

    def __init__(self, number: int) -> None:
        super().__init__(WORDS[signal.Signals(number).name])
        self.number = number


class Unwritable(BaseException):
    """Output that nobody takes: ``error`` says why."""

    def __init__(self, error: OSError) -> None:
        super().__init__(error)
        self.error = error


@contextmanager
def ending() -> Iterator[None]:
    """Run a command so that whatever stops it ends in one sentence and a telling exit code."""
    for name in WORDS:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:  # nohup ignores on purpose
            signal.signal(number, _interrupt)
    try:
        _guard_memory()
        yield
    except Interrupted as stop:
        done = " ".join(notes_of(stop)) or "nothing was written"
        click.echo(f"{stop}: {done}", err=True)
        sys.exit(128 + stop.number)
    except (MemoryError, ImportError) as error:
        if isinstance(error, ImportError) and NO_ADDRESSES not in str(error):
            raise
        click.echo(str(_out_of_memory()), err=True)
        sys.exit(2)
    except (Unwritable, OSError) as stop:
        sys.exit(_unwritten(stop.error if isinstance(stop, Unwritable) else stop))
    except Exception as error:  # noqa: BLE001 - the last resort: an error of topogen itself
        click.echo(_internal_error(error), err=True)
        sys.exit(INTERNAL)


def notes_of(error: BaseException) -> list[str]:
    """Return what was done and what not, the innermost statement, where one was made."""
    return list(getattr(error, "__notes__", ()))[:1]


def _internal_error(error: Exception) -> str:
    """Return what to say of an error in topogen itself, with the place in its code."""
    if os.environ.get("TOPOGEN_TRACEBACK"):
        return "".join(traceback.format_exception(error))
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "topogen" in frame.filename]
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return (
        f"internal error{where}: {type(error).__name__}: {error}\n"
        "    hint: this is an error in topogen, not in your file; report it with the file and the command.\n"
        "    TOPOGEN_TRACEBACK=1 shows the traceback"
    )


def _interrupt(number: int, _: FrameType | None) -> None:
    raise Interrupted(number)


def _guard_memory() -> None:
    """Raise where the limit of the process has no place for the libraries; let the end of memory be told."""
    from topogen.memory import addresses_left, cap_memory

    cap_memory()
    room = addresses_left()
    if room and room.n_bytes < LIBRARIES:
        raise MemoryError


def _out_of_memory() -> Problem:
    """Return what to say where memory ends in a job that had no estimate."""
    from topogen.memory import WAYS_OUT, room_left

    room = room_left()
    left = f"; {room.n_bytes / BYTES_PER_GB:,.2f} GB are left ({room.limit})" if room else ""
    least = f"topogen itself takes {LIBRARIES / BYTES_PER_GB:,.2f} GB, about 80 bytes a device come on top"
    return Problem("E704", f"the memory does not suffice{left}; {least}", hint=WAYS_OUT)


def _unwritten(error: OSError) -> int:
    """Say what could not be written, unless the reader has left; return the exit code."""
    # Python prints the rest at its end, and would fail again.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if isinstance(error, BrokenPipeError):
        return CLOSED_PIPE
    where = f'"{error.filename}"' if error.filename else "what is printed"
    hint = "free some space, or send it elsewhere"
    click.echo(str(Problem("E618", f"{where} cannot be written: {error.strerror}", hint=hint)), err=True)
    return 2
