"""Options of ``topogen export``: what a format takes no notice of is refused, not ignored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from topogen.cli import group

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "words",
    [
        "graphml gb200-nvl72 --network scale_up",
        "mermaid gb200-nvl72 --network scale_up",
        "p2p h100-superpod --graph rack",
        "netbox h100-superpod --sheet ib",
        "ptm h100-superpod --protocol ib",
    ],
)
def test_an_option_without_effect_is_refused(words: str, tmp_path: Path) -> None:
    form, _, option, _ = words.split()
    target = tmp_path / "out"
    done = CliRunner().invoke(group, ["export", *words.split(), "-o", str(target)])
    assert (done.exit_code, target.exists()) == (2, False)
    assert f"E764: {option} has no effect on {form}" in done.output


def test_all_of_them_are_told_at_once(tmp_path: Path) -> None:
    words = ["export", "d2", "gb200-nvl72", "--network", "scale_up", "--protocol", "ib"]
    done = CliRunner().invoke(group, [*words, "-o", str(tmp_path / "out.d2")])
    assert done.output.count("E764") == 2
