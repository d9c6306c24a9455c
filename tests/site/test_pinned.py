"""Growth without re-plugging: cables named by ``ports_from`` keep their ports, whatever else is added."""

from __future__ import annotations

import csv
import re
from collections import Counter
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.helpers_fabric import ROOT, fabric_of
from topogen.diff.cables import cables_diff
from topogen.export.options import Options
from topogen.export.to_cable_schedule import to_cable_schedule
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric

FILES = Path(__file__).parent / "pinned"
SUPERPOD = (ROOT / "topologies" / "h100-superpod.yaml").read_text(encoding="utf-8")


def schedule(fabric: Fabric) -> str:
    """Return the cable schedule of a fabric."""
    return b"".join(to_cable_schedule(fabric, roll_up(fabric), Options(all_links=True))).decode()


def rows(fabric: Fabric) -> dict[tuple[str, ...], str]:
    """Return the id of each line of the schedule by its ends."""
    lines = csv.DictReader(StringIO(schedule(fabric)))
    return {
        tuple(line[f"{side}_{what}"] for side in "ab" for what in ("device", "port")): line["cable_id"]
        for line in lines
    }


def read(text: str, pins: str | None = None) -> Fabric:
    """Return the fabric of a whole file, its fabrics and links pinned with a schedule."""
    lines = [line for line in text.splitlines() if not line.startswith(("topogen:", "name:", "title:"))]
    text = "\n".join(lines)
    if pins is not None:
        text = re.sub(r"(\n +|\{)(network:)", r"\1ports_from: ids.csv@\1\2", text)
        text = re.sub(r"@(\{)?", lambda found: ", " if found[1] else "", text)
    return fabric_of(text, shipped=True, tables={"ids.csv": pins or ""})


def file(name: str) -> str:
    """Return the text of a file beside this one."""
    return (FILES / f"{name}.yaml").read_text(encoding="utf-8")


def works(old: Fabric, new: Fabric) -> Counter[str]:
    """Return how many cables take which work."""
    return Counter(one.work for one in cables_diff(old, new, all_links=True))


def test_a_superpod_grows_by_two_nodes() -> None:
    old = read(SUPERPOD.replace("dgx: 31, ufm", "dgx: 29, ufm"))
    assert works(old, read(SUPERPOD)) == {"pull": 16, "re-terminate": 4}
    new = read(SUPERPOD, schedule(old))
    assert works(old, new) == {"pull": 16}
    assert [one.code for one in new.warnings] == ["W213"]
    assert rows(old).items() <= rows(new).items()


def test_nine_nodes_become_ten() -> None:
    old = read(file("h07-growth-nine-nodes"))
    kept = rows(old)
    assert len(kept) == 168
    for pins in (None, schedule(old)):
        new = read(file("h07-growth-ten-nodes"), pins)
        assert kept.items() <= rows(new).items()
        assert len(rows(new)) == 176


def test_a_medium_and_a_measured_length_rename_nothing() -> None:
    own, ov = rows(read(file("own"))), rows(read(file("ov")))
    assert len(own) == 256
    assert own == ov


@pytest.mark.parametrize("pinned", [False, True])
def test_two_nodes_in_the_middle_re_plug_only_without_pins(pinned: bool) -> None:  # noqa: FBT001
    old = read(file("revA_dr"))
    new = read(file("revB_dr"), schedule(old) if pinned else None)
    same = rows(old).items() & rows(new).items()
    assert len(same) == (240 if pinned else 208)
    assert works(old, new) == ({"pull": 16} if pinned else {"pull": 16, "re-terminate": 32})
