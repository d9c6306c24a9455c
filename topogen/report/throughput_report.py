"""Throughput, for people and for programs: per endpoint by traffic, and the times of collectives."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.report.table import Note, Report, Table, names, number, percent, revision_line, text
from topogen.study.throughput import BOUND, RING
from topogen.units import format_count, format_decimal, format_rate_long

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.model.fabric import Fabric
    from topogen.report.table import Row
    from topogen.study.throughput import Collective, Throughput, Throughputs

NS_PER_US = 1000
BASIS = (
    "Basis: Gb/s that each endpoint sends, per direction, while all send as much; none sends to itself. "
    "Links are full duplex. Traffic is split over any paths in any shares (maximum concurrent flow), so no "
    "routing does better; headers, congestion and single-path routing make it less. Endpoints forward "
    "traffic only where they are linked to each other, as in a torus, or where the file says so."
)
COLLECTIVES = (
    "Basis of times, for N endpoints and a message of M: ring all-reduce 2 (N - 1) x (M / (N B) + h L), ring "
    "all-gather (N - 1) x (M / (N B) + h L), both with the ring throughput B; all-to-all (N - 1) M / (N B) + "
    "h L with the all-to-all throughput B. M is what each endpoint reduces, has in the end, or holds in N "
    "equal parts; h is the number of links between the two endpoints that are furthest apart."
)


def throughput_report(
    fabric: Fabric, found: Throughputs, revision: tuple[str, str], *, programs: bool = False
) -> Report:
    """Return one row per fabric and traffic, and per collective; for people also the answer in words."""
    facts: dict[str, str | None] = {
        "name": fabric.name, "scenario": fabric.scenario or None, "seed": str(found.seed),
        "hop_ns": format_decimal(found.hop_ns, 6), "topology_rev": revision[0], "catalog_rev": revision[1],
    }  # fmt: skip
    tables = [_rows(found, programs=programs)]
    if found.collectives:
        tables.append(_times(found, programs=programs))
    said = [*_answers(found), BASIS, *_latency(found), *_assumptions(found)]
    said.append(revision_line(*revision))
    notes = [note for one in said for note in (Note(""), Note(one))]
    spaced = [*tables]
    return Report([*spaced, *notes], facts)


def _rows(found: Throughputs, *, programs: bool) -> Table:
    columns = (
        text("fabric"), text("traffic"), number("endpoints", "ends", drop=3),
        number("port Gb/s", "port_gbps_per_end", _gbps, drop=1), text("", "bound"),
        number("Gb/s per endpoint", "throughput_gbps_per_end", _gbps),
        number("of port", "throughput_pct_of_port", percent, drop=2), text("basis", drop=4),
        names("limited by", "limited_by", drop=5),
    )  # fmt: skip
    rows: list[Row] = [
        (
            row.fabric, row.traffic, row.ends, Fraction(row.port_mbps, 1000), row.bound, row.mbps / 1000,
            100 * row.share, row.basis, row.limits,
        )
        for row in found.rows
    ]  # fmt: skip
    title = "" if programs else "Throughput per endpoint, all sending at the same time"
    return Table("throughput", columns, rows, title)


def _gbps(value: Fraction) -> str:
    return f"{float(round(value, 1)):,.1f}".removesuffix(".0")


def _us(value: Fraction) -> str:
    return f"{float(round(value, 3)):,.3f}"


def _times(found: Throughputs, *, programs: bool) -> Table:
    columns = (
        text("fabric"), text("collective"), number("bytes", "message_bytes_per_end"),
        number("rounds", drop=1), number("hops", "hops_per_round", drop=2), text("", "bound"),
        number("us", "time_us", _us, unknown="no path"), text("throughput of", "traffic", drop=3),
    )  # fmt: skip
    rows: list[Row] = [
        (
            row.fabric, row.collective, row.message, row.rounds, row.hops, row.bound,
            None if row.ns is None else row.ns / NS_PER_US, row.traffic,
        )
        for row in found.collectives
    ]  # fmt: skip
    return Table("collectives", columns, rows, "" if programs else "Time of collectives of all endpoints")


# In words


def _answers(found: Throughputs) -> Iterator[str]:
    """Yield the throughput of each fabric and what limits it."""
    if not found.rows:
        yield "Answer: no fabric or network has two endpoints, so there is no traffic."
    for row in found.rows:
        yield f"Answer, {row.fabric}, {row.traffic}: {_answer(row)}"
    for time in found.collectives:
        if time.ns is not None:
            yield f"Answer, {time.fabric}, {time.collective}: {_time(time)}."


def _answer(row: Throughput) -> str:
    if not row.mbps:
        return "0, because some endpoints that exchange traffic have no path to each other."
    return (
        f"{row.bound} {_gbps(row.mbps / 1000)} Gb/s per endpoint, "
        f"{percent(100 * row.share)} of the {format_rate_long(row.port_mbps)} of its ports, limited by "
        f"{', '.join(row.limits)}.".lstrip()
    ).strip()


def _time(time: Collective) -> str:
    assert time.ns is not None  # noqa: S101 - asked only then
    return f"{time.bound} {_us(time.ns / NS_PER_US)} us".strip()


def _latency(found: Throughputs) -> Iterator[str]:
    if not found.collectives:
        return
    yield COLLECTIVES + (
        f" L is {format_decimal(found.hop_ns, 6)} ns per hop."
        if found.hop_ns
        else " Latency is not counted (L = 0); --hop-ns gives L."
    )


def _assumptions(found: Throughputs) -> Iterator[str]:
    """Yield the assumption that decides, and which figures are bounds."""
    kinds = dict.fromkeys(row.traffic for row in found.rows)
    ring = " The ring follows the numbers of the endpoints; another order may be faster."
    yield f"Binding assumption: perfect multipath routing.{ring if RING in kinds else ''}"
    if "permutation" in kinds:
        yield f"The permutation is a random cycle through all endpoints (seed {format_count(found.seed)})."
    if any(row.basis == BOUND and row.bound for row in found.rows):
        yield (
            'Figures marked "at most" are upper bounds by ports, shortest paths and cuts: the fabric is too '
            "large for the linear program, and no closed form applies."
        )
