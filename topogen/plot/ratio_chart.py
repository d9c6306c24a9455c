"""One network over another on every count basis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.palette import PRINT
from topogen.plot.bars import Bar, bars_view, refuse_nothing
from topogen.plot.theme import OTHER, in_words, view_sheet
from topogen.report.ratio_report import WORDS
from topogen.report.table import figure_text

if TYPE_CHECKING:
    from topogen.plot.theme import Spec
    from topogen.study.ratio import RatioTable

HERE, ELSEWHERE = "both counts are in the file", "counted, not in the file"
COLOURS = {HERE: PRINT["module"], ELSEWHERE: OTHER}


def ratio_chart(found: RatioTable, footer: str = "") -> Spec:
    """Return a bar for each pair of count bases.

    Raises
    ------
    InputError
        E683, where the network below has none.
    """
    bars = [
        Bar(
            f"{WORDS[above.basis]} : {WORDS[below.basis]}",
            HERE if above.in_file and below.in_file else ELSEWHERE,
            ratio,
        )
        for above in found.above
        for below in found.below
        if (ratio := found.ratio(above, below)) is not None
    ]
    above, below = map(in_words, found.networks)
    refuse_nothing(bars, f"{below} has no {found.metric}", "name another metric or network")
    values = [bar.value for bar in bars]
    here = [figure_text(bar.value) for bar in bars if bar.part == HERE]
    ends = f"{figure_text(min(values))} to {figure_text(max(values))}"
    own = f"; {', '.join(here)} to 1 is in the file" if here else "; none of them is in the file"
    finding = f"{above} has {ends} times the {found.metric.replace('_', ' ')} of {below}{own}"
    basis = f"Ends counted of {above} : of {below}; far ends outside the model as the near ends."
    least = "Some counts are unknown and left out. " if found.unknown else ""
    texts = {bar.label: f"{figure_text(bar.value)} to 1" for bar in bars}
    view = bars_view(f"{finding[0].upper()}{finding[1:]}", least + basis, bars, "ratio", COLOURS, texts)
    return view_sheet(view, footer)
