"""Texts to exact quantities and back."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topogen.conditions import Condition, parse_condition
from topogen.units import (
    ReadError,
    format_count,
    format_decimal,
    format_fixed,
    format_length,
    format_rate,
    format_rate_long,
    parse_bandwidth,
    parse_decimal,
    parse_length,
    parse_rate,
    parse_ratio,
    parse_share,
    parse_whole,
    read_each,
    rounded_to_sum,
)

if TYPE_CHECKING:
    from collections.abc import Callable

amounts = st.integers(min_value=1, max_value=10**9)


@pytest.mark.parametrize(
    ("text", "mbps"),
    [("200 Gb/s", 200_000), ("1.6 Tb/s", 1_600_000), ("0.001 Gb/s", 1), ("100Gb/s", 100_000)],
)
def test_a_rate_is_whole_mbps(text: str, mbps: int) -> None:
    assert parse_rate(text) == mbps


@pytest.mark.parametrize(
    ("text", "mbps"),
    [
        ("1.8 TB/s bidir", 7_200_000),
        ("7.2 Tb/s per_dir", 7_200_000),
        ("450 GB/s bidir", 1_800_000),
        ("900 GB/s per_dir", 7_200_000),
    ],
)
def test_a_bandwidth_is_mbps_of_one_direction(text: str, mbps: int) -> None:
    assert parse_bandwidth(text) == mbps


@pytest.mark.parametrize(("text", "mm"), [("0.62 m", 620), ("600 mm", 600), ("2.6 m", 2_600), ("0 m", 0)])
def test_a_length_is_whole_mm(text: str, mm: int) -> None:
    assert parse_length(text) == mm


@pytest.mark.parametrize(
    ("text", "share"),
    [("25%", Fraction(1, 4)), ("1/3", Fraction(1, 3)), ("12.5 %", Fraction(1, 8)), ("100%", 1)],
)
def test_a_share_is_exact(text: str, share: Fraction) -> None:
    assert parse_share(text) == share


def test_a_ratio_is_a_decimal_or_a_fraction() -> None:
    assert (parse_ratio("0.25"), parse_ratio("1/4"), parse_ratio("2")) == (
        Fraction(1, 4),
        Fraction(1, 4),
        Fraction(2),
    )


@given(amounts)
def test_rates_survive_writing_and_reading(mbps: int) -> None:
    assert parse_rate(format_rate_long(mbps)) == mbps


@given(amounts)
def test_lengths_survive_writing_and_reading(mm: int) -> None:
    assert parse_length(format_length(mm)) == mm


@given(st.integers(0, 10**12), st.integers(0, 6))
def test_decimals_survive_writing_and_reading(digits: int, places: int) -> None:
    number = Fraction(digits, 10**places)
    assert parse_decimal(format_decimal(number)) == number


@given(st.fractions(min_value=-1000, max_value=1000), st.integers(0, 8))
def test_a_shown_number_is_off_by_at_most_half_a_unit_of_its_last_digit(value: Fraction, places: int) -> None:
    assert abs(Fraction(format_fixed(value, places)) - value) <= Fraction(1, 2 * 10**places)


def test_a_ratio_may_be_over_one() -> None:
    assert parse_ratio("3/1") == 3


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(65, 2), "32.5"),
        (Fraction(1000), "1000"),
        (Fraction(125, 3), "41.666667"),
        (Fraction(5, 10**7), "0"),
        (Fraction(15, 10**7), "0.000002"),
        (Fraction(-1, 4), "-0.25"),
        (Fraction(-1, 10**9), "0"),
    ],
)
def test_decimals_are_plain_half_even_and_without_trailing_zeros(value: Fraction, text: str) -> None:
    assert format_decimal(value) == text


def test_people_read_short_forms() -> None:
    assert [format_rate(mbps) for mbps in (400_000, 1_600_000, 112_500)] == ["400G", "1.6T", "112.5G"]
    assert (format_rate_long(200_000), format_length(1_500), format_count(1296)) == (
        "200 Gb/s",
        "1.5 m",
        "1,296",
    )


@pytest.mark.parametrize(
    ("parse", "text", "code"),
    [
        (parse_bandwidth, "1.8 TB/s", "E101"),
        (parse_rate, "25 GB/s", "E102"),
        (parse_rate, "200", "E103"),
        (parse_length, "3", "E103"),
        (parse_rate, "200 Gbps", "E104"),
        (parse_rate, "200 gb/s", "E104"),
        (parse_bandwidth, "1.8 parsec bidir", "E104"),
        (parse_decimal, "14 W", "E105"),
        (parse_decimal, "14 14", "E107"),
        (parse_whole, "one", "E106"),
        (parse_whole, "-1", "E106"),
        (parse_whole, "9" * 5000, "E106"),
        (parse_decimal, "9" * 5000, "E106"),
        (parse_whole, "\N{SUPERSCRIPT TWO}", "E106"),
        (parse_decimal, "much", "E107"),
        (parse_length, "long", "E107"),
        (parse_length, "-1 m", "E107"),
        (parse_length, "0.0001 m", "E111"),
        (parse_bandwidth, "0.001 Gb/s bidir", "E111"),
        (parse_share, "25", "E112"),
        (parse_share, "101%", "E112"),
        (parse_ratio, "1/0", "E106"),
        (parse_whole, "1e3", "E603"),
        (parse_whole, "1_000", "E603"),
        (parse_whole, "1,000", "E603"),
        (parse_whole, "0x10", "E603"),
        (parse_decimal, "1e3", "E603"),
    ],
)
def test_each_slip_has_its_code(parse: Callable[[str], object], text: str, code: str) -> None:
    with pytest.raises(ReadError) as caught:
        parse(text)
    assert caught.value.code == code
    assert caught.value.hint


def test_the_hint_for_a_direction_does_the_sum() -> None:
    with pytest.raises(ReadError) as caught:
        parse_bandwidth("1.8 TB/s")
    assert caught.value.hint == 'write "1.8 TB/s bidir" (= 7.2 Tb/s per_dir) or "1.8 TB/s per_dir"'


@given(st.text(max_size=20))
def test_no_text_breaks_a_reader(text: str) -> None:
    for parse in (parse_rate, parse_bandwidth, parse_length, parse_share, parse_decimal, parse_condition):
        try:
            parse(text)
        except ReadError as error:
            assert error.message  # noqa: PT017  (either way is fine, but never another error)


# Conditions


@pytest.mark.parametrize(
    "text",
    [
        "1296",
        "1.067",
        "0.60 m",
        "90%",
        "at most 1 m",
        "at least 90%",
        "3000 m to 3400 m",
        "at most 1.5 m",
        "at least 3",
    ],
)
def test_a_condition_gives_back_its_text(text: str) -> None:
    assert str(parse_condition(text)) == text


def test_lengths_are_held_in_metres() -> None:
    assert parse_condition("at most 500 mm") == Condition("at_most", None, Fraction(1, 2), "m", 3)


@pytest.mark.parametrize(
    ("text", "value", "holds"),
    [
        ("1296", "1296", True),
        ("1296", "1295", False),
        ("1.067", "16/15", False),
        ("about 1.067", "16/15", True),
        ("about 1.07", "16/15", True),
        ("about 1.06", "16/15", False),
        ("about 0.60 m", "0.605", True),
        ("about 0.60 m", "0.606", False),
        ("0.60 m", "0.6", True),
        ("0.60 m", "0.604", False),
        ("1.067 +- 0.001", "16/15", True),
        ("1.067 +- 0.0001", "16/15", False),
        ("2 m +- 5 mm", "2.005", True),
        ("2 +- 0.1 m", "2.2", False),
        ("25% +- 1%", "26", True),
        ("at most 1 m", "1", True),
        ("at most 1 m", "1.001", False),
        ("at least 90%", "90", True),
        ("at least 90%", "89.9", False),
        ("3000 m to 3400 m", "3123", True),
        ("3000 m to 3400 m", "2999.9", False),
    ],
)
def test_conditions_hold_exactly_within_what_is_written(text: str, value: str, *, holds: bool) -> None:
    assert parse_condition(text).holds(Fraction(value)) is holds


@pytest.mark.parametrize(
    ("text", "units", "code"),
    [
        ("< 3", ("",), "E108"),
        ("roughly 3", ("",), "E108"),
        ("3 +- x", ("",), "E108"),
        ("2 m +- 1%", ("m", "%"), "E108"),
        ("at most", ("",), "E108"),
        ("", ("",), "E108"),
        ("2 m to 1 m", ("m",), "E108"),
        ("1 to 2 m", ("", "m"), "E108"),
        ("1.5", ("m",), "E103"),
        ("1.5 ft", ("m",), "E104"),
        ("12 kW", ("",), "E105"),
        ("1,296", ("",), "E603"),
    ],
)
def test_each_wrong_condition_has_its_code(text: str, units: tuple[str, ...], code: str) -> None:
    with pytest.raises(ReadError) as caught:
        parse_condition(text, units)
    assert caught.value.code == code


def test_all_failures_of_a_map_come_together_each_at_its_key() -> None:
    with pytest.raises(ReadError) as caught:
        read_each({"a": "1", "b": "x", "c": "y"}, lambda _, text: parse_whole(text))
    found = (caught.value, *caught.value.more)
    assert [(error.at, error.code) for error in found] == [(("b",), "E106"), (("c",), "E106")]


@given(st.lists(st.fractions(0, 10**6, max_denominator=1000), max_size=12))
def test_rounded_values_are_near_and_add_up_to_the_rounded_sum(values: list[Fraction]) -> None:
    found = rounded_to_sum(values)
    assert sum(found) == round(sum(values, Fraction(0)))
    assert all(abs(one - value) < 1 for one, value in zip(found, values, strict=True))
