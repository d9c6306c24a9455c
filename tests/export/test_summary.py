"""The summary is JSON with the promised keys, exact, and agrees with the tables."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from tests.export.systems import ODD, SYSTEMS, System, built
from topogen.checks.expectations import check_expectations
from topogen.export.cells.json_text import Json, json_text
from topogen.export.options import DEFAULT, Options
from topogen.export.to_summary import to_summary

KEYS = """
    name status scenario devices link_groups parts content totals buildable per_gpu per_vendor
    per_layer unassigned energy gaps basis warnings expect quoted
    """
TOTALS = """
    gpus links engines_active engines_fitted els lasers lasers_by_kind fibres laser_fibres
    cost_usd cost_usd_partial network_device_usd network_device_usd_partial
    power_w network_device_w network_device_w_partial
    host_usd system_usd power_w_by_scope total_power_w
    """


def summary(system: System, options: Options = DEFAULT) -> Any:  # noqa: ANN401 - JSON
    """Return the summary of a system, read back without a float."""
    return json.loads(to_summary(*built(system), options), parse_float=Decimal)


@pytest.mark.parametrize("system", SYSTEMS, ids=str)
def test_it_has_the_promised_keys(system: System) -> None:
    found = summary(system)
    assert list(found) == KEYS.split()
    assert list(found["totals"]) == TOTALS.split()
    for group in found["link_groups"].values():
        assert list(group) == ["network", "tier", "links", "lanes", "pairs", "media"]


@pytest.mark.parametrize("system", SYSTEMS, ids=str)
def test_it_agrees_with_the_roll_up(system: System) -> None:
    found, (_, rollup) = summary(system), built(system)
    totals = rollup.totals
    assert found["totals"]["lasers"] == totals.lasers
    assert Fraction(found["totals"]["cost_usd"]["base"]) == totals.cost_usd.base
    assert sum(group["links"] for group in found["link_groups"].values()) == totals.links
    assert sum(found["gaps"].values()) == len(rollup.gaps)
    bought = totals.cost_usd.base + totals.network_device_usd.base
    for view in ("procurement", "content"):
        assert sum(Fraction(value["base"]) for value in found["per_vendor"][view].values()) == bought
    assert sum(Fraction(value["base"]) for value in found["per_layer"].values()) == bought


def test_nvl72() -> None:
    found = summary(("gb200-nvl72", None))
    assert found["devices"] == {
        "gpu": 72,
        "cpu": 36,
        "nic": 72,
        "nvswitch": 18,
        "nvl72": 1,
        "compute_tray": 18,
        "superchip": 36,
        "switch_tray": 9,
    }
    assert found["link_groups"]["nvl"] == {
        "network": "scale_up",
        "tier": 1,
        "links": 1296,
        "lanes": 2592,
        "pairs": 5184,
        "media": {"nvlink_backplane": 1296},
    }
    assert found["content"] == {"nvlink_pair": 5184}
    assert found["scenario"] is None


def test_made_switches_count_by_type_and_by_role() -> None:
    found = summary(("gb300-nvl72-row", "cpo"))
    assert {name: found["devices"][name] for name in ("q3450", "compute/leaf", "compute/spine")} == {
        "q3450": 6,
        "compute/leaf": 4,
        "compute/spine": 2,
    }
    assert found["link_groups"]["compute/hosts"]["media"] == {"dr+cpo_siph_1t6": 288}


def test_buildable_stands_beside_published() -> None:
    found = summary(("rubin-ultra-cpo-648", None))
    assert found["buildable"]["engine_3t2 in scale_up"] == {
        "published": 648,
        "rounded_per": "tray",
        "buildable": 720,
        "buildable_per": "device",
    }
    assert found["buildable"]["els8 in scale_up"]["buildable"] == 336


def test_figures_per_gpu_are_null_without_gpus() -> None:
    per_gpu = summary(("q3450-cpo-switch", None))["per_gpu"]
    assert per_gpu["gpus"] is None
    assert per_gpu["engines_fitted"] is None
    assert per_gpu["cost_usd"] == {"low": None, "base": None, "high": None}


def test_expectations_are_kept_as_they_were_checked() -> None:
    fabric, rollup = built(("gb200-nvl72", None))
    lines = check_expectations(fabric, rollup)
    found = summary(("gb200-nvl72", None), Options(expect=lines))
    assert [line["key"] for line in found["expect"]] == [line.key for line in lines]
    assert all(line["holds"] for line in found["expect"])
    assert summary(ODD)["expect"] is None


def test_numbers_are_exact() -> None:
    value: dict[str, Json] = {
        "third": Fraction(1, 3),
        "big": 10**20,
        "half": Fraction(10**15 * 2 + 1, 2),
        "empty": [{}, []],
    }
    assert json_text(value) == (
        '{\n  "third": 0.333333,\n  "big": 100000000000000000000,\n  "half": 1000000000000000.5,\n'
        '  "empty": [\n    {},\n    []\n  ]\n}'
    )
