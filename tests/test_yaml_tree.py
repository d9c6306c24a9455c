"""YAML without its traps, by the fast parser and by the one in Python."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from topogen.errors import Problem, Problems
from topogen.language import yaml_tree
from topogen.language.yaml_tree import (
    MAX_NODES,
    Node,
    Source,
    child,
    merge,
    plain,
    read_tree,
    walk,
    without_nulls,
)

LANGUAGE = sorted((Path(__file__).parent / "language").glob("*.yaml"))


def read(text: str) -> tuple[Node | None, list[Problem]]:
    """Return the tree of a text and what was noted."""
    problems = Problems()
    return read_tree(Source("file.yaml", text), problems), problems.found


def tree(text: str) -> Node:
    """Return the tree of a text without mistakes."""
    node, found = read(text)
    assert node is not None
    assert not found
    return node


@pytest.fixture(params=["CLoader", "Loader"])
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a test with each of the two parsers."""
    monkeypatch.setattr(yaml_tree, "LOADER", getattr(yaml, request.param))


@pytest.mark.usefixtures("loader")
def test_scalars_stay_text() -> None:
    text = "a: 010\nb: yes\nc: 12:30\nd: 1e3\ne: 2027-03-01\nf: 'null'\ng: \"1\"\nh: 1.10\n"
    assert plain(tree(text)) == {
        "a": "010",
        "b": "yes",
        "c": "12:30",
        "d": "1e3",
        "e": "2027-03-01",
        "f": "null",
        "g": "1",
        "h": "1.10",
    }


@pytest.mark.usefixtures("loader")
@pytest.mark.parametrize("text", ["a:", "a: ~", "a: null", "a: Null"])
def test_nothing_is_none(text: str) -> None:
    assert plain(tree(text)) == {"a": None}


@pytest.mark.usefixtures("loader")
def test_marks_are_those_of_keys_and_items() -> None:
    node = tree("links:\n  nvl: {network: scale_up,\n        a: [x, y]}\n")
    marks = {".".join(path): str(below.mark) for path, below in walk(node)}
    assert marks == {
        "links": "file.yaml:1:1",
        "links.nvl": "file.yaml:2:3",
        "links.nvl.network": "file.yaml:2:9",
        "links.nvl.a": "file.yaml:3:9",
        "links.nvl.a.0": "file.yaml:3:13",
        "links.nvl.a.1": "file.yaml:3:16",
    }


@pytest.mark.usefixtures("loader")
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "E612"),
        ("# only this\n", "E612"),
        ("---\n...\n", "E612"),
        ("a: \0\n", "E611"),
        ("a: \x1b[2J\n", "E611"),
        ("PK\x03\x04\n", "E611"),
        ("a: \N{REPLACEMENT CHARACTER}\n", "E611"),
        ("a: b\ud800\n", "E611"),
        ("- a\n", "E623"),
        ("words\n", "E623"),
        ("a: [1\n", "E621"),
        ("a: b: c\n", "E621"),
        ('a: "b\n', "E621"),
        ("a: 1\n b: 2\n", "E621"),
        ("%YAML 9.9\n---\na: 1\n", "E621"),
        ("a:\n\tb: 1\n", "E622"),
        ("\ta: 1\n", "E622"),
        ("a: 1\na: 2\n", "E602"),
        ("a: {b: 1, b: 2}\n", "E602"),
        ("a: &x 1\n", "E624"),
        ("a: &x 1\nb: *x\n", "E624"),
        ("<<: {a: 1}\n", "E625"),
        ("a: !!int 1\n", "E626"),
        ("a: !own 1\n", "E626"),
        ("a: ! 1\n", "E626"),
        ("a: 1\n---\nb: 2\n", "E627"),
        ("a: " + "[" * 100 + "]" * 100, "E628"),
        ("a: " + "[" * 100_000, "E628"),
        ("a: " + "{a: " * 5_000, "E628"),
        ("? [a, b]\n: 1\n", "E630"),
        ("~: 1\n", "E630"),
    ],
)
def test_each_trap_has_its_code(text: str, code: str) -> None:
    _, found = read(text)
    assert code in {problem.code for problem in found}


def test_a_quoted_merge_key_is_a_key() -> None:
    assert plain(tree("'<<': 1")) == {"<<": "1"}


def test_a_file_may_begin_and_end_as_a_document() -> None:
    assert plain(tree("\ufeff---\na: 1\n...\n")) == {"a": "1"}


def test_too_many_values_are_refused() -> None:
    _, found = read(f"a: [{'x,' * (MAX_NODES + 10)}]")
    assert [problem.code for problem in found] == ["E629"]


def test_an_alias_bomb_is_refused_in_one_message() -> None:
    rows = [f"l{i}: &l{i} [{', '.join([f'*l{i - 1}'] * 9)}]" for i in range(1, 9)]
    _, found = read("\n".join(["l0: &l0 [x]", *rows]))
    assert [problem.code for problem in found] == ["E624"]


def test_the_first_of_two_values_stays() -> None:
    node, _ = read("a: 1\na: 2\nb: 3\n")
    assert node is not None
    assert plain(node) == {"a": "1", "b": "3"}


def test_several_mistakes_of_one_file_come_together() -> None:
    _, found = read("a: 1\na: 2\nb: &x 1\nc: !t 2\n")
    assert [problem.code for problem in found] == ["E602", "E624", "E626"]


@pytest.mark.parametrize("file", LANGUAGE, ids=lambda file: file.stem)
def test_both_parsers_read_the_same(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = file.read_text(encoding="utf-8")
    fast = tree(text)
    monkeypatch.setattr(yaml_tree, "LOADER", yaml.Loader)
    assert tree(text) == fast


@given(st.text(alphabet="ab:-[]{}, \n\t'\"&*!|>%#?~<\\\u0085\u2028", max_size=40))
def test_no_text_breaks_the_reader(text: str) -> None:
    node, found = read(text)
    assert node is not None or found
    for problem in found:
        assert str(problem)


def test_maps_are_merged_and_null_removes() -> None:
    base, own = tree("a: {b: 1, c: [1], d: 4}\ne: 5"), tree("a: {b: 2, c: [3, 4], d: ~}\nf: {g: ~, h: 1}")
    assert plain(merge(base, own)) == {"a": {"b": "2", "c": ["3", "4"]}, "e": "5", "f": {"h": "1"}}
    assert plain(base) == {"a": {"b": "1", "c": ["1"], "d": "4"}, "e": "5"}


def test_a_map_replaces_what_is_none() -> None:
    assert plain(merge(tree("a: 1"), tree("a: {b: 2}"))) == {"a": {"b": "2"}}


def test_keys_that_hold_nothing_are_left_out() -> None:
    assert plain(without_nulls(tree("a: {b: ~, c: {d: }}\ne: 1"))) == {"a": {"c": {}}, "e": "1"}


def test_children_are_found_by_key_and_by_number() -> None:
    node = tree("a: [x, {b: y}]")
    items = child(node, "a")
    assert items is not None
    assert [getattr(child(items, key), "value", None) for key in ("0", "2", "b")] == ["x", None, None]
