"""Fault sweeps: every fault of one or two elements of a kind, or a sample, and what each leaves connected.

Faults that differ only by which of some interchangeable devices they hit leave the same: one is evaluated
for all of them.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import combinations, permutations
from math import comb
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from topogen.errors import InputError, LimitError, Problem, nearest
from topogen.records import dataclass
from topogen.structure.elements import kinds_of
from topogen.structure.fault_states import connected_pairs, mesh_of, states_left, twins_of
from topogen.structure.shared_racks import shared_racks
from topogen.structure.whole_way import whole_way
from topogen.structure.wires import wires_of
from topogen.units import format_count

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric
    from topogen.structure.elements import Kind
    from topogen.structure.fault_states import Mesh, State
    from topogen.structure.outage import Elements
    from topogen.structure.shared_racks import SharedRack
    from topogen.structure.whole_way import WholeWay
    from topogen.structure.wires import Wires
    from topogen.work import Share

    Faults: TypeAlias = "list[tuple[int, ...]]"

MOST_FAULTS = 20_000
"""Faults of one kind of element that are swept without a sample."""
CHUNK = 25
"""States in a task."""
MOST_NODES = 4
"""Devices at the lost links of a fault that are compared in every order."""


@dataclass(frozen=True)
class Swept:
    """The faults of one kind of element in one network.

    Of ``faults`` possible ones ``tried`` were looked at, in ``classes`` that leave the same by symmetry.
    ``pairs`` of ends are connected without a fault. ``worst_cut`` is the most that one fault separates, a
    failed end from all others included; the shares are those of ``pairs`` still connected. ``flow_lost`` is
    the most by which the largest flow between two ends that did not fail sinks, in Mb/s; None where it was
    not calculated.
    """

    element: str
    kind: str
    network: str
    faults: int
    tried: int
    classes: int
    pairs: int
    worst_cut: int
    mean_share: Fraction
    flow_lost: int | None

    @property
    def worst_share(self) -> Fraction:
        """Return the least share of pairs that a fault leaves connected."""
        return 1 - Fraction(self.worst_cut, self.pairs)


@dataclass(frozen=True)
class Sweep:
    """The faults of so many elements at a time, by kind and network, and the planes that share a rack."""

    at_once: int
    sample: int | None
    seed: int
    rows: tuple[Swept, ...]
    unknown: tuple[str, ...]
    """Kinds whose links are not known, or with fewer elements than fail at once."""
    shared_racks: tuple[SharedRack, ...]


def sweep(
    fabric: Fabric,
    at_once: int = 1,
    *,
    elements: Sequence[str] = (),
    sample: int | None = None,
    seed: int = 1,
    share_out: Share | None = None,
) -> Sweep:
    """Return what every fault of one or two elements of the same kind leaves connected.

    Parameters
    ----------
    elements
        Kinds to sweep, all by default.
    sample
        Faults of each kind to draw without repetition; by default all are tried.
    share_out
        Runs a function over tasks in order, elsewhere if it likes; default: here.

    Raises
    ------
    InputError
        E672 for a kind of element that there is not.
    LimitError
        E671 where a kind has too many faults and no sample is asked for.
    """
    wires = wires_of(fabric)
    kinds = _chosen(list(kinds_of(fabric, wires)), elements)
    swept = [one for one in kinds if len(one.elements.link) and one.elements.count >= at_once]
    if sample is None:
        _refuse_too_many(swept, at_once)
    whole = whole_way(fabric, wires)
    plans = [
        plan
        for index, one in enumerate(swept)
        for faults in [_faults(one.elements.count, at_once, sample, (seed, index))]
        for plan in (*_plans(fabric, wires, one, faults), *_whole_plans(fabric, whole, one, faults))
    ]
    tasks = [
        (plan.mesh, plan.states[first : first + CHUNK])
        for plan in plans
        for first in range(0, len(plan.states), CHUNK)
    ]
    results = iter(list((share_out or _here)(states_left, tasks)))
    rows = tuple(_row(plan, at_once, results) for plan in plans)
    unknown = tuple(one.element for one in kinds if one not in swept)
    return Sweep(at_once, sample, seed, rows, unknown, tuple(shared_racks(fabric, wires)))


def _here(work: object, tasks: Iterable[tuple[object, ...]]) -> Iterator[object]:
    return (work(*task) for task in tasks)  # type: ignore[operator]


def _chosen(kinds: list[Kind], elements: Sequence[str]) -> list[Kind]:
    known = [one.element for one in kinds]
    problems = [
        Problem("E672", f'no kind of element "{name}" in this fabric', hint=nearest(name, known))
        for name in elements
        if name not in known
    ]
    if problems:
        raise InputError(problems)
    return [one for one in kinds if not elements or one.element in elements]


def _refuse_too_many(kinds: Sequence[Kind], at_once: int) -> None:
    large = [one for one in kinds if comb(one.elements.count, at_once) > MOST_FAULTS]
    if large:
        named = ", ".join(
            f"{one.element} {format_count(comb(one.elements.count, at_once))}" for one in large[:12]
        )
        message = f"more than {format_count(MOST_FAULTS)} faults of one kind: {named}"
        hint = "draw a sample with --sample 1000, or choose smaller kinds with --element NAME"
        raise LimitError([Problem("E671", message, hint=hint)])


def _faults(count: int, at_once: int, sample: int | None, seed: tuple[int, int]) -> Faults:
    """Return the elements that fail in each fault: all faults, or some drawn without repetition."""
    total = comb(count, at_once)
    if sample is None or sample >= total:
        return list(combinations(range(count), at_once))
    stream = np.random.default_rng(seed)
    found: dict[tuple[int, ...], None] = {}
    while len(found) < sample:
        drawn = np.sort(stream.integers(0, count, (2 * sample, at_once)), axis=1)
        found |= dict.fromkeys(tuple(one) for one in drawn.tolist() if len(set(one)) == at_once)
    return list(found)[:sample]


@dataclass(frozen=True)
class _Plan:
    """The states of one kind in one network; each stands for ``weights`` faults."""

    of: Kind
    mesh: Mesh
    states: tuple[State, ...]
    weights: tuple[int, ...]


def _whole_plans(fabric: Fabric, whole: WholeWay | None, kind: Kind, faults: Faults) -> Iterator[_Plan]:
    """Yield the states from end to end over all networks; no flow where ends share the rate of a link."""
    if whole:
        carried = replace(kind, elements=whole.carried(kind.elements))
        for plan in _plans(fabric, whole.wires, carried, faults):
            yield replace(plan, mesh=replace(plan.mesh, has_flows=not whole.shared))


def _plans(fabric: Fabric, wires: Wires, kind: Kind, faults: Faults) -> Iterator[_Plan]:
    for net in wires.nets:
        mesh, pair = mesh_of(wires, net, fabric.n_devices)
        here = (kind.elements.link >= net.links.start) & (kind.elements.link < net.links.stop)
        if not here.any() or not connected_pairs(mesh, mesh.rate, np.ones(len(mesh.device), bool)):
            continue
        rate = wires.rate[net.links]
        each = _losses(kind.elements, (net.links.start, rate, pair), mesh)
        alike = twins_of(mesh)
        classes: dict[object, tuple[State, int]] = {}
        for fault in faults:
            state = _state(mesh, [each[one] for one in fault], rate)
            key = _key(mesh, alike, state)
            classes[key] = (classes.get(key, (state, 0))[0], classes.get(key, (state, 0))[1] + 1)
        states, weights = zip(*classes.values(), strict=True)
        yield _Plan(kind, mesh, states, weights)


def _losses(
    elements: Elements, links: tuple[int, Ints, Ints], mesh: Mesh
) -> list[tuple[dict[int, int], tuple[int, ...]]]:
    """Return for each element the links it takes, with their pairs, and the nodes that fail with it."""
    first, rate, pair = links
    found: list[tuple[dict[int, int], list[int]]] = [({}, []) for _ in range(elements.count)]
    here = (elements.link >= first) & (elements.link < first + len(rate))
    for owner, link in zip(
        elements.owner[here].tolist(), (elements.link[here] - first).tolist(), strict=True
    ):
        if pair[link] >= 0:
            found[owner][0][link] = int(pair[link])
    at = np.minimum(np.searchsorted(mesh.device, elements.device), len(mesh.device) - 1)
    inside = mesh.device[at] == elements.device
    for owner, node in zip(elements.failing[inside].tolist(), at[inside].tolist(), strict=True):
        found[owner][1].append(node)
    return [(lost, tuple(sorted(gone))) for lost, gone in found]


def _state(mesh: Mesh, each: list[tuple[dict[int, int], tuple[int, ...]]], rate: Ints) -> State:
    """Return the state that some elements leave together; a link that two of them carry is lost once."""
    gone = {node for _, nodes in each for node in nodes}
    lost: dict[int, int] = {}
    for link, pair in {link: pair for links, _ in each for link, pair in links.items()}.items():
        if not {int(mesh.a[pair]), int(mesh.b[pair])} & gone:
            lost[pair] = lost.get(pair, 0) + int(rate[link])
    return tuple(sorted(lost.items())), tuple(sorted(gone))


def _key(mesh: Mesh, alike: Ints, state: State) -> object:
    """Return what states have in common that the exchange of twins turns into each other.

    Twins can be exchanged in any order, so a state is told by the kinds of its devices and by which of its
    lost links meet. Where too many devices have lost links, it stands for itself.
    """
    lost, gone = state
    failed = tuple(sorted(alike[list(gone)].tolist()))
    links = [(int(mesh.a[pair]), int(mesh.b[pair]), less) for pair, less in lost]
    nodes = sorted({node for *two, _ in links for node in two})
    if len(nodes) > MOST_NODES:
        return state
    names = [
        (
            tuple(alike[list(order)].tolist()),
            tuple(sorted((*sorted((order.index(a), order.index(b))), less) for a, b, less in links)),
        )
        for order in permutations(nodes)
    ]
    return failed, min(names)


def _row(plan: _Plan, at_once: int, results: Iterator[list[list[int | None]]]) -> Swept:
    """Return the worst and the mean of the states of a kind, from the results of its tasks in order."""
    found = [left for _ in range(0, len(plan.states), CHUNK) for left in next(results)]
    connected = [int(left[0] or 0) for left in found]
    flows = [left[1] for left in found]
    pairs = connected_pairs(plan.mesh, plan.mesh.rate, np.ones(len(plan.mesh.device), bool))
    tried = sum(plan.weights)
    still = sum(number * weight for number, weight in zip(connected, plan.weights, strict=True))
    return Swept(
        element=plan.of.element,
        kind=plan.of.kind,
        network=plan.mesh.name,
        faults=comb(plan.of.elements.count, at_once),
        tried=tried,
        classes=len(plan.states),
        pairs=pairs,
        worst_cut=pairs - min(connected),
        mean_share=Fraction(still, tried * pairs),
        flow_lost=None if None in flows else max(int(one or 0) for one in flows),
    )
