from __future__ import annotations

import numpy as np
import pytest

from tests.helpers_fabric import fabric_of
from topogen.cabling.cages import cage_uses, first_users, side_of
from topogen.errors import InputError

NODES = """
devices:
  nic: {{role: nic, ports: {{p: {{count: {ports}, lanes: 4, lane_rate: 100 Gb/s, cage: {{{cage}}}}}}}}}
templates: {{node: {{level: node, contains: {{{nics}}}}}}}
instances: {{node: 3}}
links:
{links}
"""


def cages(ports: int, cage: str, *ends: str, nics: str = "nic: 3") -> dict[tuple[int, int], int]:
    """Return the cages in use over three nodes, by link group and side."""
    lines = [
        f"  x{i}: {{network: scale_up, a: {end}, pattern: external, to: out}}" for i, end in enumerate(ends)
    ]
    fabric = fabric_of(NODES.format(ports=ports, cage=cage, nics=nics, links="\n".join(lines)))
    found: dict[tuple[int, int], int] = {}
    for use in cage_uses(fabric):
        for user, count in use.cages.items():
            found[side_of(user)] = found.get(side_of(user), 0) + count
    return found


@pytest.mark.parametrize(
    ("ports", "cage", "ends", "expected"),
    [
        (4, "links: 1", "nic.p", 3 * 3 * 4),
        (4, "links: 2", "nic.p", 3 * 3 * 2),
        (5, "links: 2", "nic.p", 3 * 3 * 3),  # the fifth port fills a cage in part: a whole module
        (6, "links: 4", "'nic.p[0,4]'", 3 * 3 * 2),
        (6, "links: 4", "'nic.p[0-3]'", 3 * 3 * 1),
        (1, "links: 2, on: node", "nic.p", 3 * 2),  # three ports of a node in two cages
        (2, "links: 2, on: node", "nic.p", 3 * 3),
        (1, "links: 4, on: node", "nic.p", 3 * 1),
        (2, "links: 3, on: node", "'nic.p[1]'", 3 * 1),  # port 1 of each of three devices: the second cage
        (2, "links: 4, on: node", "'nic[0].p'", 3 * 1),
    ],
)
def test_a_cage_in_use_counts_whole(ports: int, cage: str, ends: str, expected: int) -> None:
    assert cages(ports, cage, ends) == {(0, 0): expected}


def test_a_cage_of_two_groups_belongs_to_its_lowest_port() -> None:
    assert cages(4, "links: 2", "'nic.p[1-3]'", "'nic.p[0]'") == {(0, 0): 9, (1, 0): 9}


def test_devices_of_a_type_share_the_cages_of_their_place_however_they_are_named() -> None:
    assert cages(1, "links: 4, on: node", "nic.p", nics="'a[0-1]': nic, 'b[0-1]': nic") == {(0, 0): 3}


def test_one_cage_holds_one_kind_of_module() -> None:
    text = NODES.format(ports=2, cage="links: 2", nics="nic: 1", links=(
        "  x: {network: scale_up, a: 'nic.p[0]', pattern: external, to: out, medium: dr}\n"
        "  y: {network: scale_up, a: 'nic.p[1]', pattern: external, to: out, medium: sr}"
    ))  # fmt: skip
    catalog = "\n".join([
        "parts: {m: {is: m}}", "media:",
        *(f"  {name}: {{kind: optical, recipe: {{module: {{part: m, per: end}}}}}}" for name in ("dr", "sr")),
    ])  # fmt: skip
    with pytest.raises(InputError, match=r"E306.*one cage would need modules of dr and sr"):
        fabric_of(text, catalog=catalog)


def test_a_cage_on_a_level_that_is_not_there_is_refused() -> None:
    with pytest.raises(InputError, match=r'E213.*"nic" is not in any place of level "tray"'):
        cages(1, "links: 2, on: tray", "nic.p")


def test_first_users_skips_empty_ports_and_empty_cages() -> None:
    boxes = np.array([[[-1, 4], [-1, -1], [6, 8]], [[2, 4], [-1, -1], [-1, 9]]])
    assert first_users(boxes).tolist() == [[4, -1, 6], [2, -1, 9]]
