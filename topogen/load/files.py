"""Find and read files: shipped data and input files of the user."""

from __future__ import annotations

import os
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any

from topogen.errors import InputError, Problem, nearest
from topogen.records import dataclass
from topogen.units import BYTES_PER_MB

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(__file__).resolve().parent.parent
ENDINGS = (".yaml", ".yml")
MAX_BYTES = 5_000_000
TABLE_ENDINGS = (".csv", ".tsv", ".txt", ".xlsx")
MAX_TABLE_BYTES = 200_000_000
"""The limit of a table: the schedule of a million cables takes about 160 MB."""
SCHEMA = "topology.schema.json"
"""The schema that the first line of a topology names for editors, in the folder of the shipped ones."""


_INPUTS: ContextVar[set[Path] | None] = ContextVar("inputs", default=None)
"""Places of the files read so far by the command that runs."""


@contextmanager
def noting_inputs() -> Iterator[None]:
    """Note in the block which files are read, for `refuse_input`."""
    token = _INPUTS.set(set())
    try:
        yield
    finally:
        _INPUTS.reset(token)


def refuse_input(path: Path) -> None:
    """Raise E846 if a file that is to be written was read by the same command."""
    if _place(path) in (_INPUTS.get() or ()):
        hint = "name another place, or rename the input, also in the file or option that names it"
        message = f'"{path}" is an input of this command, so it cannot be its output'
        raise InputError([Problem("E846", message, hint=hint)])


def _place(path: Path) -> Path:
    """Return where a file is; a link is a place of its own, as writing replaces the link."""
    return path.parent.resolve() / path.name


def topologies_dir() -> Path:
    """Return the folder of the shipped topologies."""
    return _shipped("topologies")


def catalog_dir() -> Path:
    """Return the folder of the shipped catalog."""
    return _shipped("bom_catalog")


def shipped_names() -> tuple[str, ...]:
    """Return the names of the shipped topologies, sorted."""
    return tuple(sorted(file.stem for file in topologies_dir().glob("*.yaml")))


def names_with(section: str) -> tuple[str, ...]:
    """Return the names of the shipped topologies that have a top-level section."""
    texts = ((name, read_text(path)) for name, path in shipped_files().items())
    return tuple(name for name, text in texts if f"\n{section}:" in text)


@dataclass(frozen=True)
class Shipped:
    """What the top of a shipped topology says."""

    name: str
    status: str
    title: str
    scenarios: tuple[str, ...]


def shipped_files() -> dict[str, Path]:
    """Return the file of each shipped topology by its name."""
    return {name: topologies_dir() / f"{name}.yaml" for name in shipped_names()}


def starter_files() -> dict[str, Path]:
    """Return the file of each starter by its name."""
    return {path.stem: path for path in sorted((PACKAGE / "starters").glob("*.yaml"))}


def shipped_topologies() -> Iterator[Shipped]:
    """Yield the shipped topologies, sorted by name; only the top level of each file is read.

    A file that is not valid YAML has the status ``invalid``.
    """
    for name in shipped_names():
        try:
            yield _top_of(name, read_text(topologies_dir() / f"{name}.yaml"))
        except (InputError, ValueError):
            yield Shipped(name, "invalid", f"cannot be read: see topogen check {name}", ())


def topology_head(name_or_path: str) -> Shipped:
    """Return the head of any topology; raises ``InputError``, or ``ValueError`` for a text that has none."""
    return _top_of(name_or_path, read_text(find_topology(name_or_path)))


def catalog_ids() -> list[str]:
    """Return the ids of the parts and media of the shipped catalog, sorted."""
    return sorted({*catalog_names("parts"), *catalog_names("media")})


def catalog_names(section: str) -> list[str]:
    """Return the names in one section of the shipped catalog, sorted."""
    tops = [_top_level(read_text(path)) for path in sorted(catalog_dir().rglob("*.yaml"))]
    held = [top[section] for top in tops if isinstance(top.get(section), dict)]
    return sorted({name for entries in held for name in entries})


def _top_of(name: str, text: str) -> Shipped:
    """Return the head of one topology; raises ``ValueError`` for a text that has none."""
    top = _top_level(text)
    scenarios = top.get("scenarios")
    names = tuple(map(str, scenarios)) if isinstance(scenarios, dict) else ()
    return Shipped(name, str(top.get("status") or ""), str(top.get("title") or ""), names)


def _top_level(text: str) -> dict[str, Any]:
    """Return a YAML map with plain texts for values; raises ``ValueError`` for anything else."""
    import yaml  # noqa: PLC0415 - other commands read files in another way

    try:
        top = yaml.load(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))  # noqa: S506 - only texts
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from None
    if not isinstance(top, dict):
        raise ValueError("not a map")  # noqa: TRY004 - one error for any broken file
    return top


def find_topology(name_or_path: str) -> Path:
    """Return the file for a shipped name or a path.

    Parameters
    ----------
    name_or_path
        A path if it is a file, contains a separator or ends like YAML; else the name of a shipped topology.

    Returns
    -------
    The file. A path is returned as given even if it does not exist: `read_text` reports that.

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
    message = f'no file or shipped topology is called "{name_or_path}"'
    raise InputError([Problem("E607", message, hint=nearest(name_or_path, shipped_names()))])


def read_text(path: Path) -> str:
    r"""Return the text of a file, UTF-8 with or without byte order mark, line ends as ``\n``.

    Raises
    ------
    InputError
        E609 missing, E610 a folder, E611 not text, E612 empty, E613 too large, E614 refused by the system.
    """
    content = read_bytes(path)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        found = f"is not UTF-8 text: byte 0x{content[error.start]:02x} in line {line}"
        raise InputError(_problem("E611", path, found, "save it as UTF-8 text")) from None
    if "\0" in text:
        raise InputError(
            _problem("E611", path, "is not text: it contains a NUL byte", "save it as UTF-8 text")
        )
    if not text.strip():
        raise InputError(_problem("E612", path, "is empty", '"topogen init" writes a file to start from'))
    return text.replace("\r\n", "\n")


def read_bytes(path: Path) -> bytes:
    """Return a file of any kind.

    Raises
    ------
    InputError
        As `read_text`, where the file is missing, a folder, too large, or refused by the system.
    """
    content, most = _read_bytes(path), _most_bytes(path)
    if len(content) > most:
        raise InputError(_problem("E613", path, f"is larger than {most // BYTES_PER_MB} MB", "split it"))
    return content


def _shipped(name: str) -> Path:
    """Return the folder of shipped data: inside the package in a wheel, next to it in a checkout."""
    inside = PACKAGE / "data" / name
    return inside if inside.is_dir() else PACKAGE.parent / name


def _looks_like_path(text: str) -> bool:
    """Return whether the text is meant as a path; a folder may share its name with a topology."""
    separators = (os.sep, os.altsep or os.sep)
    marked = text.endswith(ENDINGS) or any(separator in text for separator in separators)
    return marked or os.path.isfile(text)  # noqa: PTH113  (Path.is_file raises on an overlong name)


def _most_bytes(path: Path) -> int:
    return MAX_TABLE_BYTES if path.suffix.lower() in TABLE_ENDINGS else MAX_BYTES


def _read_bytes(path: Path) -> bytes:
    """Return the start of a file, up to one byte above the limit."""
    try:
        with path.open("rb") as file:
            content = file.read(_most_bytes(path) + 1)
    except FileNotFoundError:
        hint = "correct the path; topogen list shows the shipped topologies"
        raise InputError(_problem("E609", path, "does not exist", hint)) from None
    except IsADirectoryError:
        raise InputError(_problem("E610", path, "is a folder", "name a file")) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(_problem("E614", path, f"cannot be read: {reason}")) from None
    if (inputs := _INPUTS.get()) is not None:
        inputs.add(_place(path))
        inputs.add(path.resolve())
    return content


def _problem(code: str, path: Path, found: str, hint: str = "") -> list[Problem]:
    """Return one problem with the file or folder at ``path``."""
    return [Problem(code, f'"{path}" {found}', hint=hint)]
