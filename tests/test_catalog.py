"""Parts, media and layers of catalogs."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from topogen.catalog.model import Catalog, Provenance
from topogen.catalog.spec import MediumEntry, PartEntry
from topogen.errors import InputError, Problems
from topogen.language.overlay import empty_catalog, join_files, merge_catalogs
from topogen.language.validate import validate
from topogen.language.yaml_tree import Source, child, read_tree, walk
from topogen.load.parse import parse_catalog
from topogen.units import Triple

TEXT = (Path(__file__).parent / "language" / "catalog.yaml").read_text(encoding="utf-8")
# Parts and media that the language's own example names without listing.
MODULES = ("osfp_1t6_2xdr4", "osfp_400g_dr4", "osfp_800g_dr4")
REST = ("dac_400g", "eic", "fau", "mpo12_mmf_cord", "mpo12_panel", "pm_jumper")
STUBS = "parts:\n" + "".join(f"  {name}: {{is: {name}}}\n" for name in (*MODULES, *REST))


def catalog(*layers: str) -> Catalog:
    """Return the catalog of texts, each a layer."""
    return parse_catalog([[Source(f"layer{i}.yaml", text)] for i, text in enumerate(layers)])


def codes(*layers: str) -> list[str]:
    """Return the codes of what is wrong with such a catalog."""
    with pytest.raises(InputError) as caught:
        catalog(*layers)
    return [problem.code for problem in caught.value.problems]


@pytest.fixture(scope="module")
def language() -> Catalog:
    """Return the catalog of the language's own text."""
    return catalog(STUBS, TEXT)


def test_every_entry_of_the_language_has_a_valid_shape() -> None:
    problems = Problems()
    tree = read_tree(Source("catalog.yaml", TEXT), problems)
    assert tree is not None
    laid = merge_catalogs(empty_catalog(), join_files([tree], problems), problems)
    for section, model in (("parts", PartEntry), ("media", MediumEntry)):
        entries = child(laid, section)
        assert entries is not None
        for (name, *rest), entry in walk(entries):
            assert rest or validate(model, entry, (section, name), problems) is not None
    assert not problems.found


def test_the_catalog_of_the_language_is_read(language: Catalog) -> None:
    assert language.parts["uhp_laser"].price_usd == Triple(Fraction(32), Fraction("32.5"), Fraction(35))
    assert language.parts["els8"].alternates == {
        "els8_maker": Fraction(1, 4),
        "els8_bought_chips": Fraction(3, 4),
    }
    assert language.parts["dac_800g"].lengths_mm == (500, 1_000, 1_500, 2_000)
    assert language.media["dac"].reach_mm == {50_000: 3_000, 100_000: 2_000, 200_000: 1_000}
    assert language.media["pcb"].reach_mm is None
    assert language.media["vcsel_cpo"].lane_rate == 100_000
    assert language.sources["article"] == "founding article (early 2026)"


def test_a_recipe_is_read(language: Catalog) -> None:
    recipe = language.media["cpo_siph_3t2"].recipe
    engine, els = recipe["engine"], recipe["els"]
    assert (engine.serves, engine.round_per, engine.buildable_per) == ((16, "lanes"), "device", "device")
    assert (els.per, els.qty, els.spare, els.demand) == ("pool", 1, 0, "linked")
    assert language.media["dr"].recipe["module"].part == {
        (1, 4, 100_000): "osfp_400g_dr4",
        (2, 4, 100_000): "osfp_800g_2xdr4",
        (1, 4, 200_000): "osfp_800g_dr4",
        (2, 4, 200_000): "osfp_1t6_2xdr4",
        (4, 2, 200_000): "osfp_1t6_2xdr4",
    }


def test_a_die_costs_its_share_of_the_wafer(language: Catalog) -> None:
    assert language.parts["pic_tx"].price_usd == Triple(None, Fraction(28), None)
    die = language.parts["pic_tx"].die
    assert die is not None
    assert (die.wafer, die.good_per_wafer, die.usable_mm2) == ("siph_200mm", 250, Fraction(31_000))


def test_a_derived_price_is_exact() -> None:
    text = "wafers: {w: {price_usd: 7000}}\nparts: {a: {is: a, die: {wafer: w, good_per_wafer: 160}}}"
    assert catalog(text).parts["a"].price_usd == Triple(None, Fraction("43.75"), None)


def test_one_value_may_have_its_own_source() -> None:
    power = "{value: [1, 2, 3], source: b, confidence: list}"
    part = catalog(f"parts: {{a: {{is: a, power_w: {power}, source: c, as_of: 2026-11}}}}").parts["a"]
    assert part.provenance == {"power_w": Provenance("b", "2026-11", "list")}
    assert part.says("power_w").source == "b"
    assert part.says("price_usd") == Provenance("c", "2026-11", None)


# like and layers


def test_like_copies_and_own_keys_merge_at_any_depth(language: Catalog) -> None:
    near, far = language.media["cpo_siph_3t2"], language.media["cpo_siph_1t6"]
    assert (far.kind, far.interface, far.reach_mm) == (near.kind, near.interface, near.reach_mm)
    assert (far.recipe["engine"].part, far.recipe["engine"].serves) == ("engine_1t6", (8, "lanes"))
    assert far.recipe["els"].part == near.recipe["els"].part
    assert far.recipe["cord"] == near.recipe["cord"]


def test_null_removes_what_like_copied(language: Catalog) -> None:
    assert language.parts["els8_maker"].made_by == {"lumentum": 1}
    assert language.parts["els8_bought_chips"].made_by == {}


def test_a_later_overlay_changes_only_the_entry_it_names() -> None:
    laid = catalog(STUBS, TEXT, "media: {cpo_siph_3t2: {recipe: {engine: {round_per: tray}}}}")
    assert laid.media["cpo_siph_3t2"].recipe["engine"].round_per == "tray"
    assert laid.media["cpo_siph_1t6"].recipe["engine"].round_per == "device"


def test_like_sees_what_its_own_layer_says_of_the_target() -> None:
    base = "media: {a: {kind: copper, interface: x}}"
    over = "media: {b: {like: a}, a: {interface: y}}"
    assert catalog(base, over).media["b"].interface == "y"


def test_like_may_be_chained_in_any_order() -> None:
    text = "media: {c: {like: b, interface: z}, b: {like: a, lane_rate: 50 Gb/s}, a: {kind: copper}}"
    medium = catalog(text).media["c"]
    assert (medium.kind, medium.lane_rate, medium.interface) == ("copper", 50_000, "z")


def test_a_chain_of_a_thousand_is_no_matter() -> None:
    rows = [f"  m{i}: {{like: m{i + 1}}}\n" for i in range(1_000)]
    text = "media:\n" + "".join(rows) + "  m1000: {kind: board}\n"
    assert catalog(text).media["m0"].kind == "board"


def test_like_starts_an_entry_anew() -> None:
    base = "media: {a: {kind: copper}, b: {kind: optical, interface: x}}"
    assert catalog(base, "media: {b: {like: a}}").media["b"].interface is None


def test_null_removes_an_entry_and_a_value() -> None:
    base = "parts: {a: {is: a, price_usd: 3}, b: {is: b}}"
    laid = catalog(base, "parts: {a: {price_usd: ~}, b: ~}")
    assert laid.parts.keys() == {"a"}
    assert laid.parts["a"].price_usd is None


def test_a_bandwidth_is_by_network_and_may_have_a_source_of_its_own() -> None:
    text = (
        "parts: {a: {is: a, source: one, bandwidth: {scale_up: 1.8 TB/s bidir,"
        " scale_out: {value: 800 Gb/s per_dir, source: other}}}}"
    )
    part = catalog(text).parts["a"]
    assert part.bandwidth == {"scale_up": 7_200_000, "scale_out": 800_000}
    assert part.says("bandwidth.scale_up").source == "one"
    assert part.says("bandwidth.scale_out").source == "other"
    assert catalog(text, "parts: {a: {bandwidth: ~}}").parts["a"].bandwidth == {}


def test_a_layer_may_be_many_files() -> None:
    files = [
        Source("a.yaml", "parts: {a: {is: a, contains: {b: 2}}}"),
        Source("b.yaml", "parts: {b: {is: b}}"),
    ]
    assert parse_catalog([files]).parts["a"].contains == {"b": 2}


def test_two_files_of_a_layer_do_not_define_one_name() -> None:
    files = [Source("a.yaml", "parts: {a: {is: a}}"), Source("b.yaml", "parts: {a: {is: b}}")]
    with pytest.raises(InputError, match=r"E601 b\.yaml:1:9"):
        parse_catalog([files])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("parts: {a: {is: a, contains: {b: 1}}}", "E501"),
        ("parts: {a: {is: a, alternates: {b: 25%}}}", "E501"),
        ("media: {m: {kind: copper, recipe: {c: {part: b, per: link}}}}", "E501"),
        ("media: {m: {kind: copper, recipe: {c: {part: {1 x 2 x 50 Gb/s: b}, per: link}}}}", "E501"),
        ("parts: {a: {is: a, made_by: {x: 60%, y: 50%}}}", "E508"),
        ("parts: {a: {is: a, candidates: [x, y, x]}}", "E601"),
        ("parts: {a: {is: a, candidates: [Acme Inc]}}", "E644"),
        ("parts: {a: {is: a, contains: {a: 1}}}", "E509"),
        ("parts: {a: {is: a, alternates: {b: 1/2}}, b: {is: b, contains: {a: 1}}}", "E509"),
        ("parts: {a: {like: b}}", "E510"),
        ("parts: {a: {like: a}}", "E511"),
        ("parts: {a: {is: a, die: {wafer: w, good_per_wafer: 3}}}", "E513"),
        ("parts: {a: {is: a, die: {wafer: w}}}", "E641"),
        ("parts: {a: {layer: x}}", "E641"),
        ("parts: {a: {is: a, price_eur: 3}}", "E504"),
        ("parts: {a: {is: a, bandwidth: {scale_up: 1.8 TB/s}}}", "E101"),
        ("parts: {a: {is: a, bandwidth: {nvlink: 1.8 TB/s bidir}}}", "E643"),
        ("parts: {a: {is: a, price_usd: {value: 1, low: 3}}}", "E642"),
        ("parts: {a: {is: a, price_usd: {value: 1, lowest: 3}}}", "E640"),
        ("parts: {a: {is: a, confidence: rumour}}", "E643"),
        ("parts: {A: {is: a}}", "E644"),
        ("parts: {a: {is: a, margin: 0.6}}", "E112"),
        ("parts: {a: 3}", "E642"),
        ("parts: [a]", "E642"),
        ("sources: {a: [b]}", "E642"),
        ("pieces: {}", "E640"),
        ("media: {m: {kind: copper, reach_m: 5}}", "E642"),
        ("media: {m: {kind: copper, reach_m: {fast: 5}}}", "E107"),
        ("media: {m: {kind: copper, reach_m: {50 Gb/s: 5 m}}}", "E105"),
        ("media: {m: {kind: glass}}", "E643"),
        ("media: {m: {kind: optical, energy_pj_per_bit: {lazer: 1}}}", "E643"),
        ("media: {m: {kind: board, field_installed: no}}", "E603"),
        ("parts: {a: {is: a}}\nmedia: {m: {kind: board, recipe: {c: {part: a, per: pool}}}}", "E641"),
        (
            "parts: {a: {is: a}}\nmedia: {m: {kind: board, recipe: {c: {part: a, per: end, spare: 1}}}}",
            "E645",
        ),
        (
            "parts: {a: {is: a}}\nmedia: {m: {kind: board, recipe: {c: {part: a, per: pool, serves: 1 c}}}}",
            "E512",
        ),
    ],
)
def test_wrong_entries_have_their_code(text: str, code: str) -> None:
    assert set(codes(text)) == {code}


def test_all_mistakes_of_all_layers_come_together() -> None:
    found = codes("parts: {a: {is: a, contains: {b: 1}}}", "media: {m: {kind: glass}}\nwafer: {}")
    assert sorted(found) == ["E501", "E640", "E643"]
