"""Tips: they say what the tables say, and their keys are found in the tables."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.draw.test_sheets import built, every_system
from topogen.draw import draw
from topogen.draw.sheet import Box, Sheet
from topogen.draw.shown.tips import Tips
from topogen.units import format_count


@every_system
def test_a_tip_names_its_links_with_count_medium_length_and_strands(name: str) -> None:
    fabric, rolled = built(name)
    tips = Tips(fabric, rolled)
    for link in fabric.links:
        text, key = tips.links(link)
        assert text.startswith(f"{link.name}: {format_count(link.count)} x ")
        assert all(medium in text for medium in link.media or ("no medium",))
        assert "(board)" in text or " m" in text or "length unknown" in text
        assert key.split("; ")[0] == link.name


@every_system
def test_every_part_of_links_is_in_their_key(name: str) -> None:
    fabric, rolled = built(name)
    tips = Tips(fabric, rolled)
    for link in fabric.links:
        parts = {row.part for row in rolled.quantities if link.name in row.groups and row.part}
        assert {*" | ".join(tips.links(link).key.split("; ")[1:]).split(" | ")} - {""} == parts


def test_some_links_of_many_have_the_parts_of_all() -> None:
    fabric, rolled = built("gb200-nvl72")
    link = max(fabric.links, key=lambda one: one.count)
    text = Tips(fabric, rolled).links(link, 18, "between compute0 and nvswitch0", (620, 1400)).tip
    head, where, facts, bought = text.split("\n")
    assert head.startswith(f"{link.name}: 18 of {format_count(link.count)} x ")
    assert where == "between compute0 and nvswitch0"
    assert "0.62 to 1.4 m" in facts
    assert bought.startswith(f"all {format_count(link.count)}: ")


def test_the_money_of_links_is_that_of_their_lines_in_the_bill() -> None:
    fabric, rolled = built("gb300-nvl72-row")
    tips = Tips(fabric, rolled)
    (link,) = (one for one in fabric.links if one.name == "nvl")
    total = sum(
        (line.extended.base for line in rolled.lines if line.extended and line.part == "nvlink_cartridge"),
        Fraction(0),
    )
    assert f"16 nvlink_cartridge: USD {format_count(round(total))} (" in tips.links(link).tip


def test_links_that_lack_a_part_or_a_price_cost_at_least_what_is_known() -> None:
    fabric, rolled = built("rubin-ultra-cpo-648")
    tips = {link.name: Tips(fabric, rolled).links(link).tip for link in fabric.links}
    assert any("at least USD " in text or "no price" in text for text in tips.values())


def test_a_part_and_a_device_are_named_with_their_count_place_and_price() -> None:
    fabric, rolled = built("gb200-nvl72")
    tips = Tips(fabric, rolled)
    gpu = next(group for group in fabric.groups if group.type.role == "gpu")
    assert tips.part("nvlink_cartridge", 2, "rack").tip.split("\n")[:2] == ["2 of 4 nvlink_cartridge", "rack"]
    assert "USD 54,000 (25,000 to 62,500) each" in tips.part("nvlink_cartridge", 4).tip
    assert tips.devices(gpu, 4, "compute0").key == f"{gpu.type.part}; {gpu.label}"
    assert tips.thing("nvlink_cartridge", 4) == tips.part("nvlink_cartridge", 4)
    assert tips.thing(gpu.label, 4) == tips.devices(gpu, 4)


@pytest.mark.parametrize(("name", "diagram"), [("gb200-nvl72", "elevation"), ("gb300-nvl72-row", "row")])
def test_a_tray_leads_to_the_parts_in_it(name: str, diagram: str) -> None:
    fabric, rolled = built(name)
    sheet = draw(fabric, rolled, diagram).picture
    assert isinstance(sheet, Sheet)
    trays = [one for one in sheet.marks if isinstance(one, Box) and "/compute_tray" in one.key]
    assert trays
    gpu = next(group for group in fabric.groups if group.type.role == "gpu")
    for one in trays:
        place, _, parts = one.key.partition("; ")
        assert one.tip.startswith(place)
        assert gpu.type.part in parts.split(" | ")
