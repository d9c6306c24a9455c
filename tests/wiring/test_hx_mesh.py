"""HammingMeshes against the published costs and against what must hold of any of them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import networkx as nx
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.wiring.planned import counts, ends_apart, graph_of, least_cut, planned
from topogen.wiring.block import PatternError
from topogen.wiring.plan import EndPoints, Faces, Plan


def mesh(board: tuple[int, int], boards: tuple[int, int], ports: int | Faces = 64, tiers: int = 1) -> Plan:
    """Return the plan of a HammingMesh that creates its accelerators."""
    keys: dict[str, object] = {"board": list(board), "boards": list(boards), "tiers": tiers}
    return planned("hx_mesh", None, ports, created_ports=4, **keys)


# Hoefler et al., HammingMesh, SC22, table II: millions of dollars of 4 planes. The printed figures are from
# memory of the paper, trusted because each of six comes out to the printed digit: 64-port switch 14,280, DAC
# 272 for lines of rows, AOC 603 for lines of columns and between tiers. A 2D HyperX has boards of one.
PUBLISHED = [  # board, boards, tiers, printed
    (2, 16, 1, "5.4"),
    (4, 8, 1, "2.7"),
    (1, 32, 1, "10.8"),
    (2, 64, 2, "224"),
    (4, 32, 1, "43.3"),
    (1, 128, 2, "448"),
]


@pytest.mark.parametrize(("board", "boards", "tiers", "printed"), PUBLISHED)
def test_costs_of_the_paper(board: int, boards: int, tiers: int, printed: str) -> None:
    plan = mesh((board, board), (boards, boards), tiers=tiers)
    links = counts(plan)
    optical = sum(links.get(name, 0) for name in ("col_lines", "row_up", "col_up"))
    cost = 4 * (sum(plan.switches.values()) * 14_280 + links["row_lines"] * 272 + optical * 603)
    digits = len(printed.partition(".")[2])
    assert f"{cost / 1e6:.{digits}f}" == printed


def test_diameters_of_the_paper() -> None:
    assert mesh((2, 2), (16, 16)).diameter == 4
    assert mesh((4, 4), (32, 32)).diameter == 8


SIZES = st.tuples(st.integers(1, 4), st.integers(1, 4))
GRIDS = st.tuples(st.integers(1, 4), st.integers(1, 4))


@given(SIZES, GRIDS, st.sampled_from([4, 8, 16, 32]), st.sampled_from([1, 2]))
def test_every_accelerator_has_four_links_and_no_switch_too_many(
    board: tuple[int, int], boards: tuple[int, int], ports: int, tiers: int
) -> None:
    try:
        plan = mesh(board, boards, ports, tiers)
    except PatternError as refused:
        assert refused.code == "E204"  # noqa: PT017  (more boards than a line joins)
        assume(False)  # noqa: FBT003
    graph = graph_of(plan)
    accelerators = board[0] * board[1] * boards[0] * boards[1]
    assert plan.ends == accelerators
    degrees = dict(graph.degree)
    assert all(degrees.pop(("ends", end)) == 4 for end in range(accelerators))
    assert max(degrees.values()) <= ports
    assert len(degrees) == sum(plan.switches.values())
    assert counts(plan)["row_lines"] == 2 * board[0] * boards[0] * boards[1]
    assert counts(plan)["col_lines"] == 2 * board[1] * boards[0] * boards[1]
    inside = 2 * board[0] * board[1] - sum(board)
    assert counts(plan).get("board", 0) == inside * boards[0] * boards[1]
    if plan.diameter is not None:
        assert ends_apart(graph) == plan.diameter


@given(SIZES, GRIDS, st.sampled_from([8, 16, 32]), st.sampled_from([1, 2]))
def test_a_line_joins_the_boards_of_one_row(
    board: tuple[int, int], boards: tuple[int, int], ports: int, tiers: int
) -> None:
    try:
        plan = mesh(board, boards, ports, tiers)
    except PatternError:
        assume(False)  # noqa: FBT003
    graph = graph_of(plan)
    for axis, role in enumerate(("row", "col")):
        kept = [node for node in graph if node[0] in ("ends", role, f"{role}_spine")]
        lines = graph.subgraph(kept).copy()
        lines.remove_edges_from([(a, b) for a, b, _ in graph.edges if a[0] == b[0]])
        for part in nx.connected_components(lines):
            ends = [end // (board[0] * board[1]) for kind, end in part if kind == "ends"]
            assert len(part) == 1 or len({divmod(end, boards[1])[axis] for end in ends}) == 1


@pytest.mark.parametrize(
    ("board", "boards"),
    [((1, 1), (2, 2)), ((1, 2), (2, 2)), ((2, 1), (2, 2)), ((2, 2), (2, 2)), ((1, 4), (2, 2))],
)
@pytest.mark.parametrize("ports", [4, 16])
def test_no_halves_are_cut_off_by_fewer_links(
    board: tuple[int, int], boards: tuple[int, int], ports: int
) -> None:
    plan = mesh(board, boards, ports)
    assert plan.bisection == Fraction(least_cut(graph_of(plan)))


@pytest.mark.parametrize(("boards", "tapered"), [((3, 2), False), ((2, 3), False), ((4, 4), True)])
def test_what_no_closed_form_tells_is_left_out(boards: tuple[int, int], tapered: bool) -> None:  # noqa: FBT001
    faces = Faces("box", 16, 12, 4) if tapered else 16
    assert mesh((2, 2), boards, faces, 2 if tapered else 1).bisection is None
    assert mesh((2, 2), boards, faces, 2).diameter is None


def test_lines_take_the_faces_of_their_switch() -> None:
    plan = mesh((2, 2), (8, 8), Faces("box", 20, 16, 4), tiers=2)
    assert plan.switches == {"row": 16, "col": 16, "row_spine": 8, "col_spine": 8}
    assert counts(plan)["row_up"] == 16 * 4


@pytest.mark.parametrize(
    ("changed", "message", "hint"),
    [
        (
            {"boards": [64, 64]},
            "a row of 64 boards x 2 sides = 128 ports; box has 64",
            "tiers: 2, switches with more ports, or fewer boards",
        ),
        (
            {"boards": [4, 1024], "tiers": 2},
            (
                "a row line of 2 x 2048 = 4,096 ports is 128 leaves of 32 ports down and 32 up; "
                "spines of 64 ports join 64"
            ),
            "switches with more ports, or fewer boards",
        ),
        ({"tiers": 3}, "a line of 3 tiers; lines of switches have 1 or 2", "tiers: 1 or 2"),
        (
            {"board": [2, 2, 2]},
            "board has 3 sizes; a HammingMesh has rows and columns",
            "two sizes, such as board: [2, 2]",
        ),
    ],
)
def test_what_cannot_be_built_is_refused(changed: dict[str, object], message: str, hint: str) -> None:
    keys: dict[str, Any] = {"board": [2, 2], "boards": [4, 4], **changed}
    with pytest.raises(PatternError) as refused:
        planned("hx_mesh", None, created_ports=4, **keys)
    assert (refused.value.message, refused.value.hint) == (message, hint)


@pytest.mark.parametrize(
    ("ends", "planes", "message", "hint"),
    [
        (
            EndPoints.uniform(60, 4),
            1,
            "60 ends; 4 x 4 boards of 2 x 2 are 64",
            "board and boards multiply to the number of ends",
        ),
        (
            EndPoints.uniform(64, 8),
            2,
            "an accelerator brings 8 ports a plane; a mesh takes 4: north, east, south, west",
            "planes: 4",
        ),
        (
            EndPoints.uniform(64, 3),
            1,
            "an accelerator brings 3 ports a plane; a mesh takes 4: north, east, south, west",
            "name a multiple of 4 ports",
        ),
    ],
)
def test_ends_have_to_fit_the_boards(ends: EndPoints, planes: int, message: str, hint: str) -> None:
    with pytest.raises(PatternError) as refused:
        planned("hx_mesh", ends, board=[2, 2], boards=[4, 4], planes=planes)
    assert (refused.value.message, refused.value.hint) == (message, hint)


def test_a_tier_too_many_is_named() -> None:
    plan = mesh((2, 2), (4, 4), tiers=2)
    assert plan.notes == (("W204", "one switch holds a line of 16 ports", "tiers: 1 does the same"),)
