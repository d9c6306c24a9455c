"""The whole language as shapes, and the values its keys become."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from pydantic import ValidationError

from topogen.conditions import parse_condition
from topogen.errors import Marks, Problems
from topogen.language.topology import (
    LayoutSpec,
    MediumRef,
    PortSpec,
    SlackSpec,
    SlotSpec,
    TemplateSpec,
)
from topogen.language.validate import validate
from topogen.language.yaml_tree import Source, plain, read_tree
from topogen.load.topology import FABRICS, LINKS, Topology
from topogen.selector import parse_selector
from topogen.units import ReadError
from topogen.wiring.explicit import Explicit
from topogen.wiring.fat_tree.spec import FatTree
from topogen.wiring.jellyfish import Jellyfish
from topogen.wiring.planes import Planes

LANGUAGE = Path(__file__).parent / "language"
FILES = sorted(file.stem for file in LANGUAGE.glob("*.yaml") if file.stem != "catalog")
CONSUMED = ("catalog", "scenarios")
HEAD = {"topogen": "1", "name": "one", "instances": {"gpu": "1"}}
LINK = {"network": "scale_up", "a": "gpu.nvl", "b": "chip.nvl", "pattern": "planes"}
FABRIC = {"network": "scale_out", "pattern": "fat_tree", "tiers": "2", "ends": "nic.net", "switch": "sw"}


def language(name: str) -> dict[str, Any]:
    """Return the values of a file of the language's own text."""
    problems = Problems()
    tree = read_tree(Source(name, (LANGUAGE / f"{name}.yaml").read_text(encoding="utf-8")), problems)
    assert tree is not None
    assert not problems.found
    return cast("dict[str, Any]", plain(tree))


def spec_of(name: str) -> Topology:
    """Return the model of such a file."""
    values = {key: value for key, value in language(name).items() if key not in CONSUMED}
    return Topology.model_validate(values)


def code_of(error: pytest.ExceptionInfo[ValidationError]) -> str:
    """Return the code of the first refusal."""
    found = error.value.errors()[0]["ctx"]["error"]
    assert isinstance(found, ReadError)
    return found.code


@pytest.mark.parametrize("name", FILES)
def test_every_file_of_the_language_has_a_valid_shape(name: str) -> None:
    assert spec_of(name).name == name


def test_the_language_has_eleven_files() -> None:
    assert len(FILES) == 11


@pytest.mark.parametrize("name", FILES)
def test_every_scenario_of_the_language_has_a_valid_shape(name: str) -> None:
    for scenario in language(name).get("scenarios", {}).values():
        assert isinstance(scenario, dict)


def test_the_nvl72_reads_as_it_says() -> None:
    spec = spec_of("gb200-nvl72")
    assert spec.devices["gpu"].ports["nvl"].lane_rate == 200_000
    assert spec.devices["gpu"].ports["c2c"].bandwidth == 1_800_000
    assert spec.templates["nvl72"].slots[0] == SlotSpec(11, 18, "compute_tray", None)
    assert spec.links["nvl"].medium == MediumRef("nvlink_backplane", "nvlink_backplane")
    assert spec.links["nvl"].ends().a == (parse_selector("gpu.nvl"),)
    assert spec.layout == LayoutSpec(slack={"*": SlackSpec(per_end="0.1 m")})
    assert str(spec.expect.length["nvl"]["pair_total"]) == "3000 m to 3400 m"


def test_a_fabric_reads_as_it_says() -> None:
    fabric = spec_of("gb300-nvl72-row").fabrics["compute"]
    assert isinstance(fabric, FatTree)
    assert (fabric.switch, fabric.rails_by, fabric.even) == ({"*": "q3400"}, "tray", True)
    assert fabric.medium == {"hosts": MediumRef("dr", "dr"), "leaf_spine": MediumRef("dr", "dr")}


def test_the_floor_reads_as_it_says() -> None:
    layout = spec_of("gb300-nvl72-row").layout
    assert layout is not None
    assert layout.tray is not None
    assert (layout.rack_pitch, layout.tray.height) == (600, 2_600)
    assert {key: [one.text for one in racks] for key, racks in layout.place.items()} == {"compute": ["net1"]}
    assert [selector.text for selector in layout.rows["A"]] == ["r[1-2]", "net1", "r[3-4]"]
    assert layout.slack["other"] == SlackSpec(per_end="0.5 m", percent="5")
    assert layout.slack["other"].percent == Fraction(5)


def test_a_cage_sits_on_its_device_unless_said() -> None:
    assert spec_of("h100-superpod-4su").devices["nic"].ports["ib"].cage.on == "node"
    assert PortSpec.model_validate({"count": "1"}).cage.links == 1


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("dr", {"*": MediumRef("dr", "dr")}),
        ({"a": "dr", "b": "cpo"}, {"*": MediumRef("dr", "cpo")}),
        ({"hosts": {"a": "dr", "b": "cpo"}}, {"hosts": MediumRef("dr", "cpo")}),
    ],
)
def test_a_fabric_names_media_for_all_groups_or_by_group(value: object, expected: object) -> None:
    assert FatTree.model_validate({**FABRIC, "medium": value}).medium == expected


def test_sizes_may_be_left_to_the_generator() -> None:
    assert FatTree.model_validate({**FABRIC, "spines": "auto"}).spines is None
    assert FatTree.model_validate({**FABRIC, "spines": "4"}).spines == 4


def test_a_count_of_slots_may_be_said() -> None:
    template = TemplateSpec.model_validate(
        {"level": "rack", "slots": {"U19-32": {"tray": "18"}, "U5": "box"}}
    )
    assert template.slots == (SlotSpec(19, 32, "tray", 18), SlotSpec(5, 5, "box", None))


def test_pairs_are_listed_or_in_a_file() -> None:
    listed = {"network": "scale_up", "pattern": "explicit", "pairs": [["r1/gpu.a", "r2/gpu.a"]]}
    assert Explicit.model_validate(listed).pairs == (
        (parse_selector("r1/gpu.a"), parse_selector("r2/gpu.a")),
    )
    assert Explicit.model_validate({**listed, "pairs": "wires.csv"}).pairs == "wires.csv"


def test_plain_python_values_are_read_like_text() -> None:
    port = PortSpec.model_validate({"count": 18, "lanes": 2, "lane_rate": "200 Gb/s"})
    assert (port.count, port.lanes) == (18, 2)
    assert FatTree.model_validate({**FABRIC, "even": False}).even is False


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"pattern": "rails"}, "E641"),
        ({"pattern": "peers"}, "E641"),
        ({"pattern": "explicit"}, "E641"),
        ({"pattern": "external"}, "E641"),
        ({"b": []}, "E641"),
        ({"to": "there"}, "E645"),
        ({"rails_by": "tray"}, "E645"),
        ({"links_per_pair": "2"}, "E645"),
        ({"pattern": "external", "to": "there"}, "E645"),
        ({"medium": {"a": "dr"}}, "E641"),
        ({"medium": {"a": "dr", "b": "dr", "c": "dr"}}, "E640"),
        ({"medium": []}, "E642"),
    ],
)
def test_keys_of_a_link_fit_its_pattern(change: dict[str, object], code: str) -> None:
    assert code in codes("links", {**LINK, **change})


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"ends": []}, "E641"),
        ({"create": "nic.net"}, "E641"),
        ({"switch": {}}, "E641"),
        ({"tiers": "5"}, "E106"),
        ({"dims": ["2", "2"]}, "E645"),
        ({"pattern": "jellyfish", "switches": "9", "degree": "3"}, "E641"),
    ],
)
def test_keys_of_a_fabric_fit_its_pattern(change: dict[str, object], code: str) -> None:
    assert code in codes("fabrics", {**FABRIC, **change})


def codes(section: str, entry: object) -> list[str]:
    """Return the codes of what is wrong with an entry of a section."""
    problems = Problems(Marks())
    tree = read_tree(Source("one.yaml", yaml.safe_dump({**HEAD, section: {"one": entry}})), problems)
    assert tree is not None
    assert validate(Topology, tree, (), problems) is None
    return [problem.code for problem in problems.found]


def test_an_unknown_pattern_hides_no_other_mistake() -> None:
    wrong = {**LINK, "pattern": "plains", "network": "scaleup", "medium": []}
    assert codes("links", wrong) == ["E643", "E643", "E642"]
    assert codes("links", {"network": "scaleup"}) == ["E641", "E643"]


def test_a_plain_map_is_read_by_the_spec_of_its_pattern() -> None:
    assert isinstance(FABRICS.read(FABRIC), FatTree)
    assert isinstance(LINKS.read(LINK), Planes)


def test_a_seed_of_zero_is_a_seed() -> None:
    jellyfish = {"pattern": "jellyfish", "switches": "9", "degree": "3", "seed": "0"}
    kept = {key: value for key, value in FABRIC.items() if key != "tiers"}
    assert Jellyfish.model_validate({**kept, **jellyfish}).seed == 0


def test_specs_do_not_change() -> None:
    spec = spec_of("q3450-cpo-switch")
    with pytest.raises(ValidationError):
        spec.name = "other"  # type: ignore[misc]


# expect and quoted


def expect(**values: object) -> Topology:
    """Return a small file with figures."""
    return Topology.model_validate({"topogen": "1", "name": "a", "instances": {"gpu": "1"}, **values})


def test_costs_are_gathered_by_scope() -> None:
    figures = expect(expect={"cost_usd": "5", "cost_usd in interconnect": "at most 3"}).expect
    assert figures.cost_usd == {"": parse_condition("5"), "interconnect": parse_condition("at most 3")}


def test_a_figure_of_the_whole_fabric_stands_under_the_empty_key() -> None:
    figures = expect(expect={"racks": "2180", "power_w": {"box": "3"}}).expect
    assert figures.racks == {"": parse_condition("2180")}
    assert figures.power_w == {"box": parse_condition("3")}


def test_keys_may_be_narrowed() -> None:
    figures = expect(
        expect={"links": {"net/hosts at host[0-3]": "8"}, "parts": {"els8 in scale_up": "3"}}
    ).expect
    assert list(figures.links) == ["net/hosts at host[0-3]"]
    assert list(figures.parts) == ["els8 in scale_up"]


@pytest.mark.parametrize(
    ("figures", "code"),
    [
        ({"links": {"a at B": "1"}}, "E109"),
        ({"links": {"a in scale_up": "1"}}, "E109"),
        ({"parts": {"a in nowhere": "1"}}, "E643"),
        ({"cost_usd in everything": "1"}, "E643"),
        ({"length": {"nvl": {"median": "1 m"}}}, "E640"),
        ({"length": {"nvl": {"max": "1"}}}, "E103"),
        ({"power_w": "1 kW"}, "E105"),
        ({"links": {"nvl": "1,296"}}, "E603"),
    ],
)
def test_wrong_figures_have_their_code(figures: dict[str, object], code: str) -> None:
    with pytest.raises(ValidationError) as caught:
        expect(expect=figures)
    assert code_of(caught) == code


def test_quoted_figures_name_their_source() -> None:
    quoted = expect(quoted={"parts": {"els8": {"value": "792", "source": "an article"}}}).quoted
    assert (str(quoted.parts["els8"].value), quoted.parts["els8"].source) == ("792", "an article")
    with pytest.raises(ValidationError):
        expect(quoted={"parts": {"els8": "792"}})


def test_a_quoted_figure_of_the_whole_fabric_needs_no_key() -> None:
    quoted = expect(quoted={"racks": {"value": "4", "source": "an article"}}).quoted
    assert quoted.racks[""].source == "an article"


def test_a_source_of_a_published_figure_has_no_terminal_escapes() -> None:
    quoted = {"l": {"value": "1", "source": "\x1b[31mred"}}
    with pytest.raises(ValidationError, match=r"U\+001B, which cannot be printed"):
        expect(quoted={"links": quoted})
