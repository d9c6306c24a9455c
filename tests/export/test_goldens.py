"""Small tables of two systems as files; TOPOGEN_REWRITE=1 writes them anew."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.export.systems import System, built
from topogen.export import EXPORTS, PHASED, export_bytes
from topogen.export.options import Options

FOLDER = Path(__file__).parent / "golden"
GOLDEN: tuple[System, ...] = (("gb200-nvl72", None), ("rubin-ultra-cpo-648", "els-1-per-engine"))
SMALL = tuple(
    name for name in EXPORTS if name not in {"cable_schedule.csv", "patching.csv", "trays.csv", *PHASED}
)


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("system", GOLDEN, ids=lambda system: "+".join(filter(None, system)))
def test_a_table_is_as_it_was(system: System, name: str) -> None:
    fabric, rollup = built(system)
    options = Options(topology_rev="0123abcd", catalog_rev="4567ef00")
    written = b"".join(export_bytes(name, fabric, rollup, options))
    golden = FOLDER / "+".join(filter(None, system)) / name
    if os.environ.get("TOPOGEN_REWRITE"):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_bytes(written)
    assert written == golden.read_bytes()
