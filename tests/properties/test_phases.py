"""Over phases, what is bought and laid less what is taken out is the last design, whatever grows."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.helpers_fabric import fabric_of
from tests.properties.odd_fabrics import wirable
from topogen.diff.phases import bought, phases_of, taken_out
from topogen.export import export_bytes
from topogen.ordering.orders import RACKS, lines_of_design, order_lines
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric

CATALOG = """
parts:
  module: {is: module, price_usd: 400}
  twin: {is: twin module, price_usd: 700, moq: 7}
  cord: {is: cord, price_usd: 30, pack_qty: 12, moq: 30, attrition: 3%, spare: {percent: 2, min: 2}}
  cable: {is: copper cable, price_usd: 90}
  splitter: {is: copper splitter, price_usd: 150, plugs: [1, 2], pack_qty: 5}
  switch: {is: switch, price_usd: 5000}
media:
  light:
    kind: optical
    interface: light
    fibres_per_lane: 2
    recipe:
      module: {per: end, part: {1 x 4 x 100 Gb/s: module, 2 x 4 x 100 Gb/s: twin}}
      cord: {part: cord, per: link}
  copper:
    kind: copper
    recipe: {cable: {per: link, part: {1 x 4 x 100 Gb/s: cable, 2 x 4 x 100 Gb/s: splitter}}}
"""
SITE = """
devices:
  gpu: {{role: gpu}}
  nic: {{role: nic, ports: {{net: {{count: 1, lanes: 4, lane_rate: 100 Gb/s}}}}}}
  box:
    role: switch
    part: switch
    ports: {{net: {{count: {ports}, lanes: 4, lane_rate: 100 Gb/s, cage: {{links: {legs}}}}}}}
templates: {{node: {{level: node, contains: {{gpu: 1, nic: {nics}}}}}}}
instances: {{node: {last}}}
fabrics:
  net:
    network: scale_out
    pattern: fat_tree
    tiers: 2
    ends: nic.net
    switch: box
    medium: {{hosts: {hosts}, leaf_spine: light}}
    links_per_cable: {{hosts: {split}}}{rails}
layout: {{floor: none}}
phases:
{phases}
"""


@st.composite
def sites(draw: st.DrawFn) -> str:
    """Return a file whose nodes grow from phase to phase, with or without rails, splitters and odd legs."""
    counts = sorted(draw(st.lists(st.integers(1, 40), min_size=1, max_size=3)))
    hosts, legs, split = draw(st.sampled_from([("light", 1, 1), ("light", 2, 1), ("copper", 2, 2)]))
    ports = draw(st.sampled_from(["free", "kept"]))
    phases = [
        f"  p{number}: {{need_by: 2027-0{number + 1}-01, ports: {ports}, instances.node: {count}}}\n"
        for number, count in enumerate(counts)
    ]
    return SITE.format(
        ports=draw(st.sampled_from([16, 32])),
        legs=legs,
        nics=draw(st.integers(1, 3)),
        last=counts[-1],
        hosts=hosts,
        split=split,
        rails=draw(st.sampled_from(["", "\n    rails_by: node"])) if split == 1 else "",
        phases="".join([*phases, "  end: {need_by: 2027-09-01}\n"]),
    )


def built(text: str) -> Fabric:
    with wirable():
        return fabric_of(text, catalog=CATALOG)


def rows(fabric: Fabric, name: str) -> list[dict[str, str]]:
    """Return the rows of a file of the build."""
    text = b"".join(export_bytes(name, fabric, roll_up(fabric))).decode()
    return list(csv.DictReader(StringIO(text)))


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(text=sites())
def test_phases_add_up_to_the_last_design(text: str) -> None:
    fabric = built(text)
    rollup = roll_up(fabric)
    phases = phases_of(fabric, rollup)
    pieces: dict[tuple[str, int | None], int] = {}
    for phase in phases:
        for one in phase.parts:
            key = one.part, one.length_mm
            pieces[key] = pieces.get(key, 0) + bought(one) - taken_out(one)
    final: dict[tuple[str, int | None], int] = {}
    for line in rollup.lines:
        key = line.part, line.length_mm
        final[key] = final.get(key, 0) + line.qty
    assert {key: count for key, count in pieces.items() if count} == final

    ids = {row["cable_id"]: row["phase"] for row in rows(fabric, "cable_schedule.csv")}
    assert sum(one.cables.pulled - one.cables.removed for one in phases) == len(ids)
    for phase in phases:
        still = sum(name == phase.name for name in ids.values())
        assert still <= phase.cables.pulled
    assert phases[-1].cables[:4] == (0, 0, 0, 0)  # an equal design
    assert phases[-1].cables.recabled == ()
    assert not any(bought(one) or taken_out(one) for one in phases[-1].parts)


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(text=sites())
def test_orders_of_all_phases_cover_what_is_required_in_whole_packs(text: str) -> None:
    fabric = built(text)
    rollup = roll_up(fabric)
    whole = {(one.part, one.length_mm): one for one in lines_of_design(fabric, rollup, RACKS)}
    ordered: dict[tuple[str, int | None], int] = {}
    required: dict[tuple[str, int | None], int] = {}
    for line in order_lines(fabric, rollup):
        key = line.part, line.length_mm
        required[key] = required.get(key, 0) + line.required - line.inside
        ordered[key] = ordered.get(key, 0) + (line.order or 0)
        assert ordered[key] >= required[key]
        if line.order:
            terms = fabric.catalog.parts[line.part].terms
            assert line.ordered == ordered[key]
            assert line.order % (terms.pack_qty or 1) == 0
            assert ordered[key] - required[key] < max(terms.moq or 1, 2) + (terms.pack_qty or 1)
    for key, line in whole.items():
        assert required.get(key, 0) >= line.required - line.inside


@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow])
@given(text=sites())
def test_money_and_parts_are_those_of_the_file_without_phases(text: str) -> None:
    phased, alone = roll_up(built(text)), roll_up(built(text.partition("phases:")[0]))
    assert phased.totals == alone.totals
    assert [(one.part, one.qty) for one in phased.lines] == [(one.part, one.qty) for one in alone.lines]
