"""Selectors and the names of places."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topogen.selector import Entry, Pick, made_entry, parse_entries, parse_selector
from topogen.units import ReadError


def names(entry: Entry) -> list[str]:
    """Return the first two and the last name of a line."""
    every = list(entry.names())
    return every if len(every) <= 3 else [*every[:2], every[-1]]


def test_a_selector_is_steps_and_a_port() -> None:
    selector = parse_selector("compute/leaf[0-2].up")
    assert selector.steps == (Pick("compute", None), Pick("leaf", (0, 1, 2)))
    assert (selector.port, selector.port_numbers) == ("up", None)


def test_ports_are_picked_by_number() -> None:
    selector = parse_selector("gpu.nvl[0-8]")
    assert (selector.port, selector.port_numbers) == ("nvl", tuple(range(9)))


def test_a_selector_without_port_names_places() -> None:
    assert parse_selector("host/gpu").port is None


def test_numbers_are_ranges_steps_and_lists() -> None:
    (step,) = parse_selector("r[0-3,8,10-20:5]").steps
    assert step.numbers == (0, 1, 2, 3, 8, 10, 15, 20)


def test_leading_zeros_are_only_a_manner_of_writing() -> None:
    assert parse_selector("r[01-02]").steps == parse_selector("r[1-2]").steps


@pytest.mark.parametrize(
    ("text", "code", "hint"),
    [
        ("", "E109", ""),
        ("r01//gpu", "E109", 'single "/"'),
        ("gpu*.nvl", "E109", '"*" is not supported'),
        ("gpu:nvl", "E109", "after a dot"),
        ("r[1-2", "E109", 'with "]"'),
        ("GPU.nvl", "E109", "lower-case"),
        ("gpu.nvl.a", "E109", "after a dot"),
        ("gpu.", "E109", ""),
        ("r[4-1]", "E110", '"1-4"'),
        ("r[]", "E110", ""),
        ("r[0-9:0]", "E110", "step"),
        ("r[1,1]", "E110", "once"),
        ("r[0-2000000]", "E110", "at most"),
        ("r[0-999999,5000000-5999999]", "E110", "at most"),
        ("r[99999999999]", "E110", ""),
        ("r[9999999999]", "E110", "the maximum is"),
    ],
)
def test_wrong_selectors_say_what_to_write(text: str, code: str, hint: str) -> None:
    with pytest.raises(ReadError) as caught:
        parse_selector(text)
    assert caught.value.code == code
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("gpu", "4", ["gpu0", "gpu1", "gpu3"]),
        ("compute_tray", "18", ["compute_tray0", "compute_tray1", "compute_tray17"]),
        ("gpu", "10", ["gpu0", "gpu1", "gpu9"]),
        ("q3450", "1", ["q3450_0"]),
        ("r[01-04]", "nvl72", ["r01", "r02", "r04"]),
        ("r[1-10]", "nvl72", ["r1", "r2", "r10"]),
        ("host[0-127]", "node", ["host0", "host1", "host127"]),
        ("r1", "nvl72", ["r1"]),
        ("r01", "nvl72", ["r01"]),
        ("q3450_7", "q3450", ["q3450_7"]),
        ("pod", "su_type", ["pod"]),
    ],
)
def test_places_are_named_as_the_language_says(key: str, value: str, expected: list[str]) -> None:
    (entry,) = parse_entries({key: value})
    assert names(entry) == expected


@pytest.mark.parametrize(
    ("line", "entry"),
    [
        ({"gpu": "4"}, Entry("gpu", "gpu", range(4), 1, "", plain=False)),
        ({"q3450": "1"}, Entry("q3450", "q3450", range(1), 1, "_", plain=False)),
        ({"r[01-04]": "nvl72"}, Entry("nvl72", "r", range(1, 5), 2, "", plain=False)),
        ({"r1": "nvl72"}, Entry("nvl72", "r", (1,), 1, "", plain=False)),
        ({"pod": "su_type"}, Entry("su_type", "pod", (0,), 0, "", plain=True)),
        ({"r[1,3]": "nvl72"}, Entry("nvl72", "r", (1, 3), 1, "", plain=False)),
    ],
)
def test_a_line_becomes_an_entry(line: dict[str, str], entry: Entry) -> None:
    assert parse_entries(line) == (entry,)


def test_a_count_of_a_billion_is_not_spelled_out() -> None:
    (entry,) = parse_entries({"gpu": "1000000000"})
    assert entry.count == 10**9
    assert entry.name(7) == "gpu7"


@pytest.mark.parametrize(
    ("mapping", "code"),
    [
        ({"r1": "a", "r[0-3]": "a"}, "E601"),
        ({"gpu": "4", "gpu2": "gpu"}, "E601"),
        ({"r[1,2]": "a", "r[2-900000000]": "a"}, "E601"),
        ({"gpu": "4x"}, "E106"),
        ({"gpu": None}, "E642"),
        ({"gpu": {"a": "b"}}, "E642"),
        ({"r[0-3]": "4"}, "E109"),
        ({"R1": "nvl72"}, "E644"),
        ({"r1": "Nvl72"}, "E644"),
        ({"r[4-1]": "nvl72"}, "E110"),
    ],
)
def test_wrong_lines_have_their_code(mapping: dict[str, object], code: str) -> None:
    with pytest.raises(ReadError) as caught:
        parse_entries(mapping)
    assert caught.value.code == code
    assert caught.value.at == (list(mapping)[-1],)


def test_names_may_not_differ_in_leading_zeros_only() -> None:
    with pytest.raises(ReadError, match='"r01" and "r1" differ only in leading zeros') as caught:
        parse_entries({"r1": "a", "r01": "a"})
    assert caught.value.code == "E601"
    assert len(parse_entries({"r1": "a", "r_1": "a"})) == 2


@given(st.integers(1, 300), st.integers(1, 300))
def test_a_larger_count_renames_nothing(few: int, more: int) -> None:
    names = made_entry("dgx", few + more).names()
    assert names[:few] == made_entry("dgx", few).names()
    assert names[-1] == f"dgx{few + more - 1}"


@given(st.text(alphabet="ra0123456789[]-,:/._*", max_size=20))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        assert str(parse_selector(text)) == text
    except ReadError as error:
        assert error.code in {"E109", "E110"}  # noqa: PT017  (either way is fine, but never another error)


@given(st.lists(st.integers(0, 200), min_size=1, max_size=8, unique=True))
def test_a_list_of_numbers_is_kept_in_its_order(numbers: list[int]) -> None:
    (step,) = parse_selector(f"r[{','.join(map(str, numbers))}]").steps
    assert step.numbers == tuple(numbers)
