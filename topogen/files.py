"""The room that knows where files are: shipped data, a user's inputs, the folder results go to."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from topogen.errors import InputError, Problem, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(__file__).resolve().parent
ENDINGS = (".yaml", ".yml")
MAX_BYTES = 5_000_000
SCHEMA = "topology.schema.json"
"""What the first line of a topology names for editors; it lies beside the shipped ones."""


def topologies_dir() -> Path:
    """Return the folder of the shipped topologies."""
    return _shipped("topologies")


def catalog_dir() -> Path:
    """Return the folder of the shipped catalog."""
    return _shipped("bom_catalog")


def shipped_names() -> tuple[str, ...]:
    """Return the names of the shipped topologies, sorted."""
    return tuple(sorted(file.stem for file in topologies_dir().glob("*.yaml")))


def find_topology(name_or_path: str) -> Path:
    """Return the file that a user means by a shipped name or a path.

    Parameters
    ----------
    name_or_path
        A path if it is a file, holds a separator or ends like YAML; else the name of a shipped topology.

    Returns
    -------
    The file. A path is returned as given, also if nothing is there: `read_text` says what is wrong with it.

    Raises
    ------
    InputError
        E607, if it is neither.
    """
    path = Path(name_or_path)
    if _looks_like_path(name_or_path):
        return path
    if name_or_path in shipped_names():
        return topologies_dir() / f"{name_or_path}.yaml"
    message = f'no file and no shipped topology is called "{name_or_path}"'
    raise InputError([Problem("E607", message, hint=nearest(name_or_path, shipped_names()))])


def read_text(path: Path) -> str:
    r"""Return the text of a file, UTF-8 with or without byte order mark, line ends as ``\n``.

    Raises
    ------
    InputError
        E609 missing, E610 a folder, E611 not text, E612 empty, E613 too large, E614 refused by the system.
    """
    content = _read_bytes(path)
    if len(content) > MAX_BYTES:
        raise InputError(_problem("E613", path, f"is larger than {MAX_BYTES // 1_000_000} MB"))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        found = f"is not UTF-8 text: byte 0x{content[error.start]:02x} in line {line}"
        raise InputError(_problem("E611", path, found, "save it as UTF-8")) from None
    if "\0" in text:
        raise InputError(_problem("E611", path, "is not text: it holds a NUL byte"))
    if not text.strip():
        raise InputError(_problem("E612", path, "is empty"))
    return text.replace("\r\n", "\n")


@contextmanager
def staged_folder(target: Path) -> Iterator[Path]:
    """Yield a temporary folder; its files move into ``target`` when the block ends without an error.

    After an error or an interrupt nothing is left behind and ``target`` is as it was. The temporary folder
    lies in ``target``, or where that is missing in the nearest folder above it: always the same file system,
    always a place where the user may write, also for ``-o .`` and for a mounted folder.

    Parameters
    ----------
    target
        Folder for the files, made if missing; files of the same name in it are replaced.

    Raises
    ------
    InputError
        E608, if ``target`` cannot be a folder or nothing can be written there.
    """
    stage = _make_stage(target)
    try:
        yield stage
        _move_files(stage, target)
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _shipped(name: str) -> Path:
    """Return the folder of shipped data: inside the package in a wheel, beside it in a checkout."""
    inside = PACKAGE / "data" / name
    return inside if inside.is_dir() else PACKAGE.parent / name


def _looks_like_path(text: str) -> bool:
    """Return whether a user who typed this means a file; a folder may share its name with a topology."""
    separators = (os.sep, os.altsep or os.sep)
    marked = text.endswith(ENDINGS) or any(separator in text for separator in separators)
    return marked or os.path.isfile(text)  # noqa: PTH113  (Path.is_file raises on an overlong name)


def _read_bytes(path: Path) -> bytes:
    """Return the start of a file, one byte more than may be read."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        hint = "correct the path; topogen list shows what is shipped"
        raise InputError(_problem("E609", path, "does not exist", hint)) from None
    except IsADirectoryError:
        raise InputError(_problem("E610", path, "is a folder", "name a file in it")) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(_problem("E614", path, f"cannot be read: {reason}")) from None


def _problem(code: str, path: Path, found: str, hint: str = "") -> list[Problem]:
    """Return what is wrong with the file or folder at ``path``, as the only problem."""
    return [Problem(code, f'"{path}" {found}', hint=hint)]


def _make_stage(target: Path) -> Path:
    """Return a new temporary folder on the file system of ``target``."""
    above = target.absolute()
    while not os.path.lexists(above):
        above = above.parent
    if not above.is_dir():
        raise InputError(_problem("E608", above, "is no folder, so results cannot go there"))
    try:
        return Path(tempfile.mkdtemp(prefix=".topogen-", dir=above))
    except OSError as error:
        raise InputError(_problem("E608", above, f"cannot be written to: {error.strerror}")) from None


def _move_files(stage: Path, target: Path) -> None:
    """Move every file of ``stage`` to the same place in ``target``; refuse before the first move."""
    moves = {file: target / file.relative_to(stage) for file in sorted(stage.rglob("*")) if file.is_file()}
    for place in moves.values():
        if place.is_dir():
            raise InputError(_problem("E608", place, "is a folder where a file has to go"))
    target.mkdir(parents=True, exist_ok=True)
    for file, place in moves.items():
        place.parent.mkdir(parents=True, exist_ok=True)
        file.replace(place)
