"""Ratios of two networks on every count basis, for people and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.report.table import Note, Report, Table, figure_text, number, revision_line, text

if TYPE_CHECKING:
    from topogen.report.table import Row
    from topogen.study.ratio import Count, RatioTable

WORDS = {
    "one_end": "one end",
    "both_ends": "both ends",
    "nic_only": "NIC ends only",
    "2_ends_1_tier": "one tier",
    "4_ends_2_tier": "two tiers",
    "6_ends_3_tier": "three tiers",
}
BASIS = (
    "Ends of each link that are counted: down, of the first network; across, of the second: at the NICs "
    "alone, or at all ends of a tree of so many tiers without oversubscription, two for each NIC end and "
    "tier. A far end outside the model is taken to have what the near end has; it is counted, never bought."
)


def ratio_report(found: RatioTable, facts: dict[str, str | None], *, programs: bool = False) -> Report:
    """Return the matrix of ratios for people, one row per ratio for programs."""
    facts = {**facts, "metric": found.metric, "above": found.networks[0], "below": found.networks[1]}
    if programs:
        return Report([_rows(found)], facts)
    items: list[Table | Note] = [
        _matrix(found, facts["name"] or ""),
        *(Note(one) for one in (_answer(found), BASIS, _lacks(found)) if one),
        Note(revision_line(facts["topology_rev"], facts["catalog_rev"])),
    ]
    return Report(items, facts)


def _rows(found: RatioTable) -> Table:
    columns = (
        text("above_basis"), text("below_basis"), number("above"), number("below"), number("ratio"),
        text("buildable_in_this_file"),
    )  # fmt: skip
    rows: list[Row] = [
        (
            above.basis,
            below.basis,
            above.value,
            below.value,
            found.ratio(above, below),
            _buildable(above, below),
        )
        for above in found.above
        for below in found.below
    ]
    return Table("ratio", columns, rows)


def _matrix(found: RatioTable, name: str) -> Table:
    above, below = (network.replace("_", "-") for network in found.networks)
    columns = (
        text(above, "above_basis"), number("count", "above", figure_text),
        *(number(f"{WORDS[one.basis]}: {figure_text(one.value)}", one.basis, figure_text, unknown="-")
          for one in found.below),
    )  # fmt: skip
    rows: list[Row] = [
        (WORDS[one.basis], one.value, *(found.ratio(one, other) for other in found.below))
        for one in found.above
    ]
    return Table("ratio", columns, rows, f"{found.metric} of {name}: {above} to {below}")


def _answer(found: RatioTable) -> str:
    """Return the range of the ratios and which of them the file has, as a sentence."""
    values = [
        ratio
        for above in found.above
        for below in found.below
        if (ratio := found.ratio(above, below)) is not None
    ]
    if not values:
        return f"No {found.metric} in {found.networks[1]}: no ratio."
    built = [
        f"{WORDS[above.basis]} to {WORDS[below.basis]}, {figure_text(ratio)} to 1"
        for above in found.above
        for below in found.below
        if _buildable(above, below) == "yes" and (ratio := found.ratio(above, below)) is not None
    ]
    span = (
        f"The same links are {figure_text(max(values))} to {figure_text(min(values))} : 1 by what is counted."
    )
    held = f"This file has {'; '.join(built)}." if built else "None of them is what this file holds in full."
    return f"{span} {held}"


def _buildable(above: Count, below: Count) -> str:
    return "yes" if above.in_file and below.in_file else "no"


def _lacks(found: RatioTable) -> str:
    return (
        f"Some {found.metric} are not known and left out: links without a medium, parts that name none."
        if found.unknown
        else ""
    )
