"""Watts and fibres of light follow the light sources in every view, whatever shares them and wherever.

A light source draws its watts once, spares draw none; a laser fibre leaves every laser of a source in use.
"""

from __future__ import annotations

import csv
import json
from fractions import Fraction
from io import StringIO
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers_fabric import fabric_of
from topogen.export.to_bom_flat import to_bom_flat
from topogen.export.to_per_gpu import to_per_gpu
from topogen.export.to_summary import to_summary
from topogen.figures.figures import asked
from topogen.takeoff.energy import energies
from topogen.takeoff.roll_up import roll_up

SWITCHES = 3
TEXT = """
devices:
  gpu: {{role: gpu, ports: {{p: {{count: {ports}, lanes: 4, lane_rate: 100 Gb/s}}}}}}
  chip: {{role: switch, ports: {{p: {{count: 64, lanes: 4, lane_rate: 100 Gb/s}}}}}}
templates:
  tray: {{level: tray, contains: {{gpu: {gpus}}}}}
  rack: {{level: rack, contains: {{tray: {trays}}}}}
instances: {{rack: {racks}, chip: 1}}
links:
  x: {{network: scale_up, a: gpu.p, b: chip.p, pattern: spread, medium: {{a: light, b: plain}}}}
catalog:
  parts:
    engine: {{is: engine, power_w: 14}}
    source: {{is: light source, power_w: {watts}, contains: {{chip: {lasers}}}}}
    chip: {{is: laser, layer: laser_chip}}
    fibre: {{is: fibre}}
  media:
    plain: {{kind: optical, interface: dr, recipe: {{}}}}
    light:
      kind: optical
      interface: dr
      fibres_per_lane: 1
      recipe:
        engine: {{per: pool, part: engine, serves: {lanes} lanes, round_per: device, spare: {engine_spare}}}
        els: {{per: pool, part: source, serves: {engines} engine, round_per: {level}, spare: {spare}}}
        laser_fibre: {{per: pool, part: fibre, serves: 1 els, qty: {lasers}}}
"""


class Light(NamedTuple):
    """A recipe for light, and where it stands."""

    ports: int
    gpus: int
    trays: int
    racks: int
    watts: int
    lasers: int
    lanes: int
    engine_spare: int
    engines: int
    level: str
    spare: int


LIGHTS = st.builds(
    Light,
    ports=st.integers(1, 3),
    gpus=st.integers(1, 2),
    trays=st.integers(1, 2),
    racks=st.integers(1, 3),
    watts=st.integers(1, 20),
    lasers=st.integers(1, 9),
    lanes=st.sampled_from([1, 2, 3, 4, 8, 16]),
    engine_spare=st.integers(0, 2),
    engines=st.integers(1, 5),
    level=st.sampled_from(["device", "tray", "rack", "fabric"]),
    spare=st.integers(0, 2),
)


def sources_in_use(light: Light) -> tuple[int, int, int]:
    """Return engines and light sources in use, and the places that hold light sources."""
    each = -(-light.ports * 4 // light.lanes)
    inside = {"device": 1, "tray": light.gpus, "rack": light.gpus * light.trays}
    gpus = light.racks * light.trays * light.gpus
    here = inside.get(light.level, gpus)
    places = gpus // here
    return gpus * each, places * -(-here * each // light.engines), places


def rows_of(text: str, **where: str) -> list[dict[str, str]]:
    rows = csv.DictReader(StringIO(text))
    return [row for row in rows if all(row[key] == value for key, value in where.items())]


@settings(deadline=None, max_examples=60)
@given(LIGHTS)
def test_watts_of_light_are_those_of_the_sources_in_use_in_every_view(light: Light) -> None:
    fabric = fabric_of(TEXT.format(**light._asdict()))
    rollup = roll_up(fabric)
    engines, used, places = sources_in_use(light)
    watts = used * light.watts
    total = watts + engines * 14
    assert rollup.totals.els == used + places * light.spare
    assert rollup.totals.power_w.base == total
    assert asked(fabric, "power_w") == asked(fabric, "power_w.scale_up") == total
    by_boundary = {one.boundary: one.power_w.base for one in energies(fabric, rollup.quantities)}
    assert by_boundary["laser"] == watts
    assert by_boundary["module"] == total
    (bought,) = rows_of(to_bom_flat(fabric, rollup), part_id="source")
    assert Fraction(bought["power_w_total"]) == watts
    (each,) = rows_of(to_per_gpu(fabric, rollup), power_boundary="laser")
    assert Fraction(each["power_w_total"]) == watts
    summary = json.loads(to_summary(fabric, rollup))
    assert summary["totals"]["power_w"] == total


@settings(deadline=None, max_examples=60)
@given(LIGHTS)
def test_laser_fibres_follow_the_lasers_in_use(light: Light) -> None:
    fabric = fabric_of(TEXT.format(**light._asdict()))
    rollup = roll_up(fabric)
    _, used, places = sources_in_use(light)
    assert rollup.totals.laser_fibres == used * light.lasers
    assert rollup.totals.lasers == (used + places * light.spare) * light.lasers
    assert asked(fabric, "parts.fibre") == asked(fabric, "parts.chip") - places * light.spare * light.lasers
