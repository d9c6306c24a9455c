"""Where results grow until they are complete: a folder beside their place, moved there all or none."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

from topogen.errors import InputError, Problem
from topogen.load.files import refuse_input

if sys.platform != "win32":
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PREFIX = ".topogen-"
OWNER, NEW, OLD = "owner", "new", "old"
"""A temporary folder begins with this; in it a file that its process holds locked, what was made, and what
that replaces."""

STOPS = [number for name in ("SIGINT", "SIGTERM", "SIGHUP") if (number := getattr(signal, name, None))]
"""Signals that ask a process to stop."""


@contextmanager
def staged_folder(target: Path, *, over_inputs: bool = False) -> Iterator[Path]:
    """Yield a temporary folder; its files move into ``target`` when the block ends without an error.

    After an error or an interrupt nothing is left behind and ``target`` is as it was; what stops the block
    bears a note that says so. An interrupt during the moves waits until all are done. The temporary folder
    lies in ``target``, or where that is missing in the nearest folder above it: always the same file system,
    always a place where the user may write, also for ``-o .`` and for a mounted folder. One that a killed
    process left there is removed.

    Parameters
    ----------
    target
        Folder for the files, made if missing; files of the same name in it are replaced.
    over_inputs
        Whether a file that the command has read may be replaced.

    Raises
    ------
    InputError
        E846, if a file would replace an input of the command; E608, if ``target`` cannot be a folder or
        nothing can be written there.
    """
    told = f"nothing was written to {target}: what was there is as it was"
    try:
        with _stage_in(_nearest_folder(target), target.absolute().parent) as stage:
            (stage / NEW).mkdir()
            yield stage / NEW
            if not over_inputs:
                _refuse_inputs(stage, target)
            with undisturbed():
                _move_files(stage, target)
                told = f"every file was written to {target}"
    except BaseException as error:
        error.add_note(told)
        raise


@contextmanager
def telling(done: str) -> Iterator[None]:
    """Add a note of what was done to whatever stops the block."""
    try:
        yield
    except BaseException as error:
        error.add_note(done)
        raise


def write_pieces(path: Path, pieces: Iterable[bytes | memoryview], expected: int | None = None) -> None:
    """Write a file in pieces, as they are made; ``expected`` bytes are told where the disk is full.

    Raises
    ------
    InputError
        E618, if the disk is full or the system refuses for another reason.
    """
    with refused_by_disk(path, expected), path.open("wb") as file:
        file.writelines(pieces)


@contextmanager
def refused_by_disk(path: Path, expected: int | None = None) -> Iterator[None]:
    """Write a file in the block; ``expected`` bytes are told where the disk is full.

    Raises
    ------
    InputError
        E618, if the disk is full or the system refuses for another reason.
    """
    try:
        yield
    except OSError as error:
        written = path.stat().st_size
        needed = f" of about {expected:,}" if expected else ""
        free = shutil.disk_usage(path.parent).free
        message = (
            f'"{path.name}" cannot be written: {error.strerror} after {written:,}{needed} bytes; '
            f"the disk has {free:,} bytes left"
        )
        hint = "free some space, or name another folder"
        raise InputError([Problem("E618", message, hint=hint)]) from None


@contextmanager
def undisturbed() -> Iterator[None]:
    """Hold back signals that ask the process to stop until the block has ended."""
    if threading.current_thread() is not threading.main_thread():  # only the main thread gets signals
        yield
        return
    came: list[int] = []
    handlers = {number: signal.getsignal(number) for number in STOPS}
    kept = {number: one for number, one in handlers.items() if one not in (None, signal.SIG_IGN)}
    for number in kept:
        signal.signal(number, lambda number, _: came.append(number))
    try:
        yield
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
        for number in came[:1]:
            signal.raise_signal(number)


# The temporary folder and who owns it


@contextmanager
def _stage_in(folder: Path, parent: Path) -> Iterator[Path]:
    """Yield a new temporary folder that is removed at the end, whatever happens."""
    for place in {folder, parent}:
        _remove_dead(place)
    try:
        stage = Path(tempfile.mkdtemp(prefix=PREFIX, dir=folder))
    except OSError as error:
        raise InputError(_problem(folder, f"cannot be written to: {error.strerror}")) from None
    try:
        with _owned(stage):
            yield stage
    finally:
        with undisturbed():
            shutil.rmtree(stage, ignore_errors=True)


@contextmanager
def _owned(stage: Path) -> Iterator[None]:
    """Hold a temporary folder: its owner file is locked as long as this process lives."""
    if sys.platform == "win32":  # no lock there, so nobody calls a folder dead
        yield
        return
    with (stage / OWNER).open("x", encoding="utf-8") as owner:
        with suppress(OSError):  # a file system without locks: the folder is never called dead
            fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
            owner.write(_signature())  # after the lock: a folder without it is left alone
            owner.flush()
        yield


def _signature() -> str:
    """Return what an owner file says: locks of another machine may be invisible here."""
    return f"topogen on {socket.gethostname()}\n"


def _remove_dead(folder: Path) -> None:
    """Remove temporary folders of this machine whose process has ended without doing so: it was killed."""
    for stage in folder.glob(f"{PREFIX}*"):
        with suppress(OSError), (stage / OWNER).open("r+", encoding="utf-8") as owner:
            if not stage.is_symlink() and owner.read() == _signature() and _is_free(owner):
                shutil.rmtree(stage, ignore_errors=True)


def _is_free(owner: IO[str]) -> bool:
    """Return whether no living process holds the lock."""
    if sys.platform == "win32":
        return False
    try:
        fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


# Into place


def _problem(path: Path, found: str) -> list[Problem]:
    return [Problem("E608", f'"{path}" {found}')]


def _nearest_folder(target: Path) -> Path:
    """Return the folder itself, or the nearest one above it that exists."""
    above = target.absolute()
    while not os.path.lexists(above):
        above = above.parent
    if not above.is_dir():
        raise InputError(_problem(above, "is no folder, so results cannot go there"))
    return above


def _staged_files(stage: Path, target: Path) -> tuple[list[Path], list[Path]]:
    """Return the files of ``stage``, and the place of each in ``target``."""
    files = [file for file in sorted((stage / NEW).rglob("*")) if file.is_file()]
    return files, [target / file.relative_to(stage / NEW) for file in files]


def _refuse_inputs(stage: Path, target: Path) -> None:
    for place in _staged_files(stage, target)[1]:
        refuse_input(place)


def _move_files(stage: Path, target: Path) -> None:
    """Move every file of ``stage`` to the same place in ``target``; all or none."""
    files, places = _staged_files(stage, target)
    for place in places:
        if place.is_dir():
            raise InputError(_problem(place, "is a folder where a file has to go"))
    (stage / OLD).mkdir()
    done: list[tuple[Path, Path | None]] = []
    for number, (file, place) in enumerate(zip(files, places, strict=True)):
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            done.append((place, _set_aside(place, stage / OLD / str(number))))
            file.replace(place)
        except OSError as error:
            stuck = [str(place) for place, old in reversed(done) if not _put_back(place, old)]
            still = f"; these are new and could not be put back: {', '.join(stuck)}" if stuck else ""
            raise InputError(_problem(place, f"cannot be replaced: {error.strerror}{still}")) from None


def _set_aside(place: Path, aside: Path) -> Path | None:
    """Keep what stands at a place under another name too; return that, None where nothing stands there."""
    if not os.path.lexists(place):
        return None
    try:
        os.link(place, aside, follow_symlinks=False)
    except OSError:  # no hard links here, or not of files of others
        place.rename(aside)
    return aside


def _put_back(place: Path, old: Path | None) -> bool:
    """Put a place back as it was; return whether that went well."""
    try:
        if old is None:
            place.unlink(missing_ok=True)
        else:
            old.replace(place)
    except OSError:
        return False
    return True
