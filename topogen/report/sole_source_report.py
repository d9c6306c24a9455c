"""Parts that a single vendor makes, and their share of the cost."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.ordering.sole_source import sole_source
from topogen.report.bom_report import facts_of, heading
from topogen.report.table import Note, Report, Table, money, number, percent, text
from topogen.takeoff.bill import COUNTED

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp

SOURCING = {True: "one maker", False: "several makers", None: "not known"}
BASIS = (
    "Basis: extended cost of the design at base prices, interconnect and network devices; parts without a "
    "price add nothing. One maker: made_by gives all of a part to one vendor, and it has no alternates."
)


def sole_source_report(fabric: Fabric, rollup: RollUp) -> Report:
    """Return the parts that one vendor makes, and the share of the cost by how many makers are known."""
    parts = fabric.catalog.parts
    costs: dict[str, Fraction] = {}
    for line in rollup.lines:
        if line.cost_scope in COUNTED:
            spent = line.extended.base if line.extended else Fraction(0)
            costs[line.part] = costs.get(line.part, Fraction(0)) + spent
    whole = sum(costs.values(), Fraction(0))

    def share(cost: Fraction) -> Fraction | None:
        return 100 * cost / whole if whole else None

    def of(kind: bool | None) -> list[str]:  # noqa: FBT001 - None is a third answer
        return [name for name in costs if sole_source(parts[name]) is kind]

    sums = [(kind, of(kind), sum((costs[name] for name in of(kind)), Fraction(0))) for kind in SOURCING]
    summary = [(SOURCING[kind], len(names), cost, share(cost)) for kind, names, cost in sums]
    alone = sorted(of(True), key=lambda name: (-costs[name], name))  # noqa: FBT003
    rows = [(name, next(iter(parts[name].made_by)), costs[name], share(costs[name])) for name in alone]
    usd, part_of = (
        number("USD", "extended_cost", money),
        number("share", "share_pct", percent, unknown="unknown"),
    )
    totals = (text("makers", "sourcing"), number("parts", "parts"), usd, part_of)
    columns = (text("part", "part_id"), text("maker", "vendor"), usd, part_of)
    tables = [
        Table("sole_source", columns, rows, "Parts with one maker"),
        Table("sourcing", totals, summary, "Cost by makers"),
    ]
    return Report([*heading(fabric), *tables, Note(BASIS)], facts_of(fabric), csv=("sole_source",))
