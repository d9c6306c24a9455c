"""Every equation that is shown holds, every count is the one in the tables, and the texts read as agreed."""

from __future__ import annotations

import os
import re
from fractions import Fraction
from functools import cache
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from topogen.build.stages import build
from topogen.errors import InputError
from topogen.explain import Explanation, explain, explainable, to_text
from topogen.language.yaml_tree import Source
from topogen.load.parse import parse_topology
from topogen.takeoff.derivation import evaluate
from topogen.takeoff.link_ends import free_rows, lane_rows
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp

ROOT = Path(__file__).resolve().parents[1]
GOLDENS = Path(__file__).parent / "explain"
WIDTH = 100

FABRICS = [
    ("gb200-nvl72", None),
    ("gb300-nvl72-row", None),
    ("gb300-nvl72-row", "pluggable"),
    ("gb300-nvl72-row", "cpo"),
    ("q3450-cpo-switch", None),
    ("rubin-ultra-cpo-648", None),
    ("rubin-ultra-cpo-648", "els-1-per-engine"),
    ("rubin-ultra-cpo-648", "canister-mesh"),
    ("nvl72-spread-2-racks", None),
    ("nvl72-spread-4-racks", None),
    ("nvl72-optical", "source-30w"),
    ("nvl72-vcsel", None),
    ("vr-nvl72", None),
    ("kyber-nvl144", None),
    ("rubin-ultra-nvl576", None),
    ("sn6800-cpo-switch", None),
    ("odd", None),
    ("odd", "far"),
]

SHOWN = [
    ("q3450-cpo-switch", None, "pic_coupe"),
    ("article-three-vendors", "mature-yield", "tower"),
    ("gb200-nvl72", None, "nvlink_cartridge"),
    ("gb200-nvl72", None, "nvl"),
    ("rubin-ultra-cpo-648", None, "engine_3t2"),
    ("rubin-ultra-cpo-648", None, "els8"),
    ("rubin-ultra-cpo-648", "els-1-per-engine", "els8"),
    ("rubin-ultra-cpo-648", None, "lasers"),
    ("gb300-nvl72-row", None, "osfp_1t6_2xdr4"),
    ("gb300-nvl72-row", None, "mpo12_cord"),
    ("gb300-nvl72-row", "cpo", "lumentum"),
    ("q3450-cpo-switch", None, "els8"),
    ("q3450-cpo-switch", None, "cost_usd"),
    ("odd", None, "cost_usd"),
    ("odd", None, "engine"),
    ("odd", None, "meshed"),
]


@cache
def built(name: str, scenario: str | None) -> tuple[Fabric, RollUp]:
    folder = GOLDENS if name == "odd" else ROOT / "topologies"
    shipped = [
        Source(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
        for path in sorted((ROOT / "bom_catalog").rglob("*.yaml"))
    ]

    def load(wanted: str, _: Source) -> Source:
        return Source(f"{wanted}.yaml", (ROOT / "topologies" / f"{wanted}.yaml").read_text(encoding="utf-8"))

    text = (folder / f"{name}.yaml").read_text(encoding="utf-8")
    fabric = build(
        parse_topology(Source(f"{name}.yaml", text), layers=[shipped], load=load, scenario=scenario)
    )
    return fabric, roll_up(fabric)


@cache
def explained(name: str, scenario: str | None) -> tuple[Explanation, ...]:
    fabric, rollup = built(name, scenario)
    return tuple(explain(fabric, rollup, what) for what in explainable(fabric, rollup))


# What an equation is: numbers and + - x / ceil, words are units


TOKEN = re.compile(
    r"(?P<number>\d[\d,]*(?:\.\d+)?(?:/\d[\d,]*)?%?)|(?P<word>[A-Za-z_]\w*(?:[/.-]\w+)*)|(?P<sign>[-+/()])|(?P<space>\s+)"
)


class Side:
    """One side of an equation, read from left to right."""

    def __init__(self, text: str) -> None:
        bare = re.sub(r"\([A-Za-z_][\w/ .-]*\)", "", text)
        found, at = [], 0
        while at < len(bare):
            token = TOKEN.match(bare, at)
            assert token, f"{bare[at:]!r} in {text!r}"
            found.append((token.lastgroup, token[0]))
            at = token.end()
        units = ("space", "word")
        self.tokens = [token for kind, token in found if kind not in units or token in ("x", "ceil")]
        self.at = 0

    def next(self) -> str:
        """Return the token that comes next."""
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self) -> str:
        """Return the next token and go on."""
        self.at += 1
        return self.tokens[self.at - 1]

    def value(self) -> Fraction:
        """Return what the side comes to."""
        total = self.sum()
        assert self.at == len(self.tokens), self.tokens
        return total

    def sum(self) -> Fraction:
        """Return products, added up."""
        total = self.product()
        while self.next() in ("+", "-"):
            total = total + self.product() if self.take() == "+" else total - self.product()
        return total

    def product(self) -> Fraction:
        """Return factors, multiplied."""
        total = self.factor()
        while self.next() in ("x", "/"):
            total = total * self.factor() if self.take() == "x" else total / self.factor()
        return total

    def factor(self) -> Fraction:
        """Return a number, a bracket, or a ceiling."""
        word = self.take()
        if word == "ceil":
            return Fraction(ceil(self.factor()))
        if word == "(":
            inner = self.sum()
            assert self.take() == ")"
            return inner
        return number(word)


def number(text: str) -> Fraction:
    if text.endswith("%"):
        return number(text[:-1]) / 100
    return Fraction(text.replace(",", ""))


def prove(equation: str) -> int:
    """Return how many equations a text holds; each of them must hold itself."""
    proved = 0
    for clause in re.sub(r"^[^=;]*?: ", "", equation).split(";"):
        sides = [Side(side).value() for side in clause.split(" = ")] if " = " in clause else []
        assert len(set(sides)) <= 1, f"{clause}: {sides}"
        proved += bool(sides)
    return proved


def test_the_reader_of_equations_sees_a_wrong_one() -> None:
    assert (
        prove("els8: 1 ultra x ceil(10,368 lanes / 32 lanes per els8) = 324 els8 (scale_up); 1/3 x 30% = 0.1")
        == 2
    )
    with pytest.raises(AssertionError):
        prove("24 switch_tray x ceil(432 lanes / 16 lanes) = 24 x 27 = 649 engine_3t2")


# Every system, every scenario, every name


@pytest.mark.parametrize(("name", "scenario"), FABRICS)
def test_every_equation_holds(name: str, scenario: str | None) -> None:
    for explanation in explained(name, scenario):
        for step in explanation.steps:
            assert not step.formula or prove(step.formula), step
        for equation in explanation.equations:
            assert prove(equation) or ": 0, " in equation, equation


@pytest.mark.parametrize(("name", "scenario"), FABRICS)
def test_no_equation_hides_in_a_sentence_and_no_line_is_wide(name: str, scenario: str | None) -> None:
    for explanation in explained(name, scenario):
        for step in explanation.steps:
            assert " = " not in step.text
        lines = to_text(explanation).splitlines()
        assert max(map(len, lines)) <= WIDTH
        assert lines == [line.rstrip() for line in lines]


@pytest.mark.parametrize(("name", "scenario"), FABRICS)
def test_counts_are_those_of_the_tables(name: str, scenario: str | None) -> None:
    fabric, rollup = built(name, scenario)
    bought = {
        part: sum(line.qty for line in rollup.lines if line.part == part)
        for part in {line.part for line in rollup.lines}
    }
    for part in {*bought, *rollup.content}:
        count = bought.get(part, 0) + rollup.content.get(part, Fraction(0))
        assert last_number(explain(fabric, rollup, part)) == count
    for link in fabric.links:
        assert last_number(explain(fabric, rollup, link.name)) == link.count
    for total in (
        "gpus",
        "links",
        "engines_active",
        "engines_fitted",
        "els",
        "lasers",
        "fibres",
        "laser_fibres",
    ):
        assert last_number(explain(fabric, rollup, total)) == getattr(rollup.totals, total)


@pytest.mark.parametrize(("name", "scenario"), FABRICS)
def test_what_is_pasted_ends_in_the_number_of_the_title(name: str, scenario: str | None) -> None:
    fabric, rollup = built(name, scenario)
    names = {name for group in fabric.groups for name in (group.label, group.type.name)}
    names |= {place.template for place in fabric.places} | {link.name for link in fabric.links}
    for what in names - set(rollup.content):
        found = explain(fabric, rollup, what)
        assert Side(found.equations[0].rpartition(" = ")[2]).value() == last_number(found), what


def last_number(explanation: Explanation) -> Fraction:
    return number(explanation.title.rpartition(": ")[2].split()[0])


@pytest.mark.parametrize(("name", "scenario"), FABRICS)
def test_money_is_that_of_the_tables(name: str, scenario: str | None) -> None:
    fabric, rollup = built(name, scenario)
    for total in ("cost_usd", "network_device_usd", "power_w"):
        ends = getattr(rollup.totals, total)
        found = re.findall(
            r"[\d,./]+(?=[ )])", explain(fabric, rollup, total).title.rpartition(": ")[2] + " "
        )
        assert [number(text) for text in found[:1]] == [ends.base]
        assert number(found[1]) == ends.low
        assert number(found[2]) == ends.high
    for vendor in {row.vendor for row in rollup.vendors}:
        for view in ("procurement", "content"):
            rows = [
                row.value.base
                for row in rollup.vendors
                if (row.vendor, row.view) == (vendor, view) and row.value
            ]
            title = explain(fabric, rollup, vendor).title
            assert number(re.findall(rf"{view} ([\d,./]+) USD", title)[0]) == sum(rows)


@pytest.mark.parametrize(("name", "scenario"), FABRICS)
def test_lanes_of_links_are_the_lanes_that_pools_serve(name: str, scenario: str | None) -> None:
    fabric, rollup = built(name, scenario)
    for row in rollup.quantities:
        if row.per == "pool" and row.unit == "lane":
            medium = fabric.catalog.media[row.medium]
            free = medium.recipe[row.line].demand == "all_ports"
            lanes = sum((evaluate(one.value) for one in lane_rows(fabric, medium, row.network)), Fraction(0))
            lanes += sum(evaluate(one.value) for one in free_rows(fabric, medium, row.network) if free)
            assert lanes == sum(one.demand * one.scopes for one in row.classes)


@pytest.mark.parametrize(("name", "scenario"), FABRICS)
def test_rules_and_values_are_written_where_it_says(name: str, scenario: str | None) -> None:
    fabric, _ = built(name, scenario)
    for explanation in explained(name, scenario):
        for origin in explanation.sources:
            file, _, line = origin.at.rpartition(":")
            words = origin.path.split(".")
            assert any(
                word.partition("[")[0] in fabric.marks.texts[file][int(line) - 1] for word in words[-2:]
            )


# Names


def test_spaces_do_not_matter_and_a_part_may_be_narrowed() -> None:
    fabric, rollup = built("rubin-ultra-cpo-648", None)
    assert last_number(explain(fabric, rollup, " els8  in scale_up ")) == 324
    assert last_number(explain(fabric, rollup, "uhp_laser in scale_out")) == 576


@pytest.mark.parametrize(
    ("what", "hint"),
    [
        ("els9", 'did you mean "els" or "els8"?'),
        ("els8 in storage", "counted here: els8 in scale_up, els8 in scale_out"),
        ("osfp_1t6_2xdr4", "nothing here uses it"),
        ("compute", 'did you mean "compute_tray"?'),
        ("zebra", "available: "),
    ],
)
def test_unknown_names_are_refused_with_the_nearest(what: str, hint: str) -> None:
    fabric, rollup = built("rubin-ultra-cpo-648", None)
    with pytest.raises(InputError) as caught:
        explain(fabric, rollup, what)
    assert caught.value.problems[0].code == "E650"
    assert hint in str(caught.value)


# Texts


@pytest.mark.parametrize(("name", "scenario", "what"), SHOWN)
def test_text(name: str, scenario: str | None, what: str) -> None:
    fabric, rollup = built(name, scenario)
    # A comment added to a catalog file moves every line below it: where lines really are is tested above.
    text = re.sub(r"(?<=\.yaml:)\d+", "#", to_text(explain(fabric, rollup, what)))
    golden = GOLDENS / f"{'.'.join(word for word in (name, scenario, what) if word).replace('/', '_')}.txt"
    if os.environ.get("TOPOGEN_REWRITE") == "1":
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")
