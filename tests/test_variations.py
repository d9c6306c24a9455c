"""A variation comes to what a file comes to that has its changes written in it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import topogen
from tests.helpers_fabric import HEAD, ROOT, shipped_catalog, shipped_fabric, shipped_file
from topogen.build.stages import build
from topogen.errors import InputError
from topogen.language.yaml_tree import Source
from topogen.load.files import shipped_names
from topogen.load.parse import merge_topology, parse_merged
from topogen.study import what_if as variations
from topogen.study.what_if import WhatIf, what_ifs
from topogen.takeoff.roll_up import roll_up
from topogen.takeoff.take_off import take_off

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from topogen.errors import Problem
    from topogen.load.parse import MergedTree
    from topogen.takeoff.roll_up import RollUp

TREE = """
devices:
  gpu: {role: gpu, ports: {net: {count: 1, lanes: 4, lane_rate: 100 Gb/s}}}
  box: {role: switch, ports: {net: {count: 8, lanes: 4, lane_rate: 100 Gb/s, cage: {links: 2}}}}
instances: {gpu: GPUS}
fabrics: {f: {network: scale_out, pattern: fat_tree, tiers: 2, ends: gpu.net, switch: box, medium: MEDIUM}}
catalog:
  parts:
    osfp_800g_dr4: {price_usd: PRICE, power_w: WATTS}
    own_cord: {like: mpo12_cord, price_usd: 9, lengths_m: LENGTHS}
  media: {own: {like: dr, recipe: {cord: {part: own_cord, per: link}}}}
"""
BASE = {"GPUS": "16", "MEDIUM": "own", "PRICE": "1000", "WATTS": "16", "LENGTHS": "[3, 10]"}
PATHS = {
    "GPUS": "instances.gpu",
    "MEDIUM": "fabrics.f.medium",
    "PRICE": "catalog.parts.osfp_800g_dr4.price_usd",
    "WATTS": "catalog.parts.osfp_800g_dr4.power_w",
    "LENGTHS": "catalog.parts.own_cord.lengths_m",
}
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "GPUS": st.sampled_from(["1", "7", "15", "32", "33"]),
        "MEDIUM": st.sampled_from(["dr", "own", "{a: dr, b: own}"]),
        "PRICE": st.sampled_from(["1", "[900, 1000.5, 1200]", "0.000001"]),
        "WATTS": st.sampled_from(["9.5", "[10, 12, 14]"]),
        "LENGTHS": st.sampled_from(["[5]", "[1, 2]"]),
    },
)


few = settings(max_examples=25)


def laid(name: str = "gb200-nvl72") -> MergedTree:
    return merge_topology(shipped_file(name), layers=[list(shipped_catalog())], load=shipped_file)


def written(values: Mapping[str, str]) -> MergedTree:
    """Return the tree with values written in its text."""
    text = TREE
    for word, value in {**BASE, **values}.items():
        text = text.replace(word, value)
    return merge_topology(
        Source("tree.yaml", HEAD + text), layers=[list(shipped_catalog())], load=shipped_file
    )


def totals(rollup: RollUp) -> tuple[object, ...]:
    paid: dict[str, Fraction] = {}
    for row in rollup.vendors:
        if row.view == "procurement" and row.cost_scope == "interconnect" and row.value:
            paid[row.vendor] = paid.get(row.vendor, Fraction(0)) + row.value.base
    sums = rollup.totals
    known = not any(gap.partial for gap in rollup.gaps)
    return (
        sums.gpus,
        sums.links,
        sums.cost_usd.base,
        sums.network_device_usd.base,
        sums.power_w.base,
        paid,
        known,
    )


def said(problems: Iterable[Problem]) -> list[tuple[str, ...]]:
    """Return what warnings say: a change shows them at the line of the file, not at one of its own."""
    return [(one.code, one.message, one.path, one.hint) for one in problems]


def row_totals(row: WhatIf) -> tuple[object, ...]:
    money = row.cost_usd, row.network_device_usd
    return row.gpus, row.links, *money, row.power_w, dict(row.vendors), not row.partial


@given(st.lists(VALUES, min_size=1, max_size=5))
@few
def test_a_variation_is_the_file_with_its_changes_written_in_it(asked: list[dict[str, str]]) -> None:
    changes = [tuple((PATHS[word], value) for word, value in values.items()) for values in asked]
    rows = list(what_ifs(partial(parse_merged, written({})), changes, ["parts.own_cord", "links.f/hosts"]))
    assert [row.changes for row in rows] == changes
    for values, row in zip(asked, rows, strict=True):
        if row.refused:
            with pytest.raises(InputError) as refused:
                build(parse_merged(written(values)))
            assert row.refused in [f"{one.code} {one.message}" for one in refused.value.problems]
            continue
        fabric = build(parse_merged(written(values)))
        rollup = roll_up(fabric)
        cords = [one.qty for one in rollup.quantities if one.part == "own_cord"]
        assert row_totals(row) == totals(rollup)
        assert row.figures == {"parts.own_cord": sum(cords), "links.f/hosts": fabric.links[0].count}
        assert said(row.warnings) == said((*fabric.warnings, *rollup.warnings))


@given(VALUES, VALUES)
@few
def test_a_file_laid_once_parses_as_one_read_anew(first: dict[str, str], then: dict[str, str]) -> None:
    base = written({})
    for values in (first, then, {}):
        changed = parse_merged(base, tuple((PATHS[word], value) for word, value in values.items()))
        anew = parse_merged(written(values))
        assert (changed.spec, changed.catalog) == (anew.spec, anew.catalog)
        assert said(changed.warnings) == said(anew.warnings)
        assert list(changed.marks.places) == list(anew.marks.places)


def test_prices_alone_build_nothing_again(monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[object] = []

    def counted(parsed: Any) -> Any:  # noqa: ANN401 - passed on
        built.append(parsed)
        return build(parsed)

    monkeypatch.setattr(variations, "build", counted)
    part, slack = "catalog.parts.osfp_800g_dr4", "layout.slack.other.percent"
    asked: list[dict[str, object]] = [
        {},
        {f"{part}.price_usd": 550},
        {part: "{is: a module, sockets: mpo12, price_usd: 1000, made_by: {acme: 50%, other: 50%}}"},
        {slack: 10},
        {f"{part}.price_usd": 450, f"{part}.power_w": "[14, 15, 16]"},
        {slack: 10, f"{part}.price_usd": 350},
    ]
    rows = list(topogen.what_if("gb300-nvl72-row", asked))
    assert len(built) == 2
    assert rows[2].vendors["acme"] == rows[2].vendors["other"] > 0
    assert rows[1].cost_usd - rows[0].cost_usd == rows[3].cost_usd - rows[5].cost_usd > 0
    assert rows[4].cost_usd == rows[0].cost_usd
    assert rows[4].power_w > rows[0].power_w


def test_a_policy_that_chooses_by_price_is_followed() -> None:
    text = HEAD + TREE.replace("MEDIUM", "best") + "policies: {best: {choose: cheapest, among: [own, dac]}}\n"
    for word, value in BASE.items():
        text = text.replace(word, value)
    base = merge_topology(Source("tree.yaml", text), layers=[list(shipped_catalog())], load=shipped_file)
    prices = [((PATHS["PRICE"], price),) for price in ("1000", "1", "0.01")]
    rows = list(what_ifs(partial(parse_merged, base), prices))
    for change, row in zip(prices, rows, strict=True):
        assert row_totals(row) == totals(roll_up(build(parse_merged(base, change))))


@pytest.mark.parametrize("name", shipped_names())
def test_building_and_counting_read_of_parts_only_what_is_compared(name: str) -> None:
    parsed = parse_merged(laid(name))
    if any(policy.choice for policy in parsed.spec.policies.values()):
        return  # then everything is read, and nothing is kept
    compared = (
        "id", "lengths_mm", "bandwidth", "plugs", "connectors", "sockets", "shuffle", "fibres", "glass",
        "diameter_mm", "panel",
    )  # fmt: skip
    bare: Any = {
        key: SimpleNamespace(**{name: getattr(part, name) for name in compared})
        for key, part in parsed.catalog.parts.items()
    }
    assert take_off(build(replace(parsed, catalog=replace(parsed.catalog, parts=bare)))) == take_off(
        build(parsed)
    )


def test_a_thicker_cable_is_refused_where_the_tray_is_full() -> None:
    file = ROOT / "docs" / "examples" / "buying" / "cluster.yaml"
    fits, thick = topogen.what_if(file, [{}, {"catalog.parts.mpo12_cord.diameter_mm": 30}])
    assert (fits.links, fits.refused) == (512, "")
    assert thick.refused.startswith("E792")


def test_mistakes_are_told_by_the_number_of_the_variation() -> None:
    rows = topogen.what_if("gb200-nvl72", [{}, {"instances.r2": 1}])
    assert next(rows).links == 1368
    with pytest.raises(InputError, match=r"E210 variation 2:1:1 instances.r2: there is no device"):
        next(rows)
    with pytest.raises(InputError) as refused:
        list(topogen.what_if("gb200-nvl72", [{"devices.gpu.dies": "some", "name": "one"}]))
    assert str(refused.value).splitlines()[:2] == [
        'E106 variation 1:1:1 devices.gpu.dies: "some" is not a whole number',
        "    devices.gpu.dies: some",
    ]


def test_what_cannot_be_built_is_a_row_with_the_reason() -> None:
    rows = list(topogen.what_if("h100-superpod", [{"instances.su": 4000}, {}]))
    assert rows[0].refused.startswith("E204 ")
    assert (rows[0].gpus, rows[0].cost_per_gpu_usd) == (0, None)
    assert rows[1].gpus > 0
    assert not rows[1].refused


def test_a_figure_that_a_variation_lacks_is_empty_with_a_note() -> None:
    (row,) = topogen.what_if("gb200-nvl72", [{}], figures=["links.nvll", "media.nvl.nvlink_backplane"])
    assert row.figures == {"links.nvll": None, "media.nvl.nvlink_backplane": 1296}
    assert row.notes == ('links.nvll: no link group "nvll"; did you mean "nvl"?',)


def test_an_unknown_kind_of_figure_is_refused_at_once() -> None:
    with pytest.raises(InputError) as refused:
        topogen.what_if("gb200-nvl72", [{}], figures=["lnks.nvl"])
    assert str(refused.value) == 'E655: no figure "lnks.nvl"\n    hint: did you mean "links"?'


def test_values_are_written_as_a_file_has_them(tmp_path: Path) -> None:
    file = tmp_path / "tree.yaml"
    text = TREE
    for word, value in BASE.items():
        text = text.replace(word, value)
    file.write_text(HEAD + text + "layout: {default_length: 3 m}\n")
    asked: list[dict[str, object]] = [{"instances.gpu": 8}, {"catalog.parts.own_cord.price_usd": None}]
    rows = list(topogen.what_if(str(file), asked))
    assert [row.gpus for row in rows] == [8, 16]
    assert rows[1].partial
    assert not rows[0].partial


def test_a_variation_starts_from_the_scenario() -> None:
    (row,) = topogen.what_if("gb300-nvl72-row", [{}], scenario="cpo")
    assert row_totals(row) == totals(roll_up(shipped_fabric("gb300-nvl72-row", "cpo")))
