"""Ports, links, structure and expectations: the report of ``check``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.records import dataclass
from topogen.report.bom_report import heading, links_table
from topogen.report.findings import (
    expectation_notes,
    expectations,
    problem_notes,
    problems_table,
    published,
)
from topogen.report.formats import report_csv
from topogen.report.structure_report import proof_items, structure_items, switches_items
from topogen.report.table import Note, Report, Table, number, text
from topogen.units import count_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from topogen.cabling.port_uses import PortUse
    from topogen.checks.expectations import Expectation
    from topogen.errors import Problem
    from topogen.model.fabric import Fabric
    from topogen.structure.oversubscription import SwitchUse
    from topogen.structure.proof import PortProof
    from topogen.structure.survey import Structure
    from topogen.takeoff.gaps import Gap

CSV_TABLES = ("problems", "expectations", "quoted")
ALL_OK = "All links OK: rates, duplex, interfaces and reach match; no port is used twice."
NO_LINKS = "There are no links: nothing was checked of rates, duplex, interfaces and reach."


@dataclass(frozen=True)
class CheckResults:
    """Everything that ``check`` looked at; None where it was not asked to."""

    ports: Sequence[PortUse]
    switches: Sequence[SwitchUse]
    proofs: Sequence[PortProof] | None
    structure: Structure | None
    expected: Sequence[Expectation]
    quoted: Sequence[Expectation]
    problems: Sequence[Problem]
    gaps: Sequence[Gap]


def check_report(fabric: Fabric, seen: CheckResults) -> Report:
    """Return the whole check; CSV has problems, expectations and published figures."""
    return Report(
        [
            *heading(fabric),
            ports_table(seen.ports),
            links_table(fabric),
            Note(ALL_OK, "green") if fabric.n_links else Note(NO_LINKS),
            *(Note(sentence, "yellow") for sentence in _links_without_part(seen.gaps)),
            *switches_items(fabric, seen.switches),
            *(proof_items(fabric, seen.proofs) if seen.proofs is not None else []),
            *(structure_items(seen.structure) if seen.structure else []),
            expectations(seen.expected),
            *expectation_notes(seen.expected),
            published(seen.quoted),
            *problem_notes(seen.problems),
            problems_table(seen.problems),
        ],
        csv=CSV_TABLES,
    )


def _links_without_part(gaps: Iterable[Gap]) -> Iterator[str]:
    """Yield the links that fit and yet cannot be ordered: no medium, or no part of it for them."""
    for gap in gaps:
        if gap.reason == "no_part" and gap.groups:
            yield f"Without a part, {count_words(gap.links, 'link')} of {', '.join(gap.groups)}: {gap.what}."


def problems_csv(problems: Sequence[Problem]) -> str:
    """Return what keeps a file from being checked, as CSV."""
    return report_csv(Report([problems_table(problems)]))


def ports_table(ports: Iterable[PortUse]) -> Table:
    """Return which ports are used."""
    ports = list(ports)
    reserved = any(one.reserved for one in ports)
    columns = (
        text("devices"),
        text("port"),
        text("rate"),
        number("count", "n_devices", drop=2),
        number("each", "ports_each", drop=1),
        number("used"),
        number("free"),
        *(number("reserved") for _ in range(reserved)),
    )
    rows = [
        (one.devices, one.port, one.rate, one.n_devices, one.ports_each, one.used, one.free)
        + ((one.reserved,) if reserved else ())
        for one in ports
    ]
    return Table("ports", columns, rows, "Ports")
