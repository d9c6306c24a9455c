"""The lock of a build: what it was made from and what came out, so that anyone can make it again."""

from __future__ import annotations

import json
from dataclasses import asdict, field
from hashlib import sha256
from typing import TYPE_CHECKING, Literal, TypeAlias

from pydantic import TypeAdapter, ValidationError

from topogen.errors import InputError, Problem
from topogen.load.files import read_text
from topogen.records import dataclass
from topogen.takeoff.basis_line import version_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

NAME = "topogen.lock"
FORM = 1
"""The form of a lock file; a newer one is refused."""
CHUNK = 1 << 20


ONLY_KNOWN = {"extra": "forbid"}
"""Pydantic refuses keys that the class has not."""

ScheduleForm: TypeAlias = Literal["auto", "none", "csv", "csv.gz", "csv.zst", "parquet"]
"""What may be asked for as the form of the cable schedule."""


@dataclass(frozen=True)
class Asked:
    """Options of ``topogen build`` that its files depend on."""

    __pydantic_config__ = ONLY_KNOWN

    columns: Literal["default", "full"]
    all_links: bool
    schedules: tuple[ScheduleForm, ...]
    buy: Literal["rack", "parts"]
    need_by: str | None
    order_date: str | None
    report: bool
    xlsx: bool


@dataclass(frozen=True)
class Lock:
    """What a build was made from and what came out.

    ``name``, ``scenario``, ``catalogs`` and ``options`` are what was asked for; ``started_in`` leads from
    the folder of the lock to the folder that their paths start in. ``sources`` has the SHA-256 of the text
    of every file that was read, ``outputs`` that of every file that was written, by name.
    """

    __pydantic_config__ = ONLY_KNOWN

    topogen: str
    name: str
    scenario: str | None
    catalogs: tuple[str, ...]
    started_in: str
    options: Asked
    topology_rev: str
    catalog_rev: str
    sources: dict[str, str]
    outputs: dict[str, str] = field(default_factory=dict)


def lock_text(lock: Lock) -> str:
    """Return a lock as the text of its file."""
    return json.dumps({"lock": FORM, **asdict(lock)}, indent=1, ensure_ascii=False) + "\n"


def hash_of_text(text: str) -> str:
    """Return the SHA-256 of a text."""
    return sha256(text.encode()).hexdigest()


def hashes_of(files: Iterable[Path]) -> dict[str, str]:
    """Return the SHA-256 of files by their names."""
    return {path.name: _hash_of(path) for path in sorted(files)}


def _hash_of(path: Path) -> str:
    total = sha256()
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            total.update(piece)
    return total.hexdigest()


def read_lock(path: Path) -> Lock:
    """Return the lock of a file.

    Raises
    ------
    InputError
        E815, if it is no lock, or one of a newer form.
    """
    hint = f"name the {NAME} that topogen build wrote"
    try:
        held = json.loads(read_text(path))
    except json.JSONDecodeError as error:
        message = f'"{path}" is no lock of a build: line {error.lineno}: {error.msg}'
        raise InputError([Problem("E815", message, hint=hint)]) from None
    if not isinstance(held, dict) or held.get("lock") != FORM:
        found = held.get("lock") if isinstance(held, dict) else None
        words = f"has form {found!r}; this version reads form {FORM}" if found else "is no lock of a build"
        raise InputError([Problem("E815", f'"{path}" {words}', hint=hint)])
    return _checked(path, {key: value for key, value in held.items() if key != "lock"})


def _checked(path: Path, held: dict[str, object]) -> Lock:
    """Return a lock whose keys and values are those that a build writes."""
    try:
        return TypeAdapter(Lock).validate_json(json.dumps(held), strict=True)
    except ValidationError as error:
        places = [(".".join(map(str, one["loc"])), one["msg"]) for one in error.errors()]
        hint = "restore the lock as it was written, or build again"
        problems = [Problem("E815", f'"{path}": {key}: {words}', hint=hint) for key, words in places]
        raise InputError(problems) from None


def refuse_other_version(lock: Lock) -> None:
    """Raise E816 where another version made the lock: its files may differ for that alone."""
    if lock.topogen != version_text():
        message = f"the lock was made by topogen {lock.topogen}; this is {version_text()}"
        raise InputError([Problem("E816", message, hint=f"pip install topogen=={lock.topogen}")])


def refuse_other_sources(lock: Lock, found: Mapping[str, str]) -> None:
    """Raise for every file that was read then and is not read now, or says something else, and for new ones.

    Raises
    ------
    InputError
        E817, with all of them.
    """
    problems = []
    for name in sorted(lock.sources.keys() | found.keys()):
        if name not in found:
            problems.append(
                Problem("E817", f"{name} was read for the lock and is not read now", hint="bring it back")
            )
        elif name not in lock.sources:
            problems.append(
                Problem("E817", f"{name} is read now and was not read for the lock", hint="remove it")
            )
        elif lock.sources[name] != found[name]:
            problems.append(
                Problem("E817", f"{name} has changed since the lock", hint="restore the file as it was")
            )
    if problems:
        raise InputError(problems)


def differing(lock: Lock, outputs: Mapping[str, str]) -> list[str]:
    """Return a sentence for each file that did not come out as the lock says."""
    sentences = []
    for name in sorted(lock.outputs.keys() | outputs.keys()):
        if name not in outputs:
            sentences.append(f"{name} was written then and is not written now")
        elif name not in lock.outputs:
            sentences.append(f"{name} is written now and was not written then")
        elif lock.outputs[name] != outputs[name]:
            sentences.append(f"{name} has other bytes")
    return sentences
