"""From text to model: topology and catalog files, includes, layers and a scenario; all errors at once.

No file is opened here: texts are passed in as `Source`, included ones come from ``load``.
"""

from __future__ import annotations

from dataclasses import field, replace
from functools import cache
from typing import TYPE_CHECKING

from topogen.build.parsed import Parsed
from topogen.catalog.read import read_catalog
from topogen.catalog.spec import known_keys
from topogen.errors import InputError, Mark, Marks, Problems
from topogen.language.claims import check_claims
from topogen.language.include import TOP_KEYS, Load, take_includes
from topogen.language.known import ReadCache
from topogen.language.overlay import empty_catalog, join_files, merge_catalogs
from topogen.language.phases import SECTION as PHASES
from topogen.language.phases import check_phases, design_after, without_values
from topogen.language.references import Checker
from topogen.language.scenario import (
    about_scenario,
    apply_changes,
    apply_scenarios,
    is_new,
    note_unknown,
    scenario_names,
)
from topogen.language.tables import read_tables
from topogen.language.validate import validate
from topogen.language.yaml_tree import Node, Places, Source, child, read_tree
from topogen.load.fitting import fitting, goes_beyond
from topogen.load.references import check_topology
from topogen.load.topology import Topology
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from topogen.catalog.model import Catalog
    from topogen.errors import Problem
    from topogen.language.scenario import Changes
    from topogen.language.topology import PhaseSpec, TopologySpec

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
"""Anchors, merge keys, tags: further messages about a tree with them would be misleading."""


@dataclass(frozen=True)
class MergedTree:
    """A topology file with its includes and catalogs merged and its scenario applied, ready for changes.

    ``found`` has the problems so far, ``texts`` the lines of every file. ``known`` caches what has been read
    and checked of the tree; a change reads again only what it changes.
    """

    source: Source
    root: Node
    load: Load
    scenario: str
    scenarios: tuple[str, ...]
    about: str
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
    """Return the model of a topology file; parameters and errors as for ``merge_topology``."""
    return parse_merged(merge_topology(source, layers=layers, load=load, scenario=scenario))


def merge_topology(
    source: Source,
    *,
    layers: Sequence[Sequence[Source]] = (),
    load: Load,
    scenario: str | None = None,
) -> MergedTree:
    """Return the merged tree of a topology file, ready to be parsed, with or without changes.

    Parameters
    ----------
    source
        The file.
    layers
        Catalog layers in merge order, shipped first, before those of the includes and of the file; each is a
        list of files.
    load
        Returns the text of an included file, given its name as written and the file that includes it.
    scenario
        The scenario to apply; ``None`` for the unmodified file.

    Raises
    ------
    InputError
        If the file is not a tree; every other error is raised by ``parse_merged``.
    """
    problems = Problems(Marks())
    tree = read_tree(source, problems)
    merged = _merge_files(layers, problems)
    if tree is None:
        raise InputError(problems.found)
    if any(problem.code in INDIRECT for problem in problems.found):
        raise InputError(problems.found)  # the values there are not what the author means
    load = cache(load)
    root, scenarios = _whole_tree(source, tree, merged, load, problems)
    known = ReadCache()
    root = _with_scenario(root, scenarios, scenario, known, problems)
    names = scenario_names(scenarios)
    found, texts = tuple(problems.found), dict(problems.marks.texts)
    about = about_scenario(scenarios, scenario or "")
    return MergedTree(source, root, load, scenario or "", names, about, found, texts, known)


def _with_scenario(
    root: Node, scenarios: Node | None, name: str | None, known: ReadCache, problems: Problems
) -> Node:
    """Return the tree under a scenario; what the others add is read too, so that no mistake waits in them."""
    changed = apply_scenarios(root, scenarios, problems)
    if name is not None and name not in changed:
        note_unknown(scenarios, name, problems)
    for other, one in changed.items():
        one = changed[other] = fitting(root, one, problems)  # noqa: PLW2901 - the same, of keys that fit
        if other != name and goes_beyond(root, one):
            read = Problems(problems.marks)
            _models(one.tree, known, read)
            problems.found += read.found
    return changed[name].tree if name in changed else root


def parse_merged(merged: MergedTree, changes: Changes = (), shown_as: str = "changes") -> Parsed:
    """Return the model of a merged tree, with ``changes`` applied after its scenario.

    Parameters
    ----------
    merged
        The merged tree. Later calls only read what they change.
    changes
        Paths and their values as YAML text.
    shown_as
        The name that messages show for the changes; each change is a line of it.

    Raises
    ------
    InputError
        With every error of every file and of the changes.
    """
    problems = Problems(Marks(texts=dict(merged.texts)))
    problems.found += merged.found
    root = fitting(merged.root, apply_changes(merged.root, changes, shown_as, problems), problems).tree
    spec, catalog = _models(root, merged.known, problems)
    merged.known.close()
    if spec is not None and not (merged.scenario or changes):  # a scenario may take away what another changes
        check_claims(spec.claims, root, merged.scenarios, problems)
        _check_assumptions(spec, root, merged.known, problems)
    tables = read_tables(root, merged.load, problems)
    problems.found = list(dict.fromkeys(problems.found))  # scenarios share what is wrong in the file
    problems.found.sort(key=lambda problem: _reading_order(problem, merged.source))
    if spec is None:
        raise InputError(problems.found)
    problems.raise_errors()
    problems.marks.places = Places(root)
    whole = Parsed(
        spec,
        catalog,
        problems.marks,
        problems.warnings,
        merged.scenario,
        merged.scenarios,
        merged.about,
        tables,
    )
    return _in_phases(merged, root, whole) if spec.phases else whole


def _in_phases(merged: MergedTree, root: Node, whole: Parsed) -> Parsed:
    """Return a file as its last phase, with the designs after those before it."""
    *before, last = whole.spec.phases
    found = Problems(whole.marks)
    earlier = []
    for name in before:
        problems = Problems(Marks(texts=dict(whole.marks.texts)))
        built, changed = design_after(root, name, problems)
        tree = fitting(built, changed, problems).tree
        spec, catalog = _models(tree, merged.known, problems)
        tables = read_tables(tree, merged.load, problems)
        found.found += [problem for problem in problems.found if problem.is_error]
        if spec is not None:
            problems.marks.places = Places(tree)
            own = problems.marks, problems.warnings
            made = Parsed(spec, catalog, *own, whole.scenario, whole.scenarios, whole.about, tables)
            earlier.append(_of_phase(made, name, whole.spec.phases[name]))
    found.raise_errors()
    return replace(_of_phase(whole, last, whole.spec.phases[last]), earlier=tuple(earlier))


def _of_phase(parsed: Parsed, name: str, phase: PhaseSpec) -> Parsed:
    """Return the design after a phase, needed by its day."""
    spec = parsed.spec.model_copy(update={"need_by": phase.need_by})
    return replace(parsed, spec=spec, phase=name, keeps_ports=phase.ports == "kept")


def _check_assumptions(spec: TopologySpec, root: Node, known: ReadCache, problems: Problems) -> None:
    """Note at its claim what is wrong with a key that an assumption adds."""
    checker = Checker(root, problems)
    for name, claim in spec.claims.items():
        for number, variation in enumerate(claim.over):
            if not any(is_new(root, path) for path, _ in variation.changes):
                continue
            read = Problems()
            changed = fitting(root, apply_changes(root, variation.changes, "over", read), read)
            _models(changed.tree, known, read)
            for one in read.found:
                checker.note(one.code, one.message, ("claims", name, "over", str(number)), one.hint)


def _reading_order(problem: Problem, source: Source) -> tuple[bool, str, int, int]:
    """Return a sort key: the file itself from top to bottom, then other files."""
    mark = problem.mark or Mark(source.name, 0, 0)
    return mark.file != source.name, mark.file, mark.line, mark.column


def parse_catalog(layers: Sequence[Sequence[Source]]) -> Catalog:
    """Return the catalog of merged layers; raises `InputError` with every error."""
    problems = Problems(Marks())
    catalog = read_catalog(_merge_files(layers, problems), ReadCache(), problems)
    problems.raise_errors()
    return catalog


def _merge_files(layers: Sequence[Sequence[Source]], problems: Problems) -> Node:
    merged = empty_catalog()
    for layer in layers:
        trees = [tree for source in layer if (tree := read_tree(source, problems))]
        merged = merge_catalogs(merged, join_files(trees, problems), problems, known_keys())
    return merged


def _whole_tree(
    source: Source, tree: Node, merged: Node, load: Load, problems: Problems
) -> tuple[Node, Node | None]:
    """Return the tree with its includes and catalogs merged, and its scenarios."""
    tree, catalogs = take_includes(source, tree, load, problems)
    own = child(tree, "catalog")
    for layer in (*catalogs, own):
        if layer is not None and layer.value is not None:
            merged = merge_catalogs(merged, join_files([layer], problems), problems, known_keys())
    held = dict(tree.value) if isinstance(tree.value, dict) else {}
    scenarios = held.pop("scenarios", None)
    # An empty section (`links:` with every line below commented out) counts as absent.
    kept = {key: node for key, node in held.items() if node.value is not None or key not in TOP_KEYS}
    return Node({**kept, "catalog": merged}, Mark(source.name, 1, 1)), scenarios


def _models(root: Node, known: ReadCache, problems: Problems) -> tuple[TopologySpec | None, Catalog]:
    held = root.value if isinstance(root.value, dict) else {}
    topology = Node({key: node for key, node in held.items() if key != "catalog"}, root.mark)
    if isinstance(topology.value, dict) and PHASES in topology.value:
        topology.value[PHASES] = without_values(topology.value[PHASES])
    merged = held["catalog"] if "catalog" in held else empty_catalog()
    catalog = known.read("catalog", [merged], lambda: read_catalog(merged, known, problems), problems)
    sections = [node for key, node in held.items() if key != "catalog"]
    spec = known.read("topology", sections, lambda: validate(Topology, topology, (), problems), problems)
    if spec is not None:
        check_topology(spec, root, problems)
        check_phases(root, spec.phases, problems)
    return spec, catalog
