"""What a price on a picture covers, and what of it is not priced, comes from the gaps of the roll-up."""

from __future__ import annotations

import pytest

from tests.helpers_fabric import shipped_fabric
from topogen.draw.shown.priced import scope_words, unpriced_words
from topogen.load.files import shipped_names
from topogen.takeoff.gaps import is_lower_bound
from topogen.takeoff.roll_up import roll_up


@pytest.mark.parametrize(
    ("name", "scope", "lacking"),
    [
        ("gb200-nvl72", "copper cables", []),
        ("rubin-ultra-nvl576", "copper cables alone", ["2,304 engines", "the cords of 20,736 links"]),
        (
            "alibaba-hpn-segment",
            "optics alone",
            ["2,176 links without medium", "the metres of 960 cords"],
        ),
        ("scaleout-10368", "cables and optics", []),
    ],
)
def test_words_say_what_is_priced_and_what_is_not(name: str, scope: str, lacking: list[str]) -> None:
    fabric = shipped_fabric(name)
    rolled = roll_up(fabric)
    assert (scope_words(fabric, rolled), unpriced_words(rolled)) == (scope, lacking)


@pytest.mark.parametrize("name", shipped_names())
def test_something_is_named_exactly_where_the_price_is_a_lower_bound(name: str) -> None:
    fabric = shipped_fabric(name)
    rolled = roll_up(fabric)
    assert bool(unpriced_words(rolled)) == is_lower_bound(rolled.gaps, "interconnect")


def test_what_links_lack_has_a_name() -> None:
    assert unpriced_words(roll_up(shipped_fabric("cpo-switch-bom"))) == ["the cords of 144 links"]
    assert unpriced_words(roll_up(shipped_fabric("scaleout-131072"))) == [
        "the fibre shuffles of 1,048,576 links"
    ]
