"""One back-end segment of Alibaba HPN, case 05: K. Qian et al., SIGCOMM 2024, by a note that quotes it.

Covered is the segment and the pod of 15; its core layer of 15:1 was not read and is not in the file.
"""

from __future__ import annotations

from fractions import Fraction

from tests.helpers_fabric import counts_of, figure_of, shipped_fabric


def test_gpus_tors_and_links() -> None:
    fabric = shipped_fabric("alibaba-hpn-segment")
    assert counts_of(fabric, "devices", ("host/gpu", "backup/gpu", "net/leaf")) == (1024, 64, 16)
    assert counts_of(fabric, "links", ("net/hosts at host", "net/hosts at backup")) == (2048, 128)
    assert counts_of(fabric, "links", ("uplink",)) == (960,)


def test_a_tor_takes_one_rail_of_one_plane_from_every_host() -> None:
    tor = next(group for group in shipped_fabric("alibaba-hpn-segment").groups if group.label == "net/leaf")
    assert tor.count == 8 * 2
    assert {port.name: port.count for port in tor.type.ports} == {"down": 128 + 8, "up": 60}


def test_oversubscription_is_16_to_15_without_the_spare_hosts() -> None:
    fabric = shipped_fabric("alibaba-hpn-segment")
    assert figure_of(fabric, "oversubscription", "net/leaf at host") == Fraction(128 * 200, 60 * 400)
    assert round(Fraction(16, 15), 3) == Fraction("1.067")


def test_a_pod_of_15_segments_has_15360_gpus() -> None:
    fabric = shipped_fabric("alibaba-hpn-segment", changed={"instances.segment": "15"})
    assert counts_of(fabric, "devices", ("host/gpu",)) == (15_360,)
