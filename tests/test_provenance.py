"""Source, date and confidence travel with the value that they came with, through every layer."""

from __future__ import annotations

from dataclasses import astuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers_fabric import fabric_of
from topogen.catalog.pricing import market_basis
from topogen.errors import InputError
from topogen.language.yaml_tree import Source
from topogen.load.parse import merge_topology, parse_catalog, parse_merged

SHIPPED = """
parts:
  engine:
    is: an engine
    price_usd: [1, 2, 3]
    power_w: {value: 7, source: sheet, confidence: official}
    source: book
    as_of: 2026-01
    confidence: analyst
    basis: cost
  chip: {is: a chip, die: {wafer: w, good_per_wafer: 10}, source: book, as_of: 2026-01}
wafers: {w: {price_usd: 100}}
"""
BOOK = ("book", "2026-01", "analyst")
SHEET = ("sheet", "2026-01", "official")
NOTHING = (None, None, None)


def said(overlay: str, key: str = "price_usd", part: str = "engine") -> tuple[object, ...]:
    """Return what is said of a value after an overlay over the shipped catalog of this file."""
    layers = [[Source("shipped.yaml", SHIPPED)], [Source("own.yaml", f"parts: {{{overlay}}}")]]
    return astuple(parse_catalog(layers).parts[part].says(key))[:3]


@pytest.mark.parametrize(
    ("overlay", "expected"),
    [
        ("engine: {price_usd: 5}", NOTHING),
        ("engine: {price_usd: {value: 5}}", NOTHING),
        ("engine: {price_usd: 5, source: quote}", ("quote", None, None)),
        ("engine: {price_usd: {value: 5, source: quote, confidence: list}}", ("quote", None, "list")),
        ("engine: {price_usd: 5, source: quote, confidence: list}", ("quote", None, "list")),
        ("engine: {source: quote}", BOOK),
        ("engine: {confidence: official}", BOOK),
        ("engine: {power_w: 9}", BOOK),
        ("other: {like: engine}", BOOK),
    ],
)
def test_a_price_has_the_source_of_its_own_layer(overlay: str, expected: tuple[object, ...]) -> None:
    assert said(overlay) == expected


@pytest.mark.parametrize(
    ("overlay", "expected"),
    [("engine: {price_usd: 5, source: quote}", SHEET), ("engine: {power_w: 9}", NOTHING)],
)
def test_the_other_values_keep_theirs(overlay: str, expected: tuple[object, ...]) -> None:
    assert said(overlay, "power_w") == expected


def test_an_entry_like_a_shipped_one_does_not_dress_its_own_price_in_that_source() -> None:
    assert said("mine: {like: engine, price_usd: 5}", part="mine") == NOTHING
    assert said("mine: {like: engine, source: quote}", part="mine") == BOOK


def test_the_price_of_another_die_is_not_the_claim_of_the_shipped_one() -> None:
    assert said("chip: {die: {good_per_wafer: 20}}", part="chip") == NOTHING
    assert said("chip: {die: {good_per_wafer: 20}, source: ours}", part="chip") == ("ours", None, None)


def test_low_and_high_may_have_their_own_source() -> None:
    ends = "low: {source: minutes, confidence: analyst}, high: {source: shop, as_of: 2026-09}"
    price = f"{{value: [1, 2, 3], {ends}}}"
    overlay = f"engine: {{price_usd: {price}, source: quote, as_of: 2026-11}}"
    assert said(overlay) == ("quote", "2026-11", None)
    assert said(overlay, "price_usd.low") == ("minutes", "2026-11", "analyst")
    assert said(overlay, "price_usd.high") == ("shop", "2026-09", None)
    assert said("engine: {price_usd: 4}", "price_usd.low") == NOTHING


@pytest.mark.parametrize(
    ("overlay", "expected"),
    [
        ("engine: {price_usd: 5}", None),
        ("engine: {price_usd: 5, basis: list}", "list"),
        ("engine: {price_usd: {value: 5, basis: asp}, basis: list}", "asp"),
        ("engine: {basis: list}", "cost"),
    ],
)
def test_the_basis_of_a_price_travels_with_it(overlay: str, expected: str | None) -> None:
    layers = [[Source("shipped.yaml", SHIPPED)], [Source("own.yaml", f"parts: {{{overlay}}}")]]
    catalog = parse_catalog(layers)
    assert market_basis(catalog, catalog.parts["engine"]) == expected


def test_only_a_price_has_a_basis() -> None:
    with pytest.raises(InputError, match="basis"):
        said("engine: {power_w: {value: 4, basis: list}}")


VALUES = st.fixed_dictionaries(
    {},
    optional={
        name: st.sampled_from(["3", "{value: 3}", "{value: 3, source: here}"])
        for name in ("price_usd", "power_w")
    }
    | {"source": st.just("layer"), "as_of": st.just("2026-11"), "confidence": st.just("list")},
)


@given(st.lists(VALUES, min_size=1, max_size=3))
def test_no_value_ever_wears_the_source_of_another_layer(layers: list[dict[str, str]]) -> None:
    files = [[Source("shipped.yaml", SHIPPED)]]
    expected = {"price_usd": ("book", "2026-01", "analyst"), "power_w": ("sheet", "2026-01", "official")}
    for number, layer in enumerate(layers):
        own = {key: text.replace("layer", f"layer{number}") for key, text in layer.items()}
        files.append(
            [
                Source(
                    f"{number}.yaml",
                    f"parts: {{engine: {{{', '.join(f'{k}: {v}' for k, v in own.items())}}}}}",
                )
            ]
        )
        for key in expected.keys() & own.keys():
            source = "here" if "here" in own[key] else own.get("source")
            expected[key] = (source, own.get("as_of"), own.get("confidence"))  # type: ignore[assignment]
    engine = parse_catalog(files).parts["engine"]
    assert {key: astuple(engine.says(key))[:3] for key in expected} == expected


SCENARIOS = """
devices: {gpu: {role: gpu}}
instances: {g: gpu}
scenarios:
  dear: {catalog.parts.engine.price_usd: 9}
  quoted: {catalog.parts.engine.price_usd: 9, catalog.parts.engine.source: quote}
  renamed: {catalog.parts.engine.source: quote}
"""


@pytest.mark.parametrize(
    ("scenario", "expected"),
    [("dear", NOTHING), ("quoted", ("quote", None, None)), ("renamed", BOOK)],
)
def test_a_price_of_a_scenario_has_its_source(scenario: str, expected: tuple[object, ...]) -> None:
    catalog = fabric_of(SCENARIOS, catalog=SHIPPED, scenario=scenario).catalog
    assert astuple(catalog.parts["engine"].says("price_usd"))[:3] == expected


def test_a_swept_price_has_no_source() -> None:
    head = Source("top.yaml", f"topogen: 1\nname: small{SCENARIOS}")
    merged = merge_topology(head, layers=[[Source("shipped.yaml", SHIPPED)]], load=lambda _, by: by)
    swept = parse_merged(merged, [("catalog.parts.engine.price_usd", "5")]).catalog.parts["engine"]
    assert astuple(swept.says("price_usd")) == (*NOTHING, None)
    assert swept.says("power_w").source == "sheet"
