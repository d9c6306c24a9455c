"""Steps of scale-up and scale-out size: what a further tier costs, by the closed forms of a full fat tree.

With k-port switches T tiers serve 2 (k/2)^T ends with (2T - 1) / k switches an end (M. Al-Fares et al.,
SIGCOMM 2008, for T = 3). The files are what-ifs: counts are held against the forms, not against a print.
"""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.helpers_fabric import counts_of, shipped_fabric

SIZES = [(None, 144, 1), ("gpus-288", 288, 2), ("gpus-576", 576, 2), ("gpus-1152", 1152, 2)]


@pytest.mark.parametrize(("scenario", "packages", "tiers"), SIZES)
def test_a_domain_has_half_a_chip_a_package_and_one_more_for_a_second_tier(
    scenario: str | None, packages: int, tiers: int
) -> None:
    gpus, chips = counts_of(shipped_fabric("scale-up-domain", scenario), "devices", ("gpu", "chip"))
    assert gpus == packages
    assert Fraction(chips, gpus) == Fraction(2 * tiers - 1, 2)


def test_fewer_wider_ports_need_a_third_tier_for_the_same_packages() -> None:
    fabric = shipped_fabric("scale-up-domain", "gpus-1152-wide")
    gpus, chips = counts_of(fabric, "devices", ("gpu", "chip"))
    assert gpus > 36**2 // 2  # the most that two tiers of 36 ports reach
    assert Fraction(chips, gpus) > Fraction(
        5, 2
    )  # a full tree has 5/2; pods of 16 leaves for 18 are not full


@pytest.mark.parametrize(("name", "switches"), [("scaleout-10368", "compute"), ("scaleout-131072", "net")])
def test_two_tiers_have_three_switches_for_k_links(name: str, switches: str) -> None:
    fabric = shipped_fabric(name)
    leaves, spines = counts_of(fabric, "devices", (f"{switches}/leaf", f"{switches}/spine"))
    (links,) = counts_of(fabric, "links", (f"{switches}/hosts",))
    ports = {"scaleout-10368": 144, "scaleout-131072": 512}[name]
    assert leaves + spines == 3 * links // ports


SPREAD = [
    "gb200-nvl72",
    "nvl72-spread-2-racks",
    "nvl72-spread-4-racks",
    "nvl72-spread-row",
    "nvl72-spread-hall",
]


@pytest.mark.parametrize("name", SPREAD)
def test_a_domain_keeps_its_1296_links_wherever_it_stands(name: str) -> None:
    assert counts_of(shipped_fabric(name), "links", ("nvl",)) == (1296,)
