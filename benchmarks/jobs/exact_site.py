"""The bill from classes against every link, end, cage and lane counted one by one in plain Python.

``python -m benchmarks.jobs.exact_site FILE``. The plain count is that of the property tests, which begins
with the columns and knows nothing of take-off. Every part at every length must agree to the unit, every price
to the cent; a site of 100,000 GPUs takes minutes and gigabytes.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from tests.properties.recount import End, Recount, recount
from topogen.cabling.cables import link_lengths
from topogen.catalog.pricing import unit_price
from topogen.load.reading import read
from topogen.model.expand import expand
from topogen.model.length_histogram import UNKNOWN_MM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.model.fabric import Fabric

Key: TypeAlias = tuple[str, int | None]
CENTS = 100


def plain_bill(counted: Recount) -> Counter[Key]:
    """Return how many of each part and length are bought."""
    found: Counter[Key] = Counter()
    for part, length, quantity in (*of_links(counted), *of_ends(counted), *of_pools(counted)):
        found[part, length] += quantity
    for group in counted.fabric.groups:
        for _ in range(group.count):
            found[group.type.part or "", None] += 1
    for place in counted.fabric.places:
        found[place.part or "", None] += place.count
    del found["", None]
    return found


def of_links(counted: Recount) -> Iterator[tuple[str, int | None, int]]:
    """Yield the cord of each link, as long as the shortest one sold that is not shorter."""
    fabric = counted.fabric
    for group in fabric.links:
        for line in fabric.catalog.media[(group.media or ("",))[0]].recipe.values():
            if line.per == "link":
                part = line.part_for(1, group.lanes, group.lane_rate) or ""
                ladder = sorted(fabric.catalog.parts[part].lengths_mm)
                for length in link_lengths(fabric, group, expand(fabric, group))[0].tolist():
                    assert length != UNKNOWN_MM
                    yield part, next((sold for sold in ladder if sold >= length), None), line.qty


def of_ends(counted: Recount) -> Iterator[tuple[str, int | None, int]]:
    """Yield the modules of each link group and side, one for each cage in use."""
    fabric = counted.fabric
    ports = {(group, side): counted.port(end) for group, side, end in first_ends(counted)}
    for (group, side), cages in counted.cages().items():
        medium = (fabric.links[group].media or ("", ""))[side]
        for line in fabric.catalog.media[medium].recipe.values():
            if line.per == "end":
                port = ports[group, side]
                yield line.part_for(port.cage_links, port.lanes, port.lane_rate) or "", None, cages * line.qty


def first_ends(counted: Recount) -> Iterator[tuple[int, int, End]]:
    """Yield an end of each link group and side."""
    for link in {link.group: link for link in counted.links}.values():
        yield link.group, 0, link.a
        if link.b:
            yield link.group, 1, link.b


def of_pools(counted: Recount) -> Iterator[tuple[str, int | None, int]]:
    """Yield what links draw on together, rounded up where it is bought."""
    fabric = counted.fabric
    for name, network in {(m, group.network) for group in fabric.links for m in group.media or ()}:
        medium = fabric.catalog.media[name]
        for line in medium.recipe.values():
            assert line.per in {"link", "end", "pool"}, f"{name}.{line.name} is not counted here"
            if line.per == "pool":
                pieces = counted.pool(medium, network, line, buildable=False)
                yield line.part_for(1, None, None) or "", None, pieces.total() + line.spare * len(pieces)


def cents(fabric: Fabric, bill: Counter[Key]) -> Fraction:
    """Return what a bill costs, hosts left out."""
    hosts = {group.type.part for group in fabric.groups if group.type.role in {"gpu", "cpu"}}
    hosts |= {place.part for place in fabric.places}
    prices = {key: unit_price(fabric.catalog, *key).usd for key in bill if key[0] not in hosts}
    return sum((bill[key] * usd.base * CENTS for key, usd in prices.items() if usd), start=Fraction(0))


def main(file: str) -> None:
    done = read(file)
    ours = Counter({(line.part, line.length_mm): line.qty for line in done.rollup.lines})
    plain = plain_bill(recount(done.fabric))
    assert plain == ours, (plain - ours, ours - plain)
    totals = done.rollup.totals
    paid = (totals.cost_usd.base + totals.network_device_usd.base) * CENTS
    assert cents(done.fabric, plain) == paid
    made = {"links": done.fabric.n_links, "bom_lines_that_agree": len(ours), "cents": int(paid)}
    print(json.dumps({"made": made}))


main(sys.argv[1])
