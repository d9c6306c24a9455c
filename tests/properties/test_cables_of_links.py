"""The cable of each link is the cable of the schedule whose lines hold that link."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from tests.helpers_fabric import shipped_fabric
from tests.properties.odd_fabrics import Odd, odd_fabrics, quick
from topogen.model.expand import expand
from topogen.schedule.cable_ids import device_codes
from topogen.schedule.cable_lines import CableLines, scheduled
from topogen.schedule.link_cables import cables_of_links

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric


def check(fabric: Fabric) -> None:
    codes = device_codes(fabric)
    for group in scheduled(fabric, all_links=True):
        expected: Counter[tuple[int, int, int]] = Counter()
        for part in CableLines(fabric, group).parts(1000, codes):
            rows = (part.cable, part.a, part.b, part.links)
            for cable, a, b, links in zip(*(column.tolist() for column in rows), strict=True):
                expected[cable, a, b] += links
        links = expand(fabric, group)
        ids = cables_of_links(fabric, group, codes)
        assert Counter(zip(ids.tolist(), links.a.tolist(), links.b.tolist(), strict=True)) == expected


@pytest.mark.parametrize("name", ["h100-superpod", "gb300-nvl72-row", "rubin-ultra-cpo-648"])
def test_shipped_links_are_in_the_cables_of_the_schedule(name: str) -> None:
    check(shipped_fabric(name))


@given(odd_fabrics())
@quick
def test_links_of_odd_fabrics_are_in_the_cables_of_the_schedule(odd: Odd) -> None:
    check(odd.fabric)
