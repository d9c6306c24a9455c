"""``topogen catalog``: what is in it, what is known of one entry, whether a folder can be laid over it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from topogen.cli import group
from topogen.cli.catalog_command import read_catalog

if TYPE_CHECKING:
    from pathlib import Path


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(group, ["catalog", *(str(word) for word in words)], prog_name="topogen")


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """Return a folder that changes a price and adds a part."""
    (tmp_path / "prices.yaml").write_text(
        "parts:\n  els8_maker: {price_usd: [1, 2, 3]}\n"
        "  lamp: {is: a lamp, layer: light, contains: {uhp_laser: 2}}\n"
    )
    return tmp_path


def test_list_names_every_part_and_medium() -> None:
    catalog, output = read_catalog(()), run("list").output
    assert all(name in output for name in (*catalog.parts, *catalog.media))


def test_list_is_filtered_by_a_word_of_id_description_or_layer() -> None:
    output = run("list", "LASER").output
    assert "uhp_laser" in output
    assert "els8 " in output  # "external light source"
    assert "nvlink_cartridge" not in output
    assert "Media" not in output


def test_list_says_when_nothing_holds_the_word() -> None:
    result = run("list", "zzz")
    assert result.exit_code == 0
    assert 'Nothing in the catalog contains "zzz".' in result.output


@pytest.mark.parametrize("name", [*read_catalog(()).parts, *read_catalog(()).media][::12])
def test_every_entry_can_be_shown(name: str) -> None:
    result = run("show", name)
    assert result.exit_code == 0, result.output
    assert result.output.startswith(f"{name}\n")
    assert "used by" in result.output


def test_show_says_contents_makers_sources_and_users() -> None:
    output = run("show", "els8_maker").output
    for words in ("650 (350 to 700) USD", "8 uhp_laser", "100% lumentum", "The Infinite TAM", "article"):
        assert words in output
    assert "rubin-ultra-cpo-648" in output


def test_show_says_the_bandwidth_and_who_says_so() -> None:
    output = run("show", "b200").output
    assert "7.2 Tb/s each way, all ports of scale_up" in output
    assert "bandwidth.scale_up NVIDIA's GB200 NVL72 figures" in output


def test_show_says_how_thick_and_how_heavy_a_part_is(tmp_path: Path) -> None:
    text = "parts: {dac_800g_splitter: {weight_kg: 0.31}}\n"
    (tmp_path / "terms.yaml").write_text(text, encoding="utf-8")
    output = " ".join(run("show", "dac_800g_splitter", "-c", tmp_path).output.split())
    sizes = "diameter 9.43 mm", "weight 0.31 kg per piece", "weight per m 0.045 kg per m"
    for words in (*sizes, "diameter_mm NVIDIA DGX SuperPOD", "weight_kg_per_m NVIDIA DGX SuperPOD"):
        assert words in output


def test_show_says_how_a_price_came_about() -> None:
    assert "the mean of its alternates" in run("show", "els8").output
    assert "250 good dies" in run("show", "pic_tx").output
    assert "unknown (a gap" in run("show", "nvlink_pair").output


def test_show_says_what_a_claim_of_good_dies_implies() -> None:
    output = run("show", "pic_tx").output
    assert "implied yield   47.2% of 530 whole dies with 3 mm edge exclusion; 1.5 defects per cm2" in output
    assert "implied yield   40.3% of 620 dies by area, 31000 / 50 mm2; 1.82 defects per cm2" in output


def test_show_says_the_yield_of_a_die(tmp_path: Path) -> None:
    die = "{area_mm2: 50, wafer: siph_200mm, defects_per_cm2: 1, scribe_mm: 0.1}"
    (tmp_path / "die.yaml").write_text(f"parts: {{chip: {{is: a die, die: {die}}}}}\n")
    output = run("show", "chip", "--catalog", tmp_path).output
    assert "7,000 USD / 311 good dies" in output
    assert "60.7% of 514 whole dies with 3 mm edge exclusion, rounded down to 311 good dies" in output


def test_show_takes_a_folder(mine: Path) -> None:
    assert "2 (1 to 3) USD" in run("show", "els8_maker", "--catalog", mine).output
    lamp = run("show", "lamp", "-c", mine).output
    assert "2 uhp_laser" in lamp
    assert "no shipped topology" in lamp


def test_an_unknown_entry_is_answered_with_the_nearest() -> None:
    result = run("show", "els9")
    assert result.exit_code == 2
    assert 'did you mean "els8"?' in result.output


def test_check_without_a_folder_checks_the_shipped_catalog() -> None:
    result = run("check")
    assert result.exit_code == 0
    assert f"{len(read_catalog(()).parts)} parts" in result.output


def test_check_takes_a_good_folder(mine: Path) -> None:
    result = run("check", mine)
    assert result.exit_code == 0, result.output
    assert "The catalog is valid" in result.output


def test_check_names_all_mistakes_and_exits_2(mine: Path) -> None:
    (mine / "wrong.yaml").write_text(
        "parts:\n  lump: {is: a lump, pries: 3, contains: {lammp: 1}}\n  els8_maker: {price_usd: 1}\n"
    )
    result = run("check", mine)
    assert result.exit_code == 2
    assert all(code in result.output for code in ("E640", "E601"))
    assert "wrong.yaml:2:" in result.output
    assert "Traceback" not in result.output


def test_check_wants_files(tmp_path: Path) -> None:
    result = run("check", tmp_path)
    assert result.exit_code == 2
    assert "E609" in result.output
