"""Switches that stand in the rack they serve."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.helpers_fabric import fabric_of
from topogen.model.expand import expand

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric

HERE = Path(__file__).parent
TEXT = (HERE / "dual-tor-in-rack.yaml").read_text(encoding="utf-8").split("\n", 2)[2]
WIDE = (
    TEXT.replace("units_by: rack, ", "").replace("hosts: dac", "hosts: dr").replace("count: 64", "count: 128")
)


def leaving(fabric: Fabric, name: str) -> int:
    """Return how many links of a group have their ends in two racks."""
    link = next(one for one in fabric.links if one.name == name)
    columns = expand(fabric, link)
    racks = [fabric.sites.rack[side] for side in (columns.a, columns.b)]
    return int(np.count_nonzero(racks[0] != racks[1]))


@pytest.mark.parametrize("where", ['"r[1-4]"', "top_of_rack", '["r[3-4]", "r[1-2]"]'])
def test_both_tors_of_a_rack_stand_in_it(where: str) -> None:
    if where.startswith("["):
        where = '"r[4,1,3,2]"'
    fabric = fabric_of(TEXT.replace('"r[1-4]", net/spine', f"{where}, net/spine"), shipped=True)
    assert leaving(fabric, "net/hosts") == 0


def test_switches_that_serve_several_racks_are_dealt_over_the_racks_named() -> None:
    fabric = fabric_of(WIDE, shipped=True)
    assert leaving(fabric, "net/hosts") == 192
