"""Faces of ports: as stated, else empty, and without effect on anything else."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING

from tests.helpers_fabric import fabric_of
from topogen.export import export_bytes
from topogen.export.options import Options
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric

SITE = """
devices:
  nic: {role: nic, ports: {eth: {count: 1, lanes: 4, lane_rate: 100 Gb/s, face: rear}}}
  leaf:
    role: switch
    ports: {down: {count: 4, lanes: 4, lane_rate: 100 Gb/s}, out: {count: 1, lanes: 1, lane_rate: 25 Gb/s}}
    FACE
templates:
  node: {level: node, contains: {nic: 4}}
  rack: {level: rack, slots: {U1: {node: 1}, U40: leaf}}
instances: {"r[1-2]": rack}
links:
  here: {network: scale_out, a: nic.eth, b: leaf.down, pattern: spread, within: rack, medium: dr}
  aux: {network: management, a: leaf.out, pattern: external, to: core}
"""


def with_face(face: str) -> Fabric:
    return fabric_of(SITE.replace("FACE", face), shipped=True)


def rows_of(fabric: Fabric, table: str = "cable_schedule.csv") -> list[dict[str, str]]:
    text = b"".join(export_bytes(table, fabric, roll_up(fabric), Options(columns="full"))).decode()
    return list(csv.DictReader(StringIO(text)))


def test_a_face_is_that_of_the_port_group_else_of_the_device_and_never_invented() -> None:
    stated, silent = with_face("face: front"), with_face("")
    assert {(row["a_face"], row["b_face"]) for row in rows_of(stated)} == {("rear", "front"), ("front", "")}
    assert {(row["a_face"], row["b_face"]) for row in rows_of(silent)} == {("rear", ""), ("", "")}
    assert {row["type"]: row["face"] for row in rows_of(stated, "devices.csv")} == {
        "nic": "",
        "leaf": "front",
    }


def test_a_face_changes_nothing_else() -> None:
    tables = [rows_of(with_face(face)) for face in ("face: front", "face: rear", "")]
    for row in (row for rows in tables for row in rows):
        del row["a_face"], row["b_face"], row["rev"]
    assert tables[0] == tables[1] == tables[2]
