"""A site of NVL72 racks in pods on a scale-out of three tiers, of any number of GPUs, as a topology file.

``python -m benchmarks.jobs.site GPUS [bare] > site.yaml``. The last rack is part full, so is the last pod:
round sizes hide mistakes. Pods stand in rows of their own and cords have routed lengths; ``bare`` leaves the
floor out.
"""

from __future__ import annotations

import sys

GPUS_A_RACK = 72
GPUS_A_TRAY = 4

PORTS = 256
MOST = PORTS**3 // 4
"""What three tiers of such switches can join; larger sites have switches of twice as many ports."""

TEXT = """\
topogen: 1
name: site-{gpus}
include: [gb200-nvl72]
devices:
  nic:
    role: nic
    part: connectx8
    ports: {{net: {{count: 2, lanes: 4, lane_rate: 100 Gb/s, cage: {{links: 2}}, on_panel: false}}}}
  box:
    role: switch
    height_u: 2
    ports: {{net: {{count: {ports}, lanes: 4, lane_rate: 100 Gb/s, cage: {{links: 2}}}}}}
templates:
  part_rack:  {{level: rack, slots: {{"U1-{trays}": compute_tray, U19-27: switch_tray}}}}
  leaf_rack:  {{level: rack}}
  spine_rack: {{level: rack}}
  core_rack:  {{level: rack}}
  pod:  {{level: pod, contains: {{nvl72: {racks}, leaf_rack: {net_racks}, spine_rack: {net_racks}}}}}
  last: {{level: pod, contains: {{{last}leaf_rack: {net_racks}, spine_rack: {net_racks}}}}}
instances: {{{instances}}}
fabrics:
  net:
    network: scale_out
    pattern: fat_tree
    tiers: 3
    ends: nic.net
    planes: 2
    rails_by: tray
    units_by: pod
    switch: box
    medium: dr
"""
FLOOR = """\
layout:
  rows:
{rows}
  rack_pitch: 600 mm
  row_pitch: 3 m
  tray: {{where: overhead, height: 2.6 m}}
  slack: {{nvl: {{per_end: 0.1 m}}, other: {{per_end: 0.5 m, percent: 5}}}}
  place: {{net/leaf: leaf_rack, net/spine: spine_rack, net/core: core_rack}}
"""


def site(gpus: int, *, floor: bool = True) -> str:
    """Return the topology of a site."""
    ports = PORTS if gpus <= MOST else 2 * PORTS
    racks = (ports // 2) ** 2 // GPUS_A_RACK
    full, rest = divmod(gpus, GPUS_A_RACK)
    trays = rest // GPUS_A_TRAY
    pods, last = divmod(full, racks)
    net_racks = -(-ports // 21)  # a rack holds 21 boxes of 2U; a pod has as many leaves as spines
    contents = {name: count for name, count in (("nvl72", last), ("part_rack", int(trays > 0))) if count}
    instances = {f'"pod[1-{pods}]"': "pod"} if pods else {}
    instances |= {"last": "last"} if contents else {}
    instances |= {"core_rack": f"{(pods + 1) * net_racks}"}
    head = TEXT.format(
        gpus=gpus,
        ports=ports,
        trays=max(trays, 1),
        racks=racks,
        net_racks=net_racks,
        last="".join(f"{name}: {count}, " for name, count in contents.items()),
        instances=", ".join(f"{name}: {what}" for name, what in instances.items()),
    )
    return head + (FLOOR.format(rows=rows(pods, list(contents))) if floor else "")


def rows(pods: int, last: list[str]) -> str:
    """Return a row for each pod, its leaves at one end and its spines at the other, and one for the cores."""
    held = {f"pod{number + 1}": ["nvl72"] for number in range(pods)}
    held |= {"last": last} if last else {}
    lines = [
        f"    {pod}: [{', '.join(f'{pod}/{rack}' for rack in ('leaf_rack', *racks, 'spine_rack'))}]"
        for pod, racks in held.items()
    ]
    return "\n".join([*lines, "    cores: core_rack"])


if __name__ == "__main__":
    print(site(int(sys.argv[1]), floor="bare" not in sys.argv), end="")
