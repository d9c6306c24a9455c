"""Links through patch panels of which a policy chooses the medium: by their cords, each at its own length."""

from __future__ import annotations

import pytest

from tests.helpers_fabric import fabric_of
from tests.site.test_patching import TWO_HALLS
from topogen.errors import InputError
from topogen.takeoff.roll_up import roll_up

CATALOG = """
parts:
  by_metre: {like: mpo12_cord, lengths_m: [], price_usd: 10, price_per_m_usd: 8}
  by_step: {like: mpo12_cord, lengths_m: [4, 5, 30], price_usd: 20, price_per_m_usd: 3}
media:
  metre: {like: dr, recipe: {cord: {part: by_metre, per: link}}}
  step: {like: dr, recipe: {cord: {part: by_step, per: link}}}
"""


def chosen(medium: str, policy: str = "") -> tuple[float, dict[str, int]]:
    """Return the cost of the cords of two halls, and the links of each medium."""
    text = TWO_HALLS.replace("medium: dr", f"medium: {medium}") + policy
    fabric = fabric_of(text, shipped=True, catalog=CATALOG)
    lines = [line for line in roll_up(fabric).lines if line.part in ("by_metre", "by_step")]
    links: dict[str, int] = {}
    for group in fabric.links:
        name = (group.media or ("",))[0]
        links[name] = links.get(name, 0) + group.count
    return float(sum(line.extended.base for line in lines if line.extended)), links


def test_each_link_takes_the_medium_whose_two_cords_cost_less() -> None:
    policy = "policies: {best: {choose: cheapest, among: [metre, step]}}"
    cost, links = chosen("best", policy)
    near = [4133, 4577, 4733, 5177]  # by leaf, of six links each: two to each spine
    far = [3332, 3932, 4532]
    pairs = [(a, b) for a in near for b in far for _ in range(2)]
    metre = [20 + 8 * (a + b) / 1000 for a, b in pairs]
    step = [
        40 + 3 * sum(next(one for one in (4, 5, 30) if one * 1000 >= mm) for mm in pair) for pair in pairs
    ]
    cheaper = [min(both) for both in zip(metre, step, strict=True)]
    assert links["step"] == sum(one < other for one, other in zip(step, metre, strict=True))
    assert 0 < links["step"] < len(pairs)
    assert cost == pytest.approx(sum(cheaper))
    assert cost < min(chosen("metre")[0], chosen("step")[0])


def test_a_medium_without_cords_is_passed_over() -> None:
    policy = "policies: {best: {choose: preferred, among: [aoc, dr]}}"
    assert chosen("best", policy)[1] == {"dr": 24}


def test_where_no_medium_passes_each_says_why() -> None:
    with pytest.raises(InputError, match="E763") as refused:
        chosen("best", "policies: {best: {choose: cheapest, among: [aoc, sr]}}")
    assert "aoc: has no cords of fibre; sr: its cords are of om4 fibre, the trunks of os2" in str(
        refused.value
    )
    with pytest.raises(InputError, match="E304"):
        chosen("best", "policies: {best: {choose: cheapest, among: [near]}}\n" + NEAR)


NEAR = "catalog: {media: {near: {like: dr, reach_m: {100 Gb/s: 5}}}}"
