"""``docs/the-article-recomputed.md``: every statement of the article with its verdict, from real runs."""

from __future__ import annotations

import os
import re
import shlex
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

import topogen
from topogen.cli import group
from topogen.report.claims_report import computed, counted
from topogen.report.table import quantity
from topogen.study.claims import NOT_REPRODUCED

if TYPE_CHECKING:
    from topogen.load.studies import FileClaims
    from topogen.study.claims import Claim

PAGE = Path(__file__).parents[2] / "docs" / "the-article-recomputed.md"
REWRITE = bool(os.environ.get("TOPOGEN_REWRITE"))
FILES = ("article-three-vendors", "article-nvl72", "article-optical-row")
STATEMENTS, CLAIMS = 66, 44

HEAD = """# The article, recomputed

The founding article of this project, *The Infinite TAM of Scale-Up CPO* (Jason's Chips, early 2026),
argues from a spreadsheet. Here each of its 66 statements (S) and the 44 claims that readers take from
it (C) is asked of a topology: what was published, what the file comes to, and a verdict. Statements are
in our words. The claims are in {files}; `topogen claims` prints this table, and `topogen claims --format
csv` has every number exactly. Who disagrees changes a line of the file, or of the catalog, and runs it
again. What the verdicts mean: [Claims](checks.md#claims). This page is generated, and a test keeps it up
to date.

"""
DISAGREES = """
## Where the model disagrees

"""
UNDER = """
## What decides

What a quantity comes to under each assumption that its claim names, beside the unmodified file.

| claim | as given | assumption | computed |
|---|--:|---|--:|
"""
TABLE = """
| claim | statement | published | computed | verdict | binding assumption | swing | from |
|---|---|--:|--:|---|---|--:|---|
"""


@cache
def shipped() -> tuple[FileClaims, ...]:
    return topogen.claims()


def ordered() -> list[tuple[str, Claim]]:
    """Return every claim with its file, in the order of the article."""
    pairs = [(file.name, claim) for file in shipped() for claim in file.claims]
    return sorted(pairs, key=lambda pair: (number(pair[1].name), pair[1].name))


def number(name: str) -> int:
    """Return the number of the first statement that a claim answers."""
    return next(int(word) for word in [*re.findall(r"(?:^|-)s(\d+)", name), "25"])


def label(name: str) -> str:
    """Return the name of a claim with its statements in capitals."""
    return re.sub(r"\b[sc](?=\d)", lambda found: found[0].upper(), name)


def row(name: str, claim: Claim) -> str:
    """Return a claim as a row of the table."""
    unit = f" {claim.unit}" if claim.unit and claim.quoted else ""
    verdict = f"{claim.verdict}: {claim.basis}" if claim.basis else claim.verdict
    swing = "" if claim.swing is None else quantity(round(claim.swing, 2))
    where = claim.inputs[0] if claim.inputs and claim.inputs[0] != name else name
    cells = (
        label(claim.name), claim.says, claim.quoted + unit, computed(claim), verdict, claim.binding, swing,
        f"`{where}`",
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"


def page() -> str:
    """Return the page."""
    claims = ordered()
    refused = [claim for _, claim in claims if claim.verdict == NOT_REPRODUCED]
    under = [
        f"| {label(claim.name)} | {computed(claim)} | {name} | {quantity(round(value, 2))} |"
        for _, claim in claims
        for name, value in claim.under.items()
    ]
    other = [claim for _, claim in claims if claim.remark and claim not in refused]
    return "".join([
        HEAD.format(files=", ".join(f"[`{name}`](../topologies/{name}.yaml)" for name in FILES)),
        f"**{counted(shipped())}**\n",
        TABLE, *(f"{row(*pair)}\n" for pair in claims),
        DISAGREES, *(f"- **{label(one.name)}** {one.says} {one.remark}\n" for one in refused),
        UNDER, *(f"{line}\n" for line in under),
        "\n## Notes\n\n", *(f"- **{label(one.name)}** {one.remark}\n" for one in other),
        "\n## Revisions of topology and catalog\n\n",
        *(f"- `{file.name}`: {file.revision.topology}, {file.revision.catalog}\n" for file in shipped()),
    ])  # fmt: skip


def test_the_page_shows_every_claim_as_it_comes_out() -> None:
    if REWRITE:
        PAGE.write_text(page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_statement_and_every_claim_has_a_verdict() -> None:
    assert {file.name for file in shipped()} == set(FILES)
    names = [claim.name for file in shipped() for claim in file.claims]
    answered = {word for name in names for word in re.findall(r"(?:^|-)([sc]\d+)\b", name)}
    wanted = {f"s{i}" for i in range(1, STATEMENTS + 1)} | {f"c{i}" for i in range(1, CLAIMS + 1)}
    assert answered == wanted
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    "claim", [claim for _, claim in ordered() if claim.inputs[:1] and claim.inputs[0].startswith("topogen ")],
    ids=lambda claim: claim.name,
)  # fmt: skip
def test_a_command_prints_the_number_that_is_stated_for_it(claim: Claim) -> None:
    result = CliRunner(env={"COLUMNS": "250"}).invoke(group, shlex.split(claim.inputs[0])[1:])
    assert result.exit_code == 0, result.output
    assert claim.computed is not None
    shown = re.escape(quantity(claim.computed.base))
    plain = re.escape(f"{float(claim.computed.base):g}")
    assert re.search(rf"(?<![\d.,])(?:{shown}|{plain})(?![\d,]|\.\d)", result.output)


@pytest.mark.parametrize(
    "command", sorted({
        found
        for _, claim in ordered()
        for found in re.findall(r"`(topogen [^`]+)`", claim.remark)
        if "NAME" not in found
    }),
)  # fmt: skip
def test_a_command_that_a_remark_names_runs(command: str) -> None:
    assert CliRunner().invoke(group, shlex.split(command)[1:]).exit_code == 0


def test_the_ratio_of_seven_to_one_moves_as_analysts_worked_it_out() -> None:
    """Ratios of users' table 3.4, with the prices of the catalog."""
    ratio = next(claim for _, claim in ordered() if claim.name == "s53-c35")
    assert ratio.computed is not None
    assert round(float(ratio.computed.base), 2) == 7.17
    shown = [f"{float(value):.2f}" for value in ratio.under.values()]
    assert shown[:2] == ["3.58", "1.79"]
    assert {"5.21", "9.12", "13.03"} < set(shown)


@pytest.mark.parametrize(
    ("scenario", "yields", "ratios"),
    [
        ("two-dies", (50, 70, 80, 90), ("6.77", "9.47", "10.83", "12.18")),
        ("one-die", (50, 70, 80, 90), ("8.17", "11.44", "13.07", "14.71")),
    ],
)
def test_the_ratio_grows_with_the_yield(
    scenario: str, yields: tuple[int, ...], ratios: tuple[str, ...]
) -> None:
    key = "content.lumentum / content.tower"
    area = {"pic_tx": 50, "pic_rx": 50, "pic_txrx": 80}
    variations = [
        {
            f"catalog.parts.{part}.die": f"{{area_mm2: {mm2}, wafer: siph_200mm, yield_pct: {share}}}"
            for part, mm2 in area.items()
        }
        for share in yields
    ]
    rows = topogen.what_if("article-three-vendors", variations, figures=[key], scenario=scenario)
    assert tuple(f"{float(found.figures[key] or 0):.2f}" for found in rows) == ratios
