"""From a name or a path to a built fabric: read topology and catalog files."""

from __future__ import annotations

import json
from dataclasses import field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from topogen.build.stages import build
from topogen.errors import InputError, Problem
from topogen.language.yaml_tree import Source, plain
from topogen.load.files import ENDINGS, catalog_dir, find_topology, read_text, topologies_dir
from topogen.load.lock import hash_of_text
from topogen.load.parse import merge_topology, parse_merged
from topogen.records import dataclass
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from topogen.build.parsed import Parsed
    from topogen.language.scenario import Changes
    from topogen.language.yaml_tree import Node
    from topogen.load.parse import MergedTree
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp

HASH_DIGITS = 11
TABLE_ENDING = ".csv"
_APART = ("catalog", "claims")
"""Sections that are not part of the revision of a topology."""


@dataclass(frozen=True)
class Revision:
    """The input of a result: short hashes of what the topology and the catalog say.

    Comments, claims and layout of the files do not matter; includes, tables and the scenario do. Each starts
    with a letter, so that no spreadsheet takes it for a number.
    """

    topology: str
    catalog: str


@dataclass(frozen=True)
class Design:
    """A fabric with its roll-up, the tree that it was read from, and what it was built from."""

    fabric: Fabric
    rollup: RollUp
    root: Node = field(repr=False)
    parsed: Parsed = field(repr=False)
    sources: Mapping[str, str] = field(repr=False, default_factory=dict)
    """SHA-256 of the text of every file that was read, by the name shown in messages."""

    @cached_property
    def revision(self) -> Revision:
        """Return the revision of the input."""
        return revision_from(self.root, self.parsed)

    @property
    def facts(self) -> dict[str, str | None]:
        """Return what a report says of its input: name, scenario and revisions."""
        return {
            "name": self.fabric.name,
            "scenario": self.fabric.scenario or None,
            "topology_rev": self.revision.topology,
            "catalog_rev": self.revision.catalog,
        }

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """Return the warnings of the fabric, then of its quantities."""
        return (*self.fabric.warnings, *self.rollup.warnings)


def revision_of(merged: MergedTree) -> Revision:
    """Return the revision of a file that was read, for what builds it only with changes."""
    return revision_from(merged.root, parse_merged(merged))


def revision_from(root: Node, parsed: Parsed) -> Revision:
    """Return the revision of a tree and its tables."""
    held = root.value if isinstance(root.value, dict) else {}
    topology = {key: plain(node) for key, node in held.items() if key not in _APART}
    tables = [[list(row.cells) for row in rows] for _, rows in sorted(parsed.tables.items())]
    return Revision(f"t{_hash([topology, tables])}", catalog_revision_of(root))


class Sources:
    """Reads files, and knows the folder where each looks for its includes."""

    def __init__(self) -> None:
        self.folders: dict[str, Path] = {}
        self.hashes: dict[str, str] = {}
        """SHA-256 of the text of every file that was read, by the name shown in messages."""

    def open(self, path: Path, shown: str = "") -> Source:
        """Return the text of a file under the name shown in messages."""
        source = Source(shown or str(path), read_text(path))
        self.folders[source.name] = path.parent
        self.keep([source])
        return source

    def keep(self, read: Iterable[Source]) -> None:
        """Note what was read."""
        self.hashes.update({source.name: hash_of_text(source.text) for source in read})

    def include(self, name: str, source: Source) -> Source:
        """Return a file named by another: in the same folder, else a shipped topology.

        A table must be in the folder of the file.
        """
        if name.endswith(TABLE_ENDING):
            return self.open(self.folders[source.name] / name)
        beside = self.folders[source.name] / (name if name.endswith(ENDINGS) else f"{name}.yaml")
        return self.open(*_shown(beside if beside.is_file() else find_topology(name)))


def read(
    name: str,
    scenario: str | None = None,
    catalogs: Sequence[str | Path] = (),
    *,
    changes: Changes = (),
    strict: bool = False,
) -> Design:
    """Return the fabric of a shipped name or a path, with changes to the file, built and rolled up.

    Raises ``InputError``; with ``strict`` for warnings too.
    """
    sources = Sources()
    merged = merge_files(name, scenario, catalogs, sources)
    parsed = parse_merged(merged, changes, "--set")
    fabric = build(parsed)
    done = Design(fabric, roll_up(fabric), merged.root, parsed, sources.hashes)
    if strict and done.warnings:
        raise InputError(done.warnings)
    return done


def merge_files(
    name: str | Path, scenario: str | None, catalogs: Sequence[str | Path], sources: Sources
) -> MergedTree:
    """Return the merged tree, for ``parse_merged`` with any changes."""
    folders = [catalogs] if isinstance(catalogs, str | Path) else catalogs
    layers = [catalog_layer(Path(folder)) for folder in (catalog_dir(), *folders)]
    for layer in layers:
        sources.keep(layer)
    source = sources.open(*_shown(find_topology(str(name))))
    return merge_topology(source, layers=layers, load=sources.include, scenario=scenario)


def catalog_layer(folder: Path) -> list[Source]:
    """Return the files of a catalog folder, under the names shown in messages."""
    found = sorted(path for path in folder.rglob("*") if path.suffix in ENDINGS)
    if not found:
        hint = "a catalog is a folder of YAML files"
        raise InputError([Problem("E609", f'"{folder}" contains no catalog file', hint=hint)])
    return [Source(_catalog_name(path), read_text(path)) for path in found]


def _shown(path: Path) -> tuple[Path, str]:
    """Return a topology file and the name shown in messages; a shipped one without the path of its folder."""
    return path, f"topologies/{path.name}" if path.parent == topologies_dir() else str(path)


def _catalog_name(path: Path) -> str:
    shipped = path.is_relative_to(catalog_dir())
    return f"bom_catalog/{path.relative_to(catalog_dir()).as_posix()}" if shipped else str(path)


def _hash(value: object) -> str:
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()[:HASH_DIGITS]


def read_fabric(
    name: str | Path, *, scenario: str | None = None, catalogs: Sequence[str | Path] = ()
) -> Fabric:
    """Return the fabric of a shipped topology or a file.

    Parameters
    ----------
    name
        The name of a shipped topology, or the path of a file.
    scenario
        The scenario of the file to apply.
    catalogs
        Folders of catalog files; each overrides those before it and the shipped catalog.

    Raises
    ------
    InputError
        With every error found, each with file, line and hint.

    Examples
    --------
    >>> fabric = read_fabric("gb200-nvl72")
    >>> fabric.n_links
    1368
    """
    return build(parse_merged(merge_files(name, scenario, catalogs, Sources())))


def catalog_revision_of(root: Node) -> str:
    """Return the revision of the catalog in a tree."""
    held = root.value if isinstance(root.value, dict) else {}
    return f"c{_hash(plain(held['catalog']) if 'catalog' in held else None)}"


def split_scenario(text: str) -> tuple[str, str | None]:
    """Return name and scenario of ``NAME@SCENARIO``; a file of that whole name has no scenario.

    >>> split_scenario("gb300-nvl72-row@optical"), split_scenario("gb300-nvl72-row")
    (('gb300-nvl72-row', 'optical'), ('gb300-nvl72-row', None))
    """
    name, at, scenario = text.rpartition("@")
    if not at or Path(text).is_file() or "/" in scenario:
        return text, None
    if not name or not scenario:
        hint = "write NAME@SCENARIO, or NAME alone for the unmodified file"
        raise InputError([Problem("E657", f'"{text}" is not NAME@SCENARIO', hint=hint)])
    return name, scenario


def written(value: object) -> str:
    """Return a value as written in a file."""
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)
