"""Which files a page is made from, and whether one of them has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

READ = (".yaml", ".yml", ".csv")
"""Endings of the files that a topology or a catalog is read from."""

Stamp: TypeAlias = "frozenset[tuple[str, int, int]]"


def stamp_of(folders: Sequence[Path]) -> Stamp:
    """Return name, size and time of every file that may be read from some folders; those below too."""
    return frozenset(found for folder in folders for path in folder.rglob("*") for found in _seen(path))


def _seen(path: Path) -> list[tuple[str, int, int]]:
    if path.suffix not in READ:
        return []
    try:
        status = path.stat()
    except OSError:  # gone since it was listed: an editor that replaces a file
        return []
    return [(str(path), status.st_size, status.st_mtime_ns)]
