"""Write found cables as a topology: device types with ports, the cables as a list, the names as a table."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

from topogen.errors import InputError, Mark, Problem
from topogen.found.rows import UNKNOWN_RATE
from topogen.units import count_words, format_bandwidth, format_count

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from topogen.found.rows import FoundRow, FoundTable

SWITCH = re.compile(r"switch|leaf|spine|exit|border|core|tor\b|agg|\bsw\b", re.IGNORECASE)
HOST = re.compile(r"host|server|compute|node|dgx|\bca\b|\bhca\b", re.IGNORECASE)
_TRAILING = re.compile(r"(.*?)(\d+)", re.ASCII | re.DOTALL)
LONGEST_TYPE = 24
NO_ROLE = "other"


class Imported(NamedTuple):
    """A topology as three files, and sentences on what is not in it."""

    topology: str
    cables: str
    names: str
    links: int
    left_out: Sequence[str]


class _Group(NamedTuple):
    """Ports of a device type of one rate: names in order, and the pattern that makes them."""

    key: str
    names: tuple[str, ...]
    rate: int
    pattern: str


class _Type(NamedTuple):
    """A device type: its role, the devices, and its port groups."""

    key: str
    role: str
    devices: tuple[str, ...]
    groups: tuple[_Group, ...]


def imported(
    table: FoundTable,
    stem: str,
    *,
    rate: int | None = None,
    network: str = "scale_out",
    switches: Sequence[str] = (),
) -> Imported:
    """Return the topology of the cables of a file.

    Parameters
    ----------
    table
        The cables.
    stem
        Of the files to write; its name is made of it.
    rate
        Mb/s of links of which the file does not say it.
    network
        Of all links.
    switches
        Patterns of names, such as ``leaf*``, of devices that are switches.

    Raises
    ------
    InputError
        E808 for rows that cannot be read and for ports with two cables; E809 without a rate; E810 for a name
        that a topology cannot have.
    """
    rows, left_out = _usable(table)
    _refuse_rates(table, rows, rate)
    rates = {end: rate or UNKNOWN_RATE for row in rows for end in row.ends}
    rates |= {end: row.rate for row in rows for end in row.ends if row.rate != UNKNOWN_RATE}
    types = list(_types(rows, rates, switches))
    selectors, paths = _selectors(types)
    cables = "".join(f"{selectors[row.ends[0]]},{selectors[row.ends[1]]}\n" for row in rows)
    names = "".join(f"{path},{_cell(name)}\n" for path, name in paths)
    text = _yaml(types, stem, table.name, network, len(rows))
    return Imported(text, f"a,b\n{cables}", f"path,name\n{names}", len(rows), left_out)


# What can be imported


def _usable(table: FoundTable) -> tuple[list[FoundRow], list[str]]:
    """Return each cable once; what its other end says again is left out."""
    problems = [_problem("E808", table, one.line, one.message) for one in table.problems]
    rows: list[FoundRow] = []
    first: dict[tuple[str, str], FoundRow] = {}
    loops = 0
    for row in table.rows:
        a, b = row.ends
        known = first.get(a)
        if known and set(known.ends) == {a, b}:
            continue
        if taken := next((end for end in (a, b) if end in first), None):
            message = f"{':'.join(taken)} has a cable in line {first[taken].line} already"
            problems.append(_problem("E808", table, row.line, message))
            continue
        first[a] = first[b] = row
        if a[0] == b[0]:
            loops += 1
            continue
        rows.append(row)
    problems += [_problem("E810", table, row.line, message) for row in rows for message in _bad_names(row)]
    if problems:
        raise InputError(problems)
    if not rows:
        raise InputError([_problem("E808", table, 1, "no cable joins two devices")])
    left = f"{count_words(loops, 'cable')} from a device to itself: a topology has none"
    return rows, [left] if loops else []


def _bad_names(row: FoundRow) -> Iterator[str]:
    for text in (cell for end in row.ends for cell in end):
        if not text.isprintable() or "{" in text or "}" in text:
            yield f'"{text}" has a brace or a character that cannot be printed'


def _problem(code: str, table: FoundTable, line: int, message: str) -> Problem:
    hints = {
        "E808": "topogen verify --p2p lists all that is wrong with a sheet; mend it, or remove the row",
        "E810": "rename it in the file",
    }
    return Problem(code, message, mark=Mark(table.name, line, 1), hint=hints[code])


def _refuse_rates(table: FoundTable, rows: Sequence[FoundRow], rate: int | None) -> None:
    missing = [row for row in rows if row.rate == UNKNOWN_RATE]
    if missing and rate is None:
        message = f"the file has no rate for {format_count(len(missing))} of {format_count(len(rows))} cables"
        hint = "give the rate of those: --rate 400G"
        raise InputError([Problem("E809", message, mark=Mark(table.name, missing[0].line, 1), hint=hint)])


# Device types and ports


def _types(
    rows: Sequence[FoundRow], rates: dict[tuple[str, str], int], switches: Sequence[str]
) -> Iterator[_Type]:
    """Yield device types: devices of one kind whose names differ in their numbers only."""
    kinds: dict[str, str] = {}
    ports: dict[str, dict[str, int]] = {}
    for row in rows:
        for (device, port), kind in zip(row.ends, row.kinds, strict=True):
            kinds[device] = kinds.get(device) or kind
            ports.setdefault(device, {})[port] = rates[device, port]
    alike: dict[tuple[str, str], list[str]] = {}
    for device in ports:
        role = _role(device, kinds[device], switches)
        alike.setdefault((re.sub(r"\d+", "#", device), role), []).append(device)
    used: set[str] = set()
    of_rates = [(key, some) for key, every in alike.items() for some in _by_rates(every, ports)]
    for (stem, role), devices in of_rates:
        of_type = {(port, rate) for device in devices for port, rate in ports[device].items()}
        yield _Type(_key(stem, used, "device"), role, tuple(devices), tuple(_groups(of_type)))


def _by_rates(devices: Sequence[str], ports: dict[str, dict[str, int]]) -> Iterator[list[str]]:
    """Yield devices apart that have the same port at different rates."""
    rates: dict[str, set[int]] = {}
    for device in devices:
        for port, rate in ports[device].items():
            rates.setdefault(port, set()).add(rate)
    mixed = sorted(port for port, several in rates.items() if len(several) > 1)
    alike: dict[tuple[int | None, ...], list[str]] = {}
    for device in devices:
        alike.setdefault(tuple(ports[device].get(port) for port in mixed), []).append(device)
    yield from alike.values()


def _role(device: str, kind: str, switches: Sequence[str]) -> str:
    if any(fnmatchcase(device, pattern) for pattern in switches) or SWITCH.search(kind):
        return "switch"
    return "host" if HOST.search(kind) else NO_ROLE


def _key(text: str, used: set[str], fallback: str) -> str:
    """Return a name for a text: small letters with _ between, unlike all before.

    >>> _key("a#-p#-DGX-#", set(), "device"), _key("##", {"device"}, "device")
    ('a_p_dgx', 'device_b')
    """
    words = re.findall(r"[a-z]+", text.lower())
    key = "_".join(words)[:LONGEST_TYPE].rstrip("_") or fallback
    made = next(one for one in (f"{key}{ending}" for ending in _endings()) if one not in used)
    used.add(made)
    return made


def _endings() -> Iterator[str]:
    yield ""
    letters = "abcdefghijklmnopqrstuvwxyz"
    number = 1
    while True:
        text, rest = "", number
        while rest:
            rest, letter = divmod(rest, len(letters))
            text = letters[letter] + text
        yield f"_{text}"
        number += 1


def _groups(ports: Iterable[tuple[str, int]]) -> Iterator[_Group]:
    """Yield port groups: names that count up from 0 or 1 are one, each other name has its own."""
    used: set[str] = set()
    series: dict[tuple[str, int], set[int]] = {}
    single: list[tuple[str, int]] = []
    for name, rate in ports:
        found = _TRAILING.fullmatch(name)
        if found and str(int(found[2])) == found[2]:
            series.setdefault((found[1], rate), set()).add(int(found[2]))
        else:
            single.append((name, rate))
    for (prefix, rate), numbers in sorted(series.items()):
        first = min(numbers)
        names = tuple(f"{prefix}{number}" for number in range(first, max(numbers) + 1))
        taken = any(other != rate and prefix == before for before, other in series)
        if first > 1 or taken or 2 * len(numbers) < len(names):
            single += [(f"{prefix}{number}", rate) for number in numbers]
            continue
        yield _Group(_key(prefix, used, "port"), names, rate, f"{prefix}{{k{'' if first else '0'}}}")
    for name, rate in sorted(single, key=lambda one: (len(one[0]), one)):
        yield _Group(_key(name, used, "port"), (name,), rate, name)


def _selectors(types: Sequence[_Type]) -> tuple[dict[tuple[str, str], str], list[tuple[str, str]]]:
    """Return the selector of every port, and the design path of every device with its name."""
    selectors: dict[tuple[str, str], str] = {}
    paths: list[tuple[str, str]] = []
    for one in types:
        for number, device in enumerate(one.devices):
            path = f"{one.key}{number}"
            paths.append((path, device))
            for group in one.groups:
                for at, port in enumerate(group.names):
                    single = len(group.names) == 1
                    selectors[device, port] = f"{path}.{group.key}{'' if single else f'[{at}]'}"
    return selectors, paths


# The file


def _yaml(types: Sequence[_Type], stem: str, source: str, network: str, links: int) -> str:
    key = re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-") or "imported"
    lines = [
        f"# {links:,} cables of {source}; names.csv has the names, {stem}-cables.csv the cables.",
        "topogen: 1",
        f"name: {key if key[0].isalpha() else f'site-{key}'}",
        "devices:",
    ]
    for one in types:
        lines += [f"  {one.key}:", f"    role: {one.role}", "    ports:"]
        for group in one.groups:
            rate = format_bandwidth(group.rate)
            lines.append(f"      {group.key}: {{count: {len(group.names)}, bandwidth: {rate}}}")
    lines += ["instances:", *(f"  {one.key}: {len(one.devices)}" for one in types)]
    lines += [
        "links:",
        f"  cables: {{network: {network}, pattern: explicit, pairs: {json.dumps(f'{stem}-cables.csv')}}}",
        "names:",
        f"  table: {json.dumps(f'{stem}-names.csv')}",
        "  ports:",
    ]
    for one in types:
        lines += [f"    {one.key}.{group.key}: {_quoted(group.pattern)}" for group in one.groups]
    lines += ["layout: {floor: none}", "expect:", f"  links: {{cables: {links}}}"]
    return "\n".join(lines).replace("names.csv has", f"{stem}-names.csv has") + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(one in text for one in ',"\n;\t') else text
