"""Policies and overrides: which medium each link got, and who then uses which port."""

from __future__ import annotations

import numpy as np
import pytest

from tests.helpers_fabric import fabric_of
from topogen.errors import InputError
from topogen.model.expand import expand
from topogen.model.fabric import FREE, Fabric

CATALOG = """
parts: {cable: {is: cable}, module: {is: module}, cord: {is: cord}}
media:
  copper: {kind: copper, reach_m: {100 Gb/s: 3}, recipe: {cable: {part: cable, per: link}}}
  light: {kind: optical, recipe: {module: {part: module, per: end}, cord: {part: cord, per: link}}}
"""
ROW = """
devices:
  gpu: {{role: gpu, ports: {{n: {{count: 2, lanes: 1, lane_rate: 100 Gb/s}}}}}}
  sw: {{role: switch, ports: {{n: {{count: 8, lanes: 1, lane_rate: 100 Gb/s}}}}}}
templates:
  tray: {{level: tray, contains: {{gpu: 1}}}}
  half: {{level: rack, slots: {{U10-11: tray, U20: sw}}}}
instances: {{"r[1-2]": half}}
links: {{x: {{network: scale_up, a: gpu.n, b: sw.n, pattern: planes, medium: {medium}}}}}
layout: {{rows: {{A: ["r[1-2]"]}}, rack_pitch: 600 mm, tray: {{where: overhead, height: 2.6 m}}}}
{more}
"""


def row(medium: str, more: str) -> Fabric:
    return fabric_of(ROW.format(medium=medium, more=more), catalog=CATALOG)


def media(fabric: Fabric) -> dict[tuple[str, str] | None, int]:
    return {group.media: group.count for group in fabric.links}


@pytest.mark.parametrize(
    "rules",
    [
        "{length: at most 1 m, use: copper}, {use: light}",
        "{same: rack, use: copper}, {use: light}",
        "{length: at least 3 m, use: light}, {lane_rate: 100 Gb/s, use: copper}",
        "{network: scale_out, use: light}, {same: rack, use: copper}, {network: scale_up, use: light}",
    ],
)
def test_the_first_rule_that_holds_gives_a_link_its_medium(rules: str) -> None:
    fabric = row("mix", f"policies: {{mix: [{rules}]}}")
    assert media(fabric) == {("copper", "copper"): 4, ("light", "light"): 4}
    assert {group.base for group in fabric.links} == {"x"}


def test_every_port_is_used_by_the_group_its_link_is_in() -> None:
    fabric = row("mix", "policies: {mix: [{same: rack, use: copper}, {use: light}]}")
    for index, group in enumerate(fabric.links):
        columns = expand(fabric, group)
        for side, devices, ports in ((0, columns.a, columns.a_port), (1, columns.b, columns.b_port)):
            for device, port in zip(devices.tolist(), ports.tolist(), strict=True):
                kind = next(i for i, g in enumerate(fabric.groups) if g.first <= device < g.first + g.count)
                used = fabric.ports[kind, 0].full()
                assert used[device - fabric.groups[kind].first, port] == 2 * index + side
    assert sum(int((used.full() != FREE).sum()) for used in fabric.ports.values()) == 16


def test_a_group_whose_links_all_get_one_medium_stays_whole() -> None:
    fabric = row("mix", "policies: {mix: [{use: light}]}")
    assert [(group.name, group.count) for group in fabric.links] == [("x", 8)]


def test_links_that_no_rule_takes_are_refused_with_an_example() -> None:
    with pytest.raises(InputError, match=r'E302.*4 links of "x" match no rule of "mix" \(e\.g\. 4\.'):
        row("mix", "policies: {mix: [{length: at most 1 m, use: copper}]}")


def test_a_rule_that_takes_no_link_is_told() -> None:
    fabric = row("mix", "policies: {mix: [{use: light}, {use: copper}]}")
    codes = [(problem.code, problem.message) for problem in fabric.warnings if problem.code == "W303"]
    assert codes == [("W303", 'rule 2 of "mix" (use: copper) matched no link')]


def test_a_chosen_medium_has_to_reach() -> None:
    with pytest.raises(InputError, match=r"E301.*copper reaches 3 m"):
        row("mix", "policies: {mix: [{use: copper}]}")


@pytest.mark.parametrize(
    ("override", "light"),
    [
        ("links: x, at: r2/gpu, medium: light", 4),
        ("links: x, at: 'r1/sw', medium: light", 4),
        ("links: x, between: [r1/gpu, r1/sw], medium: light", 2),
        ("links: scale_up, medium: light", 8),
    ],
)
def test_an_override_names_links_by_their_ends(override: str, light: int) -> None:
    length = "length: 2 m"
    fabric = row(f"copper, {length}", f"overrides: [{{{override}, reason: pilot}}]")
    assert media(fabric).get(("light", "light"), 0) == light


def test_an_override_may_leave_out_a_kind_of_device() -> None:
    text = ROW.replace(
        "sw: {{role",
        "cpu: {{role: cpu, ports: {{n: {{count: 2, lanes: 1, lane_rate: 100 Gb/s}}}}}}\n  sw: {{role",
    )
    text = text.replace("contains: {{gpu: 1}}", "contains: {{gpu: 1, cpu: 1}}").replace(
        "a: gpu.n", "a: [gpu.n, cpu.n]"
    )
    more = "overrides: [{links: x, at: cpu, medium: light, reason: pilot}]"
    fabric = fabric_of(text.format(medium="copper, length: 2 m", more=more), catalog=CATALOG)
    kinds = {(group.media, one.a_type): one.links for group in fabric.links for one in group.lengths}
    assert kinds == {(("copper", "copper"), "gpu"): 8, (("light", "light"), "cpu"): 8}


def test_an_overridden_length_is_stated() -> None:
    fabric = row("light", "overrides: [{links: x, at: r1/gpu, length: 7 m, reason: measured}]")
    found = {one.length_mm: (one.basis, one.links) for group in fabric.links for one in group.lengths}
    assert found[7000] == ("stated", 4)


def test_an_override_names_the_ends_of_the_file_where_a_cable_turns_them() -> None:
    media = "catalog: {media: {one: {kind: optical, interface: x}, two: {kind: optical, interface: x}}}\n"
    found = []
    for a, b in (("gpu", "sw"), ("sw", "gpu")):
        text = f"""
devices:
  gpu: {{role: gpu, ports: {{n: {{count: 2, lanes: 1, lane_rate: 100 Gb/s}}}}}}
  sw: {{role: switch, ports: {{n: {{count: 8, lanes: 1, lane_rate: 100 Gb/s, cage: {{links: 2}}}}}}}}
instances: {{gpu: 4, sw: 1}}
links: {{x: {{network: scale_up, a: {a}.n, b: {b}.n, pattern: planes, links_per_cable: 2, medium: two}}}}
overrides: [{{links: x, reason: pilot, medium: {{a: one, b: two}}}}]
{media}"""
        (group,) = fabric_of(text).links
        names = [("gpu", "sw")[end.group] for end in (group.blocks[0].a, group.blocks[0].b) if end]
        assert group.media is not None
        assert dict(zip(names, group.media, strict=True)) == {a: "one", b: "two"}
        found.append(group.turned)
    assert sorted(found) == [False, True]


def test_a_medium_per_end_of_an_override_needs_two_kinds_of_ends() -> None:
    ring = "overrides: [{links: peers, medium: {a: light, b: copper}, reason: pilot}]"
    text = """
devices: {gpu: {role: gpu, ports: {n: {count: 2, lanes: 1, lane_rate: 100 Gb/s}}}}
instances: {gpu: 3}
links: {peers: {network: scale_up, a: gpu.n, b: gpu.n, pattern: full_mesh, medium: copper}}
"""
    with pytest.raises(InputError, match=r'E305.*overrides.0.medium: .*not "peers"'):
        fabric_of(text + ring, catalog=CATALOG)


def test_a_fabric_has_a_length_for_each_of_its_link_groups() -> None:
    text = """
devices:
  gpu: {role: gpu, ports: {n: {count: 1, lanes: 1, lane_rate: 100 Gb/s}}}
  sw: {role: switch, ports: {n: {count: 4, lanes: 1, lane_rate: 100 Gb/s}}}
instances: {gpu: 8}
fabrics: {f: {network: scale_out, pattern: fat_tree, tiers: 2, ends: gpu.n, switch: sw, LENGTH}}
overrides: [{links: f/leaf_spine, at: "leaf[0]", length: 9 m, reason: laid}]
"""
    found = {}
    for length in ("length: 3 m", 'length: {hosts: 1 m, "*": 4 m}'):
        fabric = fabric_of(text.replace("LENGTH", length), catalog=CATALOG)
        found[length] = sorted((one.length_mm, one.links) for link in fabric.links for one in link.lengths)
    assert found["length: 3 m"] == [(3000, 6), (3000, 8), (9000, 2)]
    assert found['length: {hosts: 1 m, "*": 4 m}'] == [(1000, 8), (4000, 6), (9000, 2)]


def test_a_later_override_wins() -> None:
    first = "{links: x, medium: light, reason: pilot}"
    fabric = row(
        "copper, length: 2 m", f"overrides: [{first}, {{links: x, medium: copper, reason: no pilot}}]"
    )
    assert media(fabric) == {("copper", "copper"): 8}


def test_an_override_of_nothing_is_refused() -> None:
    with pytest.raises(InputError, match=r'E203.*no link group "y"'):
        row("light", "overrides: [{links: y, medium: copper, reason: pilot}]")


def test_split_groups_hold_each_link_once() -> None:
    fabric = row("mix", "policies: {mix: [{same: rack, use: copper}, {use: light}]}")
    ends = [np.stack([part.a, part.a_port]) for part in (expand(fabric, group) for group in fabric.links)]
    assert np.unique(np.concatenate(ends, axis=1), axis=1).shape == (2, 8)
