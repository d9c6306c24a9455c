"""TPU v4 pod: Jouppi et al., "TPU v4", ISCA 2023, system description (read second-hand).

The paper prints the spare ports of a switch, 8; the model counts them over all 48. Lengths, and the parts of
the optical links, are not published.
"""

from __future__ import annotations

import numpy as np
import pytest

from tests.helpers_fabric import shipped_fabric
from topogen.model.expand import expand
from topogen.model.fabric import FREE, Fabric


@pytest.fixture(scope="module")
def pod() -> Fabric:
    return shipped_fabric("tpu-v4-ocs")


def test_racks_hosts_and_switches(pod: Fabric) -> None:
    counts = {group.label: group.count for group in pod.groups}
    assert counts == {"tpu": 4096, "host": 1024, "ici/ocs": 48}
    assert len(pod.sites.racks) == 64


def test_every_rack_has_96_optical_links_and_the_pod_6144(pod: Fabric) -> None:
    face = expand(pod, next(group for group in pod.links if group.name == "ici/face"))
    assert len(face) == 6144
    assert set(np.bincount(pod.sites.rack[face.a]).tolist()) == {96}


def test_a_switch_uses_128_of_136_ports_two_for_each_rack(pod: Fabric) -> None:
    used = next(used for (group, _), used in pod.ports.items() if pod.groups[group].label == "ici/ocs")
    spare = (used.full() == FREE).sum(axis=1)
    assert set(spare.tolist()) == {8}
    face = expand(pod, next(group for group in pod.links if group.name == "ici/face"))
    meets = np.unique(np.stack([face.b, pod.sites.rack[face.a]]), axis=1, return_counts=True)
    assert meets[0].shape[1] == 48 * 64
    assert set(meets[1].tolist()) == {2}


def test_both_faces_of_a_position_lie_opposite_at_their_switch(pod: Fabric) -> None:
    face = expand(pod, next(group for group in pod.links if group.name == "ici/face"))
    ways = {(int(switch), int(port)) for switch, port in zip(face.b, face.a_port, strict=True)}
    for switch in np.unique(face.b).tolist():
        ahead, back = sorted(port for at, port in ways if at == switch)
        assert (ahead % 2, back) == (0, ahead + 1)


def test_optical_modules_a_chip(pod: Fabric) -> None:
    """1.5 modules a chip: SemiAnalysis on TPUv7, 28 November 2025, whose cube is the same (analyst)."""
    face = next(group for group in pod.links if group.name == "ici/face")
    assert face.count / 4096 == 1.5
