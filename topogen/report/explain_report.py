"""An explanation as tables, for programs and documents; ``topogen.explain.to_text`` prints it for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.report.table import Note, Report, Table, number, text, words

if TYPE_CHECKING:
    from topogen.explain import Explanation


def explain_report(explanation: Explanation) -> Report:
    """Return steps, equations and sources of an explanation; CSV has the steps."""
    steps = (text("label"), words("text"), words("formula"), number("level"))
    origins = (text("path"), text("place"), words("text"))
    return Report(
        [
            Note(explanation.title, "bold"),
            *([Note(explanation.about)] if explanation.about else []),
            Table(
                "steps", steps, [(one.label, one.text, one.formula, one.indent) for one in explanation.steps]
            ),
            Table("equations", (words("equation"),), [(one,) for one in explanation.equations], "Equations"),
            Table(
                "sources", origins, [(one.path, one.at, one.says) for one in explanation.sources], "Sources"
            ),
        ],
        {"title": explanation.title, "about": explanation.about},
        csv=("steps",),
    )
