"""Text to model: topology and catalog files, includes, layers and a scenario, all mistakes at once.

No file is opened here: texts come in as `Source`, included ones through ``load``.
"""

from __future__ import annotations

from dataclasses import field
from functools import cache
from typing import TYPE_CHECKING

from topogen.build.parsed import Parsed
from topogen.catalog.read import read_catalog
from topogen.errors import InputError, Mark, Marks, Problems
from topogen.language.include import TOP_KEYS, Load, take_includes
from topogen.language.known import ReadCache
from topogen.language.not_yet import refuse_not_yet
from topogen.language.overlay import empty_catalog, join_files, merge_catalogs
from topogen.language.scenario import apply_changes, apply_scenario, scenario_names
from topogen.language.tables import read_tables
from topogen.language.validate import validate
from topogen.language.yaml_tree import Node, Places, Source, child, read_tree
from topogen.load.references import check_topology
from topogen.load.topology import Topology
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from topogen.catalog.model import Catalog
    from topogen.errors import Problem
    from topogen.language.scenario import Changes
    from topogen.language.topology import TopologySpec

__all__ = [
    "Load",
    "MergedTree",
    "Source",
    "merge_topology",
    "parse_catalog",
    "parse_merged",
    "parse_topology",
]

INDIRECT = ("E624", "E625", "E626")
"""Anchors, merge keys, tags: a tree with them would give wrong messages about what follows."""


@dataclass(frozen=True)
class MergedTree:
    """A topology file with its includes and catalogs laid and its scenario applied: what changes go over.

    ``found`` is what was wrong so far, ``texts`` the lines of every file; ``known`` is what has been read and
    checked of the tree, which no change reads again where it changes nothing.
    """

    source: Source
    root: Node
    load: Load
    scenario: str
    scenarios: tuple[str, ...]
    found: tuple[Problem, ...]
    texts: Mapping[str, Sequence[str]]
    known: ReadCache = field(default_factory=ReadCache, repr=False)


def parse_topology(
    source: Source,
    *,
    layers: Sequence[Sequence[Source]] = (),
    load: Load,
    scenario: str | None = None,
) -> Parsed:
    """Return the model of a topology file; parameters and errors as of ``merge_topology``."""
    return parse_merged(merge_topology(source, layers=layers, load=load, scenario=scenario))


def merge_topology(
    source: Source,
    *,
    layers: Sequence[Sequence[Source]] = (),
    load: Load,
    scenario: str | None = None,
) -> MergedTree:
    """Return a topology file laid out to be parsed, as it stands or with changes.

    Parameters
    ----------
    source
        The file.
    layers
        Catalogs to be laid over each other before those of the file and its includes, shipped first; each is
        the list of files that form it.
    load
        Gives the text of an included file: called with its name as written and the file that names it.
    scenario
        The scenario to apply; ``None`` for the file as it stands.

    Raises
    ------
    InputError
        If the file is no tree; every other mistake waits for ``parse_merged``.
    """
    problems = Problems(Marks())
    tree = read_tree(source, problems)
    laid = _lay_files(layers, problems)
    if tree is None:
        raise InputError(problems.found)
    if any(problem.code in INDIRECT for problem in problems.found):
        raise InputError(problems.found)  # what stands there is not what is meant
    load = cache(load)
    root, scenarios = _whole_tree(source, tree, laid, load, problems)
    root = apply_scenario(root, scenarios, scenario, problems)
    names = scenario_names(scenarios)
    return MergedTree(
        source, root, load, scenario or "", names, tuple(problems.found), dict(problems.marks.texts)
    )


def parse_merged(laid: MergedTree, changes: Changes = (), said_at: str = "changes") -> Parsed:
    """Return the model of a file that is laid, with ``changes`` after its scenario.

    Parameters
    ----------
    laid
        The file. What the first call reads of it, later calls read only where they change it.
    changes
        Paths and their values as YAML text.
    said_at
        What messages call the place where changes stand: each is a line of it.

    Raises
    ------
    InputError
        With every mistake of every file, and of the changes.
    """
    problems = Problems(Marks(texts=dict(laid.texts)))
    problems.found += laid.found
    root = apply_changes(laid.root, changes, said_at, problems)
    spec, catalog = _models(root, laid.known, problems)
    laid.known.close()
    refuse_not_yet(root, problems)
    tables = read_tables(root, laid.load, problems)
    problems.found.sort(key=lambda problem: _reading_order(problem, laid.source))
    if spec is None:
        raise InputError(problems.found)
    problems.raise_errors()
    problems.marks.places = Places(root)
    return Parsed(spec, catalog, problems.marks, problems.warnings, laid.scenario, laid.scenarios, tables)


def _reading_order(problem: Problem, source: Source) -> tuple[bool, str, int, int]:
    """Return a sort key: the file itself from top to bottom, then other files."""
    mark = problem.mark or Mark(source.name, 0, 0)
    return mark.file != source.name, mark.file, mark.line, mark.column


def parse_catalog(layers: Sequence[Sequence[Source]]) -> Catalog:
    """Return the catalog of layers laid over each other; raises `InputError` with every mistake."""
    problems = Problems(Marks())
    catalog = read_catalog(_lay_files(layers, problems), ReadCache(), problems)
    problems.raise_errors()
    return catalog


def _lay_files(layers: Sequence[Sequence[Source]], problems: Problems) -> Node:
    laid = empty_catalog()
    for layer in layers:
        trees = [tree for source in layer if (tree := read_tree(source, problems))]
        laid = merge_catalogs(laid, join_files(trees, problems), problems)
    return laid


def _whole_tree(
    source: Source, tree: Node, laid: Node, load: Load, problems: Problems
) -> tuple[Node, Node | None]:
    """Return the tree with includes taken and its catalog laid, and its scenarios."""
    tree, catalogs = take_includes(source, tree, load, problems)
    own = child(tree, "catalog")
    for layer in (*catalogs, own):
        if layer is not None and layer.value is not None:
            laid = merge_catalogs(laid, join_files([layer], problems), problems)
    held = dict(tree.value) if isinstance(tree.value, dict) else {}
    scenarios = held.pop("scenarios", None)
    # An empty section (`links:` with every line under it commented out) is no section.
    kept = {key: node for key, node in held.items() if node.value is not None or key not in TOP_KEYS}
    return Node({**kept, "catalog": laid}, Mark(source.name, 1, 1)), scenarios


def _models(root: Node, known: ReadCache, problems: Problems) -> tuple[TopologySpec | None, Catalog]:
    held = root.value if isinstance(root.value, dict) else {}
    topology = Node({key: node for key, node in held.items() if key != "catalog"}, root.mark)
    laid = held["catalog"] if "catalog" in held else empty_catalog()
    catalog = known.read("catalog", [laid], lambda: read_catalog(laid, known, problems), problems)
    sections = [node for key, node in held.items() if key != "catalog"]
    spec = known.read("topology", sections, lambda: validate(Topology, topology, (), problems), problems)
    if spec is not None:
        check_topology(spec, root, problems)
    return spec, catalog
