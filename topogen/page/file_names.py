"""Names of a user's files as a page shows them: the same on every computer, whatever folder they lie in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from topogen.errors import Mark, Marks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from topogen.export.options import Options
    from topogen.model.fabric import Fabric


def short_names(fabric: Fabric) -> dict[str, str]:
    """Return files that are named with their whole path, and their names from the folder of the topology."""
    own = fabric.marks.find(("name",))
    folder = Path(own.file).parent if own else Path()
    return {file: _short(Path(file), folder) for file in fabric.marks.texts if Path(file).is_absolute()}


def _short(file: Path, folder: Path) -> str:
    """Return a path within a folder; outside of it, the file with the folder that it lies in.

    >>> _short(Path("/a/b/site.yaml"), Path("/a/b")), _short(Path("/c/parts/own.yaml"), Path("/a/b"))
    ('site.yaml', 'parts/own.yaml')
    """
    inside = file.is_relative_to(folder)
    return file.relative_to(folder).as_posix() if inside else f"{file.parent.name}/{file.name}"


def renamed(fabric: Fabric, names: Mapping[str, str]) -> Fabric:
    """Return a fabric whose lines stand in files of other names."""
    if not names:
        return fabric
    places = {path: _renamed_mark(mark, names) for path, mark in fabric.marks.places.items()}
    texts = {names.get(file, file): lines for file, lines in fabric.marks.texts.items()}
    return replace(fabric, marks=Marks(places, texts))


def renamed_options(options: Options, names: Mapping[str, str]) -> Options:
    """Return options whose expectations stand in files of other names."""
    if not names:
        return options
    expect = tuple(
        replace(one, mark=one.mark and _renamed_mark(one.mark, names)) for one in options.expect or ()
    )
    return replace(options, expect=expect)


def renamed_text(text: str, names: Mapping[str, str]) -> str:
    """Return a text that names the files otherwise."""
    for file, short in names.items():
        text = text.replace(file, short)
    return text


def _renamed_mark(mark: Mark, names: Mapping[str, str]) -> Mark:
    return replace(mark, file=names.get(mark.file, mark.file))
