"""Compare found cables with a model: missing, unexpected, swapped, in a wrong port, at a wrong rate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

import numpy as np

from topogen.found.model_ends import ModelLinks, PortNames, model_links
from topogen.found.rows import UNKNOWN_RATE, RowProblem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.found.rows import FoundTable
    from topogen.model.arrays import Bools, Ints
    from topogen.model.fabric import Fabric

Kind: TypeAlias = Literal["swapped pair", "wrong port", "wrong rate", "missing", "unexpected"]
KINDS: tuple[Kind, ...] = ("swapped pair", "wrong port", "wrong rate", "missing", "unexpected")
NONE = -1


class Mismatch(NamedTuple):
    """A difference: links of the model and links that were found, each as names of both ends.

    A swapped pair has two of each. Rates are in Mb/s, ``UNKNOWN_RATE`` where they are not the difference.
    """

    kind: Kind
    expected: tuple[str, ...]
    found: tuple[str, ...]
    lines: tuple[int, ...]
    rate_expected: int = UNKNOWN_RATE
    rate_found: int = UNKNOWN_RATE


class Verified(NamedTuple):
    """How found cables compare with a model.

    ``right`` of ``cables`` cables of the model were found between their two ports, at their rate if one was
    stated. ``outside`` rows are at ports whose links leave the model: they cannot be compared.
    """

    mismatches: Sequence[Mismatch]
    problems: Sequence[RowProblem]
    cables: int
    right: int
    links: int
    rows: int
    outside: int

    @property
    def is_right(self) -> bool:
        """Return whether nothing differs, and every row was understood."""
        return not self.mismatches and all(one.kind == "duplicate" for one in self.problems)


class _Found(NamedTuple):
    """Found links: both ports, the line and the rate of each, arrays of shape (links,)."""

    a: Ints
    b: Ints
    line: Ints
    rate: Ints

    def rows(self, index: Ints | Bools) -> _Found:
        return _Found(*(column[index] for column in self))

    def side(self, side: str) -> Ints:
        return self.a if side == "a" else self.b


def verify(
    fabric: Fabric, table: FoundTable, *, all_links: bool = False, design_first: bool = False
) -> Verified:
    """Return how the cables of a table compare with the links of a fabric.

    ``all_links`` misses factory-installed links too; ``design_first`` prefers design names of ports.
    """
    names = PortNames(fabric, design_first=design_first)
    model = model_links(fabric, names, all_links=all_links)
    names.note_linked(np.concatenate([model.a[model.wanted], model.b[model.wanted]]))
    found, problems, outside = _resolved(table, names, model)
    found, more = _once(found, table)
    matched = _at_keys(_keys(model.a, model.b, names.count), _keys(found.a, found.b, names.count))
    is_right, model_of = matched >= 0, matched[matched >= 0]
    rest, twice = _one_per_port(found.rows(~is_right), found.rows(is_right), names)
    seen = np.zeros(len(model.a), bool)
    seen[model_of] = True
    mismatches = [
        *_rates(names, model, model_of, found.rows(is_right)),
        *_misplaced(names, model, seen, rest),
    ]
    mismatches.sort(key=lambda one: (KINDS.index(one.kind), one.lines, one.expected))
    wrong_rate = _wrong_rates(model, model_of, found.rows(is_right))
    seen[model_of[wrong_rate]] = False
    cables, right = _cables(model, seen)
    return Verified(
        mismatches,
        sorted([*table.problems, *problems, *more, *twice]),
        cables,
        right,
        int(model.wanted.sum()),
        len(table.rows) + len({one.line for one in table.problems}),
        outside,
    )


# From rows to links


def _resolved(table: FoundTable, names: PortNames, model: ModelLinks) -> tuple[_Found, list[RowProblem], int]:
    """Return the links of rows whose ends are known; others are noted, except those to the outside."""
    columns: tuple[list[int], ...] = ([], [], [], [])
    problems: list[RowProblem] = []
    leaving, outside = set(model.outside.tolist()), 0
    known: dict[tuple[str, str], list[int] | str] = {}
    for row in table.rows:
        for end in row.ends:
            if end not in known:
                known[end] = _ports_of(names, *end)
        ends = [known[end] for end in row.ends]
        if any(not isinstance(one, str) and leaving.issuperset(one) for one in ends):
            outside += 1
            continue
        wrong = list(_unknown(row.line, ends, row.ends, table.columns))
        if wrong:
            problems += wrong
            continue
        a, b = (one for one in ends if not isinstance(one, str))
        if len(a) != len(b):
            message = f"{len(a)} ports at one end, {len(b)} at the other"
            problems.append(RowProblem(row.line, table.columns[1], "port_count", message))
            continue
        for both in zip(a, b, strict=True):
            for column, value in zip(columns, (*both, row.line, row.rate), strict=True):
                column.append(value)
    return _Found(*(np.array(column, np.int64) for column in columns)), problems, outside


def _ports_of(names: PortNames, device: str, port: str) -> list[int] | str:
    """Return the ports of an end, or what of it is unknown."""
    known = names.device(device)
    if not known:
        return "device"
    return names.ports(known, port) or "port"


def _unknown(
    line: int,
    ends: Sequence[list[int] | str],
    texts: Sequence[tuple[str, str]],
    columns: Sequence[str],
) -> Iterator[RowProblem]:
    for side, (end, (device, port)) in enumerate(zip(ends, texts, strict=True)):
        if end == "device":
            yield RowProblem(line, columns[2 * side], "unknown_device", f'the model has no device "{device}"')
        elif end == "port":
            message = f'"{device}" has no port "{port}"'
            yield RowProblem(line, columns[2 * side + 1], "unknown_port", message)


def _keys(a: Ints, b: Ints, ports: int) -> Ints:
    """Return a number for the two ports of each link, whichever stands first."""
    return np.minimum(a, b) * ports + np.maximum(a, b)


def _at_keys(keys: Ints, asked: Ints) -> Ints:
    """Return where each asked key is among keys that are all different, ``NONE`` where it is not."""
    if not len(keys):
        return np.full(len(asked), NONE)
    order = np.argsort(keys)
    at = order[np.minimum(np.searchsorted(keys, asked, sorter=order), len(keys) - 1)]
    return np.where(keys[at] == asked, at, NONE)


def _once(found: _Found, table: FoundTable) -> tuple[_Found, list[RowProblem]]:
    """Return each link once; a row in the same direction is a duplicate, the far end's own row is not."""
    low, high = np.minimum(found.a, found.b), np.maximum(found.a, found.b)
    order = np.lexsort((found.line, high, low))
    same = np.zeros(len(order), bool)
    same[1:] = (low[order][1:] == low[order][:-1]) & (high[order][1:] == high[order][:-1])
    first = order[np.maximum.accumulate(np.where(same, 0, np.arange(len(order))))]
    repeated, original = order[same], first[same]
    alike = found.a[repeated] == found.a[original]
    problems = [
        RowProblem(line, table.columns[0], "duplicate", f"the same cable as in line {other}")
        for line, other in zip(
            found.line[repeated[alike]].tolist(), found.line[original[alike]].tolist(), strict=True
        )
    ]
    rate = found.rate.copy()
    unknown = rate[original] == UNKNOWN_RATE
    rate[original[unknown]] = rate[repeated[unknown]]  # the far end may have told it
    kept = found._replace(rate=rate)
    return kept.rows(np.sort(order[~same])), problems


def _one_per_port(rest: _Found, right: _Found, names: PortNames) -> tuple[_Found, list[RowProblem]]:
    """Return links of which no two share a port; what comes later is noted, and what is right comes first."""
    line_of = dict(
        zip(np.concatenate([right.a, right.b]).tolist(), np.tile(right.line, 2).tolist(), strict=True)
    )
    keep, problems = np.ones(len(rest.a), bool), []
    for row, (a, b, line, _) in enumerate(zip(*(column.tolist() for column in rest), strict=True)):
        taken = next((port for port in (a, b) if port in line_of), None)
        if a == b:
            problems.append(RowProblem(line, "", "port_twice", f"{names.name(a)} is linked to itself"))
            keep[row] = False
        elif taken is not None:
            message = f"{names.name(taken)} already has the cable of line {line_of[taken]}"
            problems.append(RowProblem(line, "", "port_twice", message))
            keep[row] = False
        else:
            line_of[a] = line_of[b] = line
    return rest.rows(keep), problems


# What differs


def _wrong_rates(model: ModelLinks, model_of: Ints, found: _Found) -> Bools:
    return np.asarray((found.rate != UNKNOWN_RATE) & (found.rate != model.rate[model_of]))


def _rates(names: PortNames, model: ModelLinks, model_of: Ints, found: _Found) -> Iterator[Mismatch]:
    for row in np.flatnonzero(_wrong_rates(model, model_of, found)).tolist():
        link = _link(names, found.a[row], found.b[row])
        rates = int(model.rate[model_of[row]]), int(found.rate[row])
        yield Mismatch("wrong rate", (link,), (link,), (int(found.line[row]),), *rates)


def _misplaced(names: PortNames, model: ModelLinks, seen: Bools, found: _Found) -> Iterator[Mismatch]:
    """Yield swapped pairs, cables at a wrong port, and what is left of both sides."""
    link_of = np.full(names.count, NONE)
    row_of = np.full(names.count, NONE)
    open_links, open_rows = ~seen, np.ones(len(found.a), bool)
    for ports in (model.a, model.b):
        link_of[ports[open_links]] = np.flatnonzero(open_links)
    for ports in (found.a, found.b):
        row_of[ports] = np.arange(len(found.a))
    pairs = _swapped(model, found, link_of, row_of)
    for links, rows in pairs:
        open_links[list(links)] = False
        open_rows[list(rows)] = False
        yield Mismatch("swapped pair", *_texts(names, model, links, found, rows))
    for link, row in _moved(names, model, found, link_of, open_links, open_rows):
        yield Mismatch("wrong port", *_texts(names, model, (link,), found, (row,)))
    for row in np.flatnonzero(open_rows).tolist():
        yield Mismatch("unexpected", *_texts(names, model, (), found, (row,)))
    for link in np.flatnonzero(open_links & model.wanted).tolist():
        yield Mismatch("missing", *_texts(names, model, (link,), found, ()))


def _link(names: PortNames, a: int, b: int) -> str:
    return f"{names.name(int(a))} - {names.name(int(b))}"


def _texts(
    names: PortNames, model: ModelLinks, links: Sequence[int], found: _Found, rows: Sequence[int]
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[int, ...]]:
    return (
        tuple(_link(names, model.a[link], model.b[link]) for link in links),
        tuple(_link(names, found.a[row], found.b[row]) for row in rows),
        tuple(int(found.line[row]) for row in rows),
    )


def _swapped(
    model: ModelLinks, found: _Found, link_of: Ints, row_of: Ints
) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Return pairs of links of the model whose far ends are exchanged, with the two rows that show it.

    Two links p-q' and p'-q are found as p-q and p'-q': each of the four ports has a cable, to the other one.
    """
    rows = np.arange(len(found.a))
    first, second = link_of[found.a], link_of[found.b]
    rows = rows[(first != NONE) & (second != NONE)]
    first, second = first[rows], second[rows]
    far_of_a = model.a[first] + model.b[first] - found.a[rows]
    far_of_b = model.a[second] + model.b[second] - found.b[rows]
    other = row_of[far_of_a]
    is_pair = (other != NONE) & (other == row_of[far_of_b]) & (rows < other) & (first != second)
    chosen = np.flatnonzero(is_pair)
    return [
        ((int(first[one]), int(second[one])), (int(rows[one]), int(other[one]))) for one in chosen.tolist()
    ]


def _moved(
    names: PortNames,
    model: ModelLinks,
    found: _Found,
    link_of: Ints,
    open_links: Bools,
    open_rows: Bools,
) -> Iterator[tuple[int, int]]:
    """Yield links with the row that has one of their ports, each link and row once.

    A row that is at the right device goes first: its plug is in the wrong port of it.
    """
    device_of = names.devices_of
    for same_device in (True, False):
        for side in ("a", "b"):
            rows = np.flatnonzero(open_rows)
            near = found.side(side)[rows]
            link = link_of[near]
            free = (link != NONE) & open_links[link]
            if same_device:
                far = model.a[link] + model.b[link] - near
                end = found.side("b" if side == "a" else "a")[rows]
                free &= device_of(far) == device_of(end)
            rows, link = rows[free], link[free]
            link, once = np.unique(link, return_index=True)
            rows = rows[once]
            open_links[link] = False
            open_rows[rows] = False
            yield from zip(link.tolist(), rows.tolist(), strict=True)


def _cables(model: ModelLinks, right: Bools) -> tuple[int, int]:
    """Return the number of wanted cables, and of those all of whose links were found right."""
    total = np.bincount(model.cable[model.wanted])
    good = np.bincount(model.cable[model.wanted & right], minlength=len(total))
    return int((total > 0).sum()), int(((total > 0) & (good == total)).sum())
