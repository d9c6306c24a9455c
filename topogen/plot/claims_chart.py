"""Published statements by verdict, a bar for each file."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.palette import PRINT
from topogen.plot.bars import Bar, bars_view, refuse_nothing
from topogen.plot.theme import OTHER, view_sheet
from topogen.study.claims import INPUT_ONLY, NOT_REPRODUCED, REPRODUCED, UNDER_BASIS
from topogen.units import count_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from topogen.plot.theme import Spec
    from topogen.study.claims import Claim

COLOURS = {
    REPRODUCED: PRINT["module"],
    UNDER_BASIS: PRINT["cable"],
    NOT_REPRODUCED: PRINT["copper"],
    INPUT_ONLY: OTHER,
}


def claims_chart(found: Mapping[str, Sequence[Claim]], footer: str = "") -> Spec:
    """Return the claims of each file by verdict.

    Raises
    ------
    InputError
        E683, where no file has claims.
    """
    bars = [
        Bar(name, verdict, Fraction(count))
        for name, claims in found.items()
        for verdict in COLOURS
        if (count := sum(claim.verdict == verdict for claim in claims))
    ]
    refuse_nothing(bars, "no file has claims", "write claims in the file, or name another")
    counts = {verdict: sum(bar.value for bar in bars if bar.part == verdict) for verdict in COLOURS}
    total = count_words(sum(int(count) for count in counts.values()), "claim")
    finding = (
        f"Of {total}, {counts[REPRODUCED]} are reproduced, {counts[UNDER_BASIS]} more under a stated basis, "
        f"{counts[NOT_REPRODUCED]} not"
    )
    basis = "Reproduced: the file comes to the published value, to the digits written."
    return view_sheet(bars_view(finding, basis, bars, "claims", COLOURS), footer)
