"""A second process draws the charts of a page as this one would, or this one does it."""

from __future__ import annotations

import sys

import pytest

from topogen.plot import beside
from topogen.plot.beside import renderer_beside
from topogen.plot.render import render_svg

VALUES = [{"part": 'ein "Teil" für 3 €', "usd": 28}, {"part": "b", "usd": 55}]
CHART = {
    "data": {"values": VALUES},
    "mark": "bar",
    "encoding": {"x": {"field": "usd", "type": "quantitative"}, "y": {"field": "part"}},
}


def test_the_second_process_draws_what_this_one_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    here = render_svg(CHART)
    monkeypatch.setattr(beside, "render_svg", None)  # it must not be asked
    with renderer_beside() as render:
        assert [render(CHART), render(CHART)] == [here, here]


def test_charts_are_drawn_here_where_the_second_process_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "CHILD", beside.CHILD.with_name("no_such_file.py"))
    with renderer_beside() as render:
        assert render(CHART) == render_svg(CHART)


@pytest.mark.parametrize("interpreter", ["", "/no/such/interpreter"])
def test_charts_are_drawn_here_where_no_process_starts(
    monkeypatch: pytest.MonkeyPatch, interpreter: str
) -> None:
    monkeypatch.setattr(sys, "executable", interpreter)
    with renderer_beside() as render:
        assert render is render_svg


def test_no_process_is_started_where_no_chart_is_wanted() -> None:
    with renderer_beside(wanted=False) as render:
        assert render is render_svg
