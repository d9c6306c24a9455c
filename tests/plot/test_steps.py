"""Charts of steps: a waterfall ends where the second fabric is, draws are all counted, sizes are per GPU."""

from __future__ import annotations

from fractions import Fraction

import pytest

import topogen
from topogen.errors import InputError
from topogen.load.studies import compare
from topogen.plot.draws_chart import draws_chart
from topogen.plot.size_chart import size_chart
from topogen.plot.waterfall_chart import waterfall_chart
from topogen.study.compare import PER_GPU
from topogen.study.sizing import Size


@pytest.mark.parametrize("other", ["gb300-nvl72-row@optical", "gb200-nvl72", "gb300-nvl72-row"])
def test_the_steps_of_a_waterfall_run_from_total_to_total(other: str) -> None:
    found = compare("gb300-nvl72-row", other)
    first, *steps, last = waterfall_chart(found)["layer"][0]["layer"][0]["data"]["values"]
    before, after = (side.figure("total_usd", PER_GPU) for side in found.sides)
    assert before is not None
    assert after is not None
    assert Fraction(first["exact"]) == before.value.base
    assert Fraction(last["exact"]) == after.value.base
    assert sum(Fraction(row["exact_delta"]) for row in steps) == after.value.base - before.value.base


def test_every_draw_is_in_one_class() -> None:
    found = topogen.sensitivity("gb300-nvl72-row", draws=700)
    assert found.draws is not None
    classes = draws_chart(found.draws)["layer"][0]["layer"][0]["data"]["values"]
    assert sum(row["draws"] for row in classes) == 700
    edges = [Fraction(row["exact"]) for row in classes]
    assert edges == sorted(edges)


def test_sizes_that_cannot_be_built_have_no_chart() -> None:
    with pytest.raises(InputError, match="E682: no size to plot: E204 too large"):
        size_chart([Size((("x", "1"),), refused="E204 too large")])
