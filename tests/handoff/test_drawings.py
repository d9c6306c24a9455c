"""Drawings for other programs: the program itself shows every box and every link group, by any name."""

from __future__ import annotations

import re
import string
from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from hypothesis import given, settings

from tests.handoff.readers import Shown, missing, read_d2, read_in_browser
from tests.helpers_browser import start
from tests.helpers_fabric import shipped_fabric
from tests.properties.odd_fabrics import Odd, odd_fabrics
from topogen.cli import group
from topogen.errors import LimitError
from topogen.handoff.formats import DRAWINGS, Wanted, file_of
from topogen.handoff.outline import Box, Line, Outline, outline_of
from topogen.handoff.to_mermaid import to_mermaid
from topogen.load.files import shipped_names
from topogen.palette import PRINT
from topogen.units import format_rate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from selenium.webdriver import Chrome

    from topogen.model.fabric import Fabric

    Read = Callable[[str, list[str]], list[Shown]]

FORMS = [
    pytest.param(form, marks=pytest.mark.skipif(bool(missing(form)), reason=missing(form)))
    for form in DRAWINGS
]
LINKS = re.compile(r"([\d,]+) x (\S+) \(([^()\n]+)\)$", re.MULTILINE)
NAMES = (
    *(
        name
        for one in string.punctuation
        for name in (one, f"a{one}", f"{one}a", f"{one} a", f"{one}{one}a{one}")
    ),
    *(
        "end",
        "default",
        "subgraph a",
        "1. one",
        "1) one",
        "- one",
        "__b__ *c*",
        "~~d~~",
        "`e`",
        "x -- y",
        "%% z",
    ),
    *(
        "<script>alert(1)</script>",
        "&amp; #35; &#35;",
        "]]>",
        "${x}",
        "$$x$$",
        "\\n",
        "\\\\",
        "fa:fa-ban fab:fa-x",
    ),
    *("www.example.com/x_y-z", "a@example.com", "r01/node-3.x:1", "é€😀", "a;b", "|md x|", "%name%", "--- a"),
)


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Read]:
    """Yield a function that returns what the program of a format shows of each text."""
    folder = tmp_path_factory.mktemp("pages")
    started: list[Chrome] = []

    def shown(form: str, texts: list[str]) -> list[Shown]:
        if form == "d2":
            return read_d2(texts)
        if not started:
            started.append(start(tmp_path_factory.mktemp("profile")))
        return [read_in_browser(started[0], form, text, folder) for text in texts]

    yield shown
    for chrome in started:
        chrome.quit()


def written(fabric: Fabric, form: str, what: str) -> str:
    return b"".join(file_of(fabric, form, Wanted(what=what)).pieces).decode()


def check(fabric: Fabric, what: str, shown: Shown) -> None:
    """Check boxes and lines against the outline, and the links of all texts against the fabric."""
    outline = outline_of(fabric, what, 5_000)
    texts = [box.text for box in outline.boxes]
    assert sorted(shown.boxes) == sorted(texts)
    ours = Counter((frozenset((texts[one.upper], texts[one.lower])), one.text) for one in outline.lines)
    assert Counter((frozenset((a, b)), text) for a, b, text in shown.lines) == ours
    links: Counter[tuple[str, str]] = Counter()
    for text in (*shown.boxes, *(line[-1] for line in shown.lines)):
        for count, rate, name in LINKS.findall(text):
            links[name, rate] += int(count.replace(",", ""))
    assert links == {(one.name, format_rate(one.rate)): one.count for one in fabric.links if one.count}


@pytest.mark.parametrize("form", FORMS)
def test_every_shipped_system_by_device_type(form: str, read: Read) -> None:
    fabrics = [shipped_fabric(name) for name in shipped_names()]
    texts = [written(fabric, form, "groups") for fabric in fabrics]
    for fabric, shown in zip(fabrics, read(form, texts), strict=True):
        check(fabric, "groups", shown)


@pytest.mark.parametrize("form", FORMS)
def test_places_of_a_level(form: str, read: Read) -> None:
    fabric = shipped_fabric("gb300-nvl72-row")
    (shown,) = read(form, [written(fabric, form, "rack")])
    check(fabric, "rack", shown)


@pytest.mark.parametrize("form", FORMS)
def test_any_name_is_shown_as_it_is(form: str, read: Read) -> None:
    boxes = tuple(Box(name, (f"2 x {name}",), "#2F6DB5", 0) for name in NAMES)
    lines = tuple(Line(at, at - 1, name, 2, "400G", "#C65200") for at, name in enumerate(NAMES) if at)
    write, _ = DRAWINGS[form]
    (shown,) = read(form, [write(Outline('all "names": # {x}', boxes, lines)).decode()])
    assert sorted(shown.boxes) == sorted(box.text for box in boxes)
    assert Counter(text for *_, text in shown.lines) == Counter(line.text for line in lines)
    assert shown.more.get("title", 'all "names": # {x}') == 'all "names": # {x}'


@pytest.mark.skipif(bool(missing("drawio")), reason=missing("drawio"))
@given(odd_fabrics())
@settings(max_examples=20)
def test_odd_fabrics_link_by_link_in_draw_io(read: Read, odd: Odd) -> None:
    (shown,) = read("drawio", [written(odd.fabric, "drawio", "device")])
    check(odd.fabric, "device", shown)


@pytest.mark.skipif(bool(missing("drawio")), reason=missing("drawio"))
@pytest.mark.parametrize("what", ["groups", "rack", "tray"])
def test_boxes_of_draw_io_are_apart_with_gpus_at_the_bottom(what: str, read: Read) -> None:
    (shown,) = read("drawio", [written(shipped_fabric("gb300-nvl72-row"), "drawio", what)])
    areas, colours = shown.more["areas"], shown.more["colours"]
    for (x, y, width, height), (x2, y2, width2, height2) in combinations(areas, 2):
        assert x + width <= x2 or x2 + width2 <= x or y + height <= y2 or y2 + height2 <= y
    lowest = max(y for _, y, _, _ in areas)
    assert all(
        (area[1] == lowest) == (colour == PRINT["gpu"]) for area, colour in zip(areas, colours, strict=True)
    )
    assert lowest > min(y for _, y, _, _ in areas)


@pytest.mark.parametrize("form", DRAWINGS)
def test_the_command_draws_device_types_and_writes_the_same_bytes_twice(form: str, tmp_path: Path) -> None:
    files = [tmp_path / str(number) for number in (1, 2)]
    for file in files:
        done = CliRunner().invoke(group, ["export", form, "scaleout-131072", "-o", str(file)])
        assert (done.exit_code, done.output) == (0, f"Written: {file}\n")
    assert files[0].read_bytes() == files[1].read_bytes()
    assert "524,288 x 200G" in files[0].read_text(encoding="utf-8")


@pytest.mark.parametrize("form", DRAWINGS)
@pytest.mark.parametrize("what", ["links", "device"])
def test_a_drawing_that_is_too_large_is_refused_and_its_hint_works(form: str, what: str) -> None:
    fabric = shipped_fabric("scaleout-131072")
    with pytest.raises(LimitError, match=r"E744(?s:.*)`--graph groups` draws device types"):
        written(fabric, form, what)
    assert written(fabric, form, "groups")


def test_mermaid_reads_at_most_50_000_characters() -> None:
    boxes = tuple(Box("n" * 200, (), "#2F6DB5", 0) for _ in range(300))
    with pytest.raises(LimitError, match=r"E744.*; Mermaid reads at most 50,000"):
        to_mermaid(Outline("long", boxes, ()))
