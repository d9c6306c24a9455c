"""The files of NetBox against the rules of its bulk import forms, version 4.6.8 (dcim/forms/bulk_import.py).

NetBox itself needs Python 3.12 and a database; its rules stand here as data: columns, required ones, choices,
lengths, references to earlier files, one cable per interface, no two devices in one U.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from io import StringIO
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import given

from tests.helpers_fabric import fabric_of, shipped_fabric
from tests.properties.odd_fabrics import Odd, odd_fabrics, quick
from topogen.errors import InputError
from topogen.handoff.boxes import Boxes
from topogen.handoff.formats import Wanted, files_of
from topogen.handoff.link_ends import handed
from topogen.media.medium import is_installed

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric

REQUIRED = {
    "01_sites.csv": ("name", "slug", "status"),
    "02_manufacturers.csv": ("name", "slug"),
    "03_device_roles.csv": ("name", "slug"),
    "05_racks.csv": ("site", "name", "status", "width", "u_height"),
    "06_devices.csv": ("name", "role", "manufacturer", "device_type", "status", "site"),
    "07_cables.csv": (
        "side_a_site", "side_a_device", "side_a_type", "side_a_name",
        "side_b_site", "side_b_device", "side_b_type", "side_b_name",
    ),
}  # fmt: skip
OPTIONAL = {
    "03_device_roles.csv": {"color"},
    "06_devices.csv": {"rack", "position", "face", "description"},
    "07_cables.csv": {"type", "status", "label", "length", "length_unit", "description"},
}
CHOICES = {
    "status": {"planned", "active", "connected"},
    "face": {"", "front", "rear"},
    "width": {"10", "19", "21", "23"},
    "length_unit": {"", "m", "cm", "ft"},
    "type": {"", "cat6a", "dac-active", "dac-passive", "mmf-om4", "smf-os2", "aoc"},
    "side_a_type": {"dcim.interface"},
    "side_b_type": {"dcim.interface"},
}
INTERFACES = {
    "other", "1000base-t", "10gbase-t", "10gbase-x-sfpp", "25gbase-x-sfp28", "100gbase-x-qsfp28",
    "200gbase-x-qsfp56",
    "200gbase-x-qsfpdd", "400gbase-x-qsfpdd", "400gbase-x-qsfp112", "400gbase-x-osfp", "800gbase-x-qsfpdd",
    "800gbase-x-osfp", "1.6tbase-x-osfp1600",
}  # fmt: skip
LONGEST = {"slug": 100, "label": 100, "description": 200}
SLUG = re.compile(r"[-a-zA-Z0-9_]+")
NAMES = ("h100-superpod", "gb300-nvl72-row", "scaleout-10368", "b300-ethernet-superpod", "meta-roce-pod")


def files(fabric: Fabric) -> dict[str, str]:
    return {name: b"".join(pieces).decode() for name, pieces in files_of(fabric, Wanted())[0]}


def tables(made: dict[str, str]) -> dict[str, list[dict[str, str]]]:
    return {
        name: list(csv.DictReader(StringIO(text))) for name, text in made.items() if name.endswith(".csv")
    }


def check(fabric: Fabric) -> None:
    """Check every rule, and that devices and links are those of the fabric."""
    made = files(fabric)
    rows = tables(made)
    for name, required in REQUIRED.items():
        for row in rows[name]:
            assert set(row) == {*required, *OPTIONAL.get(name, ())}
            assert all(row[column] for column in required), row
            for column, value in row.items():
                assert value in CHOICES.get(column, {value}), (column, value)
                assert len(value) <= LONGEST.get(column, 64 if column == "name" else 200), value
            assert SLUG.fullmatch(row.get("slug", "x"))
    interfaces = check_types(made["04_device_types.yaml"], rows)
    check_devices(rows, interfaces)
    check_cables(rows, interfaces)
    boxes = Boxes(fabric)
    links = handed(fabric)
    assert len(rows["06_devices.csv"]) == boxes.count
    assert len(rows["07_cables.csv"]) == sum(group.count for group in links.groups)
    manifest = json.loads(made["manifest.json"])
    types = list(yaml.safe_load_all(made["04_device_types.yaml"]))
    counted = {name: len(table) for name, table in rows.items()} | {"04_device_types.yaml": len(types)}
    assert {one["file"]: one["rows"] for one in manifest["import"]} == counted
    assert [one["file"] for one in manifest["import"]] == sorted(counted)


def check_types(text: str, rows: dict[str, list[dict[str, str]]]) -> dict[tuple[str, str], set[str]]:
    makers = {row["name"] for row in rows["02_manufacturers.csv"]}
    found: dict[tuple[str, str], set[str]] = {}
    for kind in yaml.safe_load_all(text):
        assert kind["manufacturer"] in makers
        assert kind["u_height"] * 2 == int(kind["u_height"] * 2)
        names = [one["name"] for one in kind["interfaces"]]
        assert len(names) == len(set(names))
        assert all(len(name) <= 64 for name in names)
        assert {one["type"] for one in kind["interfaces"]} <= INTERFACES
        key = kind["manufacturer"], kind["model"]
        assert key not in found
        found[key] = set(names)
    return found


def check_devices(rows: dict[str, list[dict[str, str]]], types: dict[tuple[str, str], set[str]]) -> None:
    racks = {row["name"]: int(row["u_height"]) for row in rows["05_racks.csv"]}
    roles = {row["name"] for row in rows["03_device_roles.csv"]}
    assert len(racks) == len(rows["05_racks.csv"])
    names = Counter(row["name"] for row in rows["06_devices.csv"])
    assert max(names.values()) == 1
    for row in rows["06_devices.csv"]:
        assert (row["manufacturer"], row["device_type"]) in types
        assert row["role"] in roles
        assert not row["rack"] or row["rack"] in racks
        assert bool(row["position"]) == bool(row["face"])
        assert not row["position"] or row["rack"]


def check_cables(rows: dict[str, list[dict[str, str]]], types: dict[tuple[str, str], set[str]]) -> None:
    kind = {row["name"]: (row["manufacturer"], row["device_type"]) for row in rows["06_devices.csv"]}
    ends = Counter(
        (row[f"side_{side}_device"], row[f"side_{side}_name"])
        for row in rows["07_cables.csv"]
        for side in "ab"
    )
    assert max(ends.values()) == 1
    assert all(name in types[kind[device]] for device, name in ends)
    for row in rows["07_cables.csv"]:
        assert bool(row["length"]) == bool(row["length_unit"])
        assert re.fullmatch(r"|\d{1,6}\.\d\d", row["length"])


@pytest.mark.parametrize("name", NAMES)
def test_the_files_of_a_shipped_system_keep_the_rules(name: str) -> None:
    check(shipped_fabric(name))


@given(odd_fabrics())
@quick
def test_the_files_of_odd_fabrics_keep_the_rules(odd: Odd) -> None:
    if any(is_installed(odd.fabric, link) and link.has_b and link.count for link in odd.fabric.links):
        check(odd.fabric)


@pytest.mark.parametrize("name", ["gb300-nvl72-row", "scaleout-10368"])
def test_no_two_devices_share_a_unit(name: str) -> None:
    made = files(shipped_fabric(name))
    heights = {one["model"]: one["u_height"] for one in yaml.safe_load_all(made["04_device_types.yaml"])}
    taken: Counter[tuple[str, float]] = Counter()
    for row in tables(made)["06_devices.csv"]:
        if row["position"]:
            start, height = float(row["position"]), heights[row["device_type"]]
            taken.update((row["rack"], start + half / 2) for half in range(int(2 * height)))
    assert taken
    assert max(taken.values()) == 1


def test_two_trays_side_by_side_have_no_position() -> None:
    text = SITE.replace("names: {places: {node: NAME}}", "").replace(
        "{level: node,", "{level: node, width: half,"
    )
    text = text.replace("instances: {node: 4}", "instances: {r: 1}")
    text = text.replace(
        "templates: {", "templates: {r: {level: rack, slots: {U1: {node: 2}, U2: {node: 2}}}, "
    )
    rows = [row for row in tables(files(fabric_of(text, shipped=True)))["06_devices.csv"] if row["rack"]]
    assert len(rows) == 4
    assert all(not row["position"] and row["description"] for row in rows)


SITE = """
devices:
  nic: {role: nic, ports: {eth: {count: 1, lanes: 4, lane_rate: 100 Gb/s}}}
  leaf: {role: switch, part: sn5600, ports: {down: {cages: 1-8, mode: 2 x 400G}}}
templates: {node: {level: node, contains: {nic: 4}}}
instances: {node: 4}
fabrics: {net: {network: scale_out, pattern: fat_tree, tiers: 1, ends: nic.eth, switch: leaf, medium: dr}}
names: {places: {node: NAME}}
"""


def test_names_and_types_are_those_of_the_site() -> None:
    made = files(fabric_of(SITE.replace("NAME", '"MDC1-22-OCP-{n}"'), shipped=True))
    names = [row["name"] for row in tables(made)["06_devices.csv"]]
    assert "MDC1-22-OCP-1" in names
    assert "type: 400gbase-x-osfp" in made["04_device_types.yaml"]
    assert "nvidia" in made["02_manufacturers.csv"]


def test_a_name_that_is_too_long_is_refused() -> None:
    text = SITE.replace("names: {places: {node: NAME}}", "").replace("node", "x" * 64)
    with pytest.raises(InputError, match=r"E798.*70 characters; NetBox takes 64"):
        files(fabric_of(text, shipped=True))
