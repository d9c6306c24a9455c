"""Includes, layers, scenarios and references of a whole file."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from topogen.errors import InputError, Problem
from topogen.language.include import TOP_KEYS
from topogen.language.references import loops
from topogen.language.topology import TopologySpec
from topogen.language.yaml_tree import Source
from topogen.load.parse import parse_topology

if TYPE_CHECKING:
    from topogen.build.parsed import Parsed

LANGUAGE = {
    file.stem: file.read_text(encoding="utf-8")
    for file in (Path(__file__).parent / "language").glob("*.yaml")
}
CATALOG = """\
parts: {box: {is: box, price_usd: 100}, engine: {is: engine}, els: {is: els}}
media:
  cable: {kind: copper, reach_m: {100 Gb/s: 2}}
  light:
    kind: optical
    recipe:
      engine: {part: engine, per: pool, serves: 8 lanes}
      els: {part: els, per: pool, serves: 32 lanes}
  far: {like: light}
"""
TOP = """\
topogen: 1
name: top
devices:
  gpu: {role: gpu, ports: {net: {count: 1, lanes: 4, lane_rate: 100 Gb/s}}}
  box: {role: switch, part: box, ports: {net: {count: 8, lanes: 4, lane_rate: 100 Gb/s}}}
instances: {gpu: 8, box: 1}
links:
  up: {network: scale_out, a: gpu.net, b: box.net, pattern: planes, medium: light}
"""


def parse(text: str, scenario: str | None = None, **files: str) -> Parsed:
    """Return the model of a text, with other texts to include."""

    def load(name: str, including: Source) -> Source:
        if name not in files:
            raise InputError([Problem("E609", f'"{name}" of {including.name} does not exist')])
        return Source(f"{name}.yaml", files[name])

    layers = [[Source("shipped.yaml", CATALOG)]]
    return parse_topology(Source("top.yaml", text), layers=layers, load=load, scenario=scenario)


def problems(text: str, scenario: str | None = None, **files: str) -> list[tuple[str, str]]:
    """Return code and path of all that is wrong with a text."""
    with pytest.raises(InputError) as caught:
        parse(text, scenario, **files)
    return [(problem.code, problem.path) for problem in caught.value.problems]


def test_a_file_is_read_with_its_catalog() -> None:
    parsed = parse(TOP)
    assert parsed.spec.name == "top"
    assert parsed.catalog.media["light"].recipe["engine"].serves == (8, "lanes")
    assert (parsed.scenario, parsed.scenarios, parsed.warnings) == ("", (), ())


def test_marks_point_into_the_file_that_says_it() -> None:
    marks = parse(TOP).marks
    assert str(marks.find(("links", "up", "medium"))) == "top.yaml:8:69"
    assert str(marks.find(("instances", "box"))) == "top.yaml:6:21"
    assert str(marks.find(("catalog", "media", "light", "recipe", "els"))) == "shipped.yaml:8:7"
    assert marks.line(marks.find(("links",))) == "links:"


def test_an_own_catalog_is_the_last_layer() -> None:
    parsed = parse(TOP + "catalog: {parts: {box: {price_usd: 90}}, media: {light: {interface: dr}}}\n")
    price = parsed.catalog.parts["box"].price_usd
    assert price is not None
    assert price.base == Fraction(90)
    assert parsed.catalog.parts["box"].description == "box"
    assert (parsed.catalog.media["light"].interface, parsed.catalog.media["far"].interface) == ("dr", None)
    assert str(parsed.marks.find(("catalog", "parts", "box", "price_usd"))) == "top.yaml:9:25"


def test_an_empty_section_is_no_section() -> None:
    assert parse(f"{TOP}fabrics:\nexpect:\ncatalog:\nscenarios:\ninclude:\n").spec.fabrics == {}


# Scenarios

SCENARIOS = """\
expect: {links: {up: 8}}
scenarios:
  plain: {}
  empty:
  one:
    about: fewer GPUs, another medium
    instances.gpu: 4
    links.up: {network: scale_out, a: gpu.net, b: box.net, pattern: full_mesh, medium: cable}
    catalog.media.light.recipe.els.serves: 1 engine
    catalog.parts.box.price_usd: null
    expect.links: {up: 4}
    expect.free_ports.box.net: 4
    expect.length.up.max: at most 2 m
  none: {links.up.medium: null, expect: {devices: {gpu: 8}}}
"""


def test_a_scenario_is_path_and_value() -> None:
    parsed = parse(TOP + SCENARIOS, "one")
    assert parsed.spec.instances[0].count == 4
    assert parsed.spec.links["up"].pattern == "full_mesh"
    assert parsed.catalog.media["light"].recipe["els"].serves == (1, "engine")
    assert parsed.catalog.media["far"].recipe["els"].serves == (32, "lanes")
    assert parsed.catalog.parts["box"].price_usd is None


def test_expectations_of_a_scenario_may_be_new() -> None:
    expect = parse(TOP + SCENARIOS, "one").spec.expect
    assert {key: str(value) for key, value in expect.links.items()} == {"up": "4"}
    assert list(expect.free_ports) == ["box.net"]
    assert str(expect.length["up"]["max"]) == "at most 2 m"


def test_a_map_is_replaced_whole_and_null_removes() -> None:
    spec = parse(TOP + SCENARIOS, "none").spec
    assert spec.links["up"].medium is None
    assert (spec.expect.links, list(spec.expect.devices)) == ({}, ["gpu"])


@pytest.mark.parametrize("name", [None, "plain", "empty"])
def test_an_empty_scenario_changes_nothing(name: str | None) -> None:
    parsed = parse(TOP + SCENARIOS, name)
    assert parsed.spec == parse(TOP + SCENARIOS).spec
    assert (parsed.scenario, parsed.scenarios) == (name or "", ("plain", "empty", "one", "none"))


def test_a_value_of_a_scenario_is_marked_at_its_line() -> None:
    parsed = parse(TOP + SCENARIOS, "one")
    assert str(parsed.marks.find(("instances", "gpu"))) == "top.yaml:15:5"
    assert str(parsed.marks.find(("catalog", "media", "light", "recipe", "els", "serves"))) == "top.yaml:17:5"


def test_an_unknown_scenario_is_refused_with_the_names() -> None:
    with pytest.raises(InputError, match=r'E615 .*"two"[\s\S]*available: empty, none, one, plain'):
        parse(TOP + SCENARIOS, "two")
    assert problems(TOP, "two") == [("E615", "")]


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("fabrics.net.tiers", "only the last key"),
        ("catalog.media.ligth.kind", 'did you mean "catalog.media.light.kind"?'),
        ("name.first", ""),
        ("expect.", ""),
        ("links.up.medium.a", '"links.up.medium" is one value or a list'),
    ],
)
def test_a_path_of_a_scenario_exists(path: str, near: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(f"{TOP}scenarios: {{one: {{{path}: 2}}}}\n")
    assert [(problem.code, problem.path) for problem in caught.value.problems] == [("E606", "scenarios.one")]
    assert near in caught.value.problems[0].hint


@pytest.mark.parametrize(
    ("added", "code", "path"),
    [
        ("instances.gpus: 4", "E210", "instances.gpus"),
        ("catalog.parts.box.price_us: 4", "E640", "catalog.parts.box.price_us"),
        ("links.up.mediun: light", "E640", "links.up.mediun"),
        ("layout.default_lenght: 3 m", "E640", "layout.default_lenght"),
        ("devices.gup: {role: gpu}", "E770", "devices.gup"),
        ("policies.best: [{use: light}]", "E770", "policies.best"),
        ("catalog.parts.cord: {price_usd: 3}", "E770", "catalog.parts.cord"),
        ("links.up.pattern: planes", "E771", "links.up.pattern"),
        ("include: [part]", "E772", "scenarios.one"),
        ("claims.one.says: more", "E772", "scenarios.one"),
        ("policies: {}\n    policies.best: [{use: light}]", "E645", "scenarios.one"),
    ],
)
def test_what_a_scenario_adds_is_checked_without_being_chosen(added: str, code: str, path: str) -> None:
    rails = "pattern: rails, rails_by: rack"
    base = TOP.replace("pattern: planes", rails) if "pattern" in added else TOP
    text = f"{base}scenarios:\n  one:\n    {added}\n"
    assert (code, path) in problems(text)
    assert problems(text) == problems(text, "one")


def test_a_wrong_value_of_a_scenario_is_found_when_it_is_chosen() -> None:
    text = TOP + "scenarios: {one: {instances.gpu: few}}\n"
    assert parse(text).scenario == ""
    assert problems(text, "one") == [("E210", "instances.gpu")]


# Includes

PART = """\
topogen: 1
name: part
devices: {gpu: {role: gpu}, nic: {role: nic}}
templates: {tray: {level: tray, contains: {nic: 2}}}
instances: {tray: 9}
catalog: {parts: {box: {price_usd: 7}}, media: {light: {interface: dr}}}
expect: {devices: {nic: 18}}
layout: {rack_pitch: 600 mm}
scenarios: {one: {instances.tray: 3}}
"""


def test_an_include_brings_entries_and_own_ones_replace_them_whole() -> None:
    parsed = parse("include: [part]\n" + TOP, part=PART)
    assert list(parsed.spec.devices) == ["gpu", "nic", "box"]
    assert parsed.spec.devices["gpu"].ports
    assert list(parsed.spec.templates) == ["tray"]
    assert parsed.catalog.media["light"].interface == "dr"
    assert str(parsed.marks.find(("templates", "tray", "level"))) == "part.yaml:4:20"


def test_an_include_never_brings_what_is_built() -> None:
    parsed = parse("include: [part]\n" + TOP, part=PART)
    assert [entry.type for entry in parsed.spec.instances] == ["gpu", "box"]
    assert parsed.spec.layout is None
    assert parsed.spec.expect.devices == {}
    assert parsed.scenarios == ()


def test_an_included_file_may_have_every_key_of_a_file() -> None:
    assert set(TOP_KEYS) == {*TopologySpec.model_fields, "include", "catalog", "scenarios"}


def test_includes_may_include() -> None:
    parsed = parse("include: [a]\n" + TOP, a="include: [part]\nname: a\n", part=PART)
    assert "tray" in parsed.spec.templates


def test_one_file_may_come_by_two_ways() -> None:
    parsed = parse("include: [a, b]\n" + TOP, a="include: [part]\n", b="include: [part]\n", part=PART)
    assert "tray" in parsed.spec.templates


def test_two_includes_do_not_bring_one_name() -> None:
    other = "devices: {nic: {role: nic}}\n"
    assert problems("include: [part, other]\n" + TOP, part=PART, other=other) == [
        ("E616", "include.devices.nic")
    ]


def test_a_file_does_not_include_itself() -> None:
    assert problems("include: [a]\n" + TOP, a="include: [b]\n", b="include: [a]\n") == [("E604", "include")]


def test_what_a_file_lays_between_wins_over_its_include() -> None:
    parsed = parse("include: [part]\n" + TOP + "catalog: {parts: {box: {price_usd: 8}}}\n", part=PART)
    price = parsed.catalog.parts["box"].price_usd
    assert price is not None
    assert price.base == 8


def test_includes_that_multiply_are_stopped() -> None:
    files = {f"f{i}": f"include: [f{i + 1}, f{i + 1}]\n" for i in range(40)}
    assert ("E604", "include") in problems("include: [f0]\n" + TOP, **files, f40="name: end\n")


@pytest.mark.parametrize(
    "name", ["../a", "a/../../b", "/a", "~/a", "C:/a", "file:///a", "'a\\b'", "'\\\\host\\a'"]
)
def test_an_include_stays_in_the_folder(name: str) -> None:
    assert problems(f"include: [{name}]\n{TOP}") == [("E605", "include")]


# References and the whole


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("medium: light", "medium: lite", ("E507", "links.up.medium")),
        ("part: box", "part: bux", ("E501", "devices.box.part")),
        ("gpu: 8", "gpus: 8", ("E210", "instances.gpus")),
        ("links:", "templates: {box: {level: tray}}\nlinks:", ("E601", "templates.box")),
        ("links:", "templates: {t: {level: tray, contains: {t: 1}}}\nlinks:", ("E211", "templates.t")),
        ("links:", "expect: {parts: {bux: 1}}\nlinks:", ("E501", "expect.parts.bux")),
    ],
)
def test_what_is_named_is_there(old: str, new: str, expected: tuple[str, str]) -> None:
    assert problems(TOP.replace(old, new)) == [expected]


def test_problems_stand_in_reading_order() -> None:
    text = TOP.replace("role: gpu", "role: gpus").replace("medium: light", "medium: [x]") + "nomes: x\n"
    found = problems(text + "catalog: {parts: {box: {power_w: much}}}\n")
    assert [code for code, _ in found] == ["E643", "E642", "E640", "E107"]


@pytest.mark.parametrize("name", sorted(LANGUAGE.keys() - {"catalog"}))
def test_every_file_of_the_language_is_built(name: str) -> None:
    missing_here = {"E501", "E507", "E606", "E641", "E210"}  # the small catalog of these tests
    try:
        parse(LANGUAGE[name], **LANGUAGE)
        found = set()
    except InputError as error:
        found = {problem.code for problem in error.problems}
    assert found <= missing_here


def test_circles_are_found_once_and_without_recursion() -> None:
    chain = {str(i): [str(i + 1)] for i in range(5_000)}
    assert loops(chain) == []
    assert loops({**chain, "5000": ["4999"]}) == [("4999", "5000", "4999")]


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=150)
@given(st.data())
def test_no_change_of_a_file_breaks_the_reader(data: st.DataObject) -> None:
    text = LANGUAGE[data.draw(st.sampled_from(sorted(LANGUAGE)))]
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 30)))
    put = data.draw(st.text(alphabet="ab01 :[]{},.-/\n%~\"'*&", max_size=12))
    try:
        parse(text[:start] + put + text[end:], **LANGUAGE)
    except InputError as error:
        assert str(error)  # noqa: PT017  (either way is fine, but never another error)


def test_a_flood_of_mistakes_is_cut_short() -> None:
    found = problems(TOP + "quoted: {" + ", ".join(f"k{i}: 1" for i in range(5_000)) + "}\n")
    assert len(found) == 101
    assert found.count(("E648", "")) == 1


def test_what_a_file_says_cannot_command_a_terminal() -> None:
    with pytest.raises(InputError) as caught:
        parse(TOP.replace("name: top", 'name: "\\e[2J"'))
    assert "\x1b" not in str(caught.value)
    assert "?[2J" in str(caught.value)
