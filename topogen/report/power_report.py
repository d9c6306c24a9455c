"""Power by device, part, network, tier, medium and rack, for people and for programs."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.catalog.pricing import NOTHING, plus, scaled
from topogen.report.table import (
    Note,
    Report,
    Table,
    names,
    number,
    percent,
    quantity,
    revision_line,
    spans,
    text,
)
from topogen.study.power import NO_RACK, SPLITS
from topogen.units import format_count, format_decimal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.model.fabric import Fabric
    from topogen.report.table import Row
    from topogen.study.power import Draw, Power, RackPower
    from topogen.units import Triple

IN_WORDS = {"interconnect": "interconnect", "network_device": "network devices", "host": "hosts"}
MOST_RACKS = 12
"""Kinds of racks that people are shown."""
BASIS = (
    "Basis: watts of the parts in use; spares are fitted dark. Boundaries: module is all that the ends of a "
    "medium draw, engine and laser apart where they are parts of their own; device is a whole device with "
    "the SerDes of its ports. A system bought whole is not counted beside the devices in it. Power of fans, "
    "supplies and the hall is only in what a device says. A rack has its devices, modules, engines and light "
    "sources, and half of each cable that ends in it, as for its power budget (power_w)."
)


def power_report(
    fabric: Fabric, found: Power, revision: tuple[str, str], *, programs: bool = False
) -> Report:
    """Return the watts by every split; for people also the racks, the answer and what is not known."""
    at_least = bool(found.total.unknown)
    facts: dict[str, str | None] = {
        "name": fabric.name, "scenario": fabric.scenario or None, "at_least": "yes" if at_least else "no",
        "unknown": "; ".join(found.total.unknown), "topology_rev": revision[0], "catalog_rev": revision[1],
    }  # fmt: skip
    if programs:
        return Report([_data(found), _rack_data(found)], facts, ("power",))
    said = [*_answers(found), *_unknown(found), BASIS]
    said.append(revision_line(*revision))
    notes = [note for one in said for note in (Note(""), Note(one))]
    return Report([*_tables(found), *notes], facts)


def _data(found: Power) -> Table:
    columns = (
        text("by"), text("key"), spans("power_w", "power_w"), spans("w_per_gpu_package", "w_per_gpu_package"),
        number("pct"), text("at_least"),
    )  # fmt: skip
    bound = "yes" if found.total.unknown else "no"
    whole = found.total.watts
    rows: list[Row] = [("total", "", whole, _per_gpu(found, whole), Fraction(100), bound)]
    for by in SPLITS:
        for key, watts in found.split(by).items():
            rows.append((by, key, watts, _per_gpu(found, watts), _share(found, watts), bound))
    return Table("power", columns, rows)


def _rack_data(found: Power) -> Table:
    columns = (
        text("rack"), text("row"), number("gpu_packages"),
        *(spans(f"{scope}_w", f"{scope}_w") for scope in IN_WORDS), spans("power_w", "power_w"),
        names("unknown"),
    )  # fmt: skip
    rows: list[Row] = [
        (
            one.rack, one.row, one.gpus, *(one.watts_by_scope.get(scope, NOTHING) for scope in IN_WORDS),
            one.watts, one.unknown,
        )
        for one in found.racks
    ]  # fmt: skip
    return Table("racks", columns, rows)


def _per_gpu(found: Power, watts: Triple) -> Triple | None:
    return scaled(watts, Fraction(1, found.gpus)) if found.gpus else None


def _share(found: Power, watts: Triple) -> Fraction | None:
    whole = found.total.watts.base
    return 100 * watts.base / whole if whole else None


# For people


def _tables(found: Power) -> Iterator[Table]:
    yield _parts(found)
    for by, heading in (("network", "network"), ("tier", "tier of the links"), ("medium", "medium")):
        split = found.split(by)
        if len(split) > 1:
            yield _split(found, split, heading)
    if found.racks:
        yield _racks(found)


def _parts(found: Power) -> Table:
    """Return the draws of each device type or medium, and part."""
    merged: dict[tuple[str, ...], tuple[Draw, int]] = {}
    for draw in found.draws:
        key = draw.cost_scope, draw.device or draw.medium, draw.part, draw.boundary
        count = merged[key][1] if key in merged else 0
        merged[key] = draw, count + draw.count
    columns = (
        text("scope", drop=1), text("device or medium"), text("part"), text("boundary"), number("count"),
        spans("W each", "w_each", drop=2), spans("W", "power_w"),
        spans("W per GPU", "w_per_gpu_package", unknown="-"), number("share", "pct", percent),
    )  # fmt: skip
    rows: list[Row] = []
    for (scope, where, part, boundary), (draw, count) in merged.items():
        watts = scaled(draw.each, Fraction(count))
        if watts.base:
            row = IN_WORDS[scope], where, part, boundary, count, draw.each, watts
            rows.append((*row, _per_gpu(found, watts), _share(found, watts)))
    rows.sort(key=lambda row: list(IN_WORDS.values()).index(str(row[0])))
    bound = "at least " if found.total.unknown else ""
    return Table("parts", columns, rows, f"Power: {bound}{format_count(round(found.total.watts.base))} W")


def _split(found: Power, split: dict[str, Triple], heading: str) -> Table:
    columns = (
        text(heading), spans("W", "power_w"), spans("W per GPU", "w_per_gpu_package", unknown="-"),
        number("share", "pct", percent),
    )  # fmt: skip
    rows: list[Row] = [
        (key, watts, _per_gpu(found, watts), _share(found, watts)) for key, watts in split.items()
    ]
    return Table(heading, columns, rows, f"By {heading}")


def _racks(found: Power) -> Table:
    """Return racks that draw the same as one row, those that draw most first."""
    alike: dict[tuple[object, ...], list[RackPower]] = {}
    for one in found.racks:
        alike.setdefault((one.gpus, *sorted(one.watts_by_scope.items())), []).append(one)
    columns = (
        number("racks"), text("first"), number("GPUs"),
        *(spans(f"{words} W", f"{scope}_w", drop=1) for scope, words in IN_WORDS.items()),
        spans("W per rack", "power_w"),
    )  # fmt: skip
    rows: list[Row] = [
        (
            len(some), some[0].rack, some[0].gpus,
            *(some[0].watts_by_scope.get(scope, NOTHING) for scope in IN_WORDS), some[0].watts,
        )
        for some in sorted(alike.values(), key=lambda some: -some[0].watts.base)
    ]  # fmt: skip
    return Table("racks", columns, rows, "By rack", most=MOST_RACKS)


def _answers(found: Power) -> Iterator[str]:
    bound = "at least " if found.total.unknown else ""
    if found.per_rack:
        most, mean = found.per_rack
        racks = "1 rack" if len(found.racks) == 1 else f"{format_count(len(found.racks))} racks"
        known = "of the watts that are known, the most" if found.total.unknown else "the most"
        yield (
            f"Answer: {bound}{_watts(mean)} W per rack in the mean of {racks} with devices; {known} is "
            f"{_watts(most.watts.base)} W in {most.rack}.{_density(found, bound)}"
        )
    else:
        yield f"Answer: {bound}{_watts(found.total.watts.base)} W. No device is placed in a rack."
    if found.racks and found.unplaced.watts_by_scope:
        rest = _watts(found.unplaced.watts.base)
        yield (
            f"{rest} W are in {NO_RACK}: of devices outside racks, of pools that several racks share, or of "
            "cables that lead out of the model."
        )


def _density(found: Power, bound: str) -> str:
    """Return the power per metre of row and per m2, as sentences that follow another."""
    watts = plus(found.total.watts, found.unplaced.watts, Fraction(-1)).base
    if found.row_m is None:
        return " Without racks in rows and layout.rack_pitch there is no power per floor area."
    said = f" Rows of {quantity(found.row_m)} m carry {bound}{_watts(watts / found.row_m)} W per m"
    if found.floor_m2 is None:
        return f"{said}; without layout.row_pitch there is no power per m2."
    area = f"{format_decimal(found.floor_m2, 2)} m2"
    return f"{said}, and {bound}{_watts(watts / found.floor_m2)} W per m2 of {area} (rack pitch x row pitch)."


def _unknown(found: Power) -> Iterator[str]:
    if missing := found.total.unknown:
        yield (
            f"Binding assumption: watts that are not known count as nothing, so all sums are at least. Not "
            f"known: {', '.join(missing)}. Give them in a catalog, or here with --watts PART=W."
        )
    else:
        yield "Binding assumption: the watts of the parts; nothing in the model lacks them."


def _watts(value: Fraction) -> str:
    return format_count(round(value))
