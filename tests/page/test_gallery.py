"""The static site: an index that leads to every page, and pictures that are there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from click.testing import CliRunner

from topogen.cli import group

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ["gb200-nvl72", "rubin-ultra-cpo-648", "h100-superpod"]


def test_the_index_leads_to_every_page_and_picture(tmp_path: Path) -> None:
    done = CliRunner().invoke(group, ["gallery", *NAMES, "-o", str(tmp_path / "site")])
    assert (done.exit_code, done.output) == (0, f"Written to {tmp_path / 'site'}: index.html and 3 pages\n")
    index = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    files = set(re.findall(r'(?:href|src)="([^"]+)"', index))
    assert files == {f"{name}.{ending}" for name in NAMES for ending in ("html", "svg")}
    assert all((tmp_path / "site" / file).stat().st_size > 1000 for file in files)
    assert "648 scale-up and 144 scale-out engines: 4.5 to 1" in index


def test_one_file_with_an_error_leaves_no_site(tmp_path: Path) -> None:
    done = CliRunner().invoke(group, ["gallery", "gb200-nvl72", "no-such", "-o", str(tmp_path / "site")])
    assert done.exit_code == 2
    assert "E607" in done.output
    assert not (tmp_path / "site").exists()
