"""Who gets an order: each policy against all offers, and prices of packs taken for those of pieces."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from topogen.catalog.model import Part
from topogen.catalog.terms import Terms
from topogen.ordering.rounding import rounded_up
from topogen.quotes.merge import mean_price, merge
from topogen.quotes.offers import Asked
from topogen.quotes.overlay import overlay_yaml
from topogen.quotes.rates import DOLLAR
from topogen.quotes.sheets import csv_sheet
from topogen.quotes.template import Wanted
from topogen.report.quotes_report import quotes_report
from topogen.units import Triple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from topogen.quotes.merge import Merged, Policy

HEAD = "part_id,unit_price,currency,price_per,moq,pack_qty,supplier,lead_time_weeks\n"


class Quote(NamedTuple):
    """What one supplier asks for a NIC, in US dollars, and on what terms."""

    usd: int
    moq: int | None = None
    pack: int | None = None
    weeks: int | None = None
    per: str = "piece"

    def order(self, pieces: int) -> int:
        """Return what has to be ordered for some pieces."""
        return rounded_up(pieces, self.moq, self.pack)

    def wait(self) -> tuple[bool, int]:
        """Return the lead time as something to sort by, unknown ones last."""
        return self.weeks is None, self.weeks or 0


def merged(  # noqa: PLR0913 - one argument a term
    quotes: Mapping[str, Quote],
    policy: Policy = "cheapest",
    *,
    pieces: int = 128,
    known: Mapping[int, Fraction] = MappingProxyType({}),
    moq: int | None = None,
    pack_qty: int | None = None,
    prefer: tuple[str, ...] = (),
    pack_check: bool = False,
) -> Merged:
    """Return the merge of one sheet with a quote of each supplier."""
    wanted = Wanted("nic", None, "a NIC", None, pieces, pieces, pieces, known, moq, pack_qty)
    cells = (
        ("nic", one.usd, "USD", one.per, one.moq, one.pack, supplier, one.weeks)
        for supplier, one in quotes.items()
    )
    rows = (",".join("" if cell is None else str(cell) for cell in row) + "\n" for row in cells)
    asked = Asked({wanted.key: wanted}, ["nic"], {"USD": DOLLAR}, date(2026, 11, 29))
    sheet = csv_sheet(HEAD + "".join(rows), "some.csv")
    return merge([(sheet, "some")], asked, policy, prefer, pack_check=pack_check)


def winners(done: Merged) -> list[tuple[str, int]]:
    return [(one.offer.supplier, one.pieces) for one in done.awards]


PIECES = st.integers(1, 300)
QUOTES = st.dictionaries(
    st.sampled_from("ABCD"),
    st.builds(
        Quote,
        st.integers(1, 9),
        st.none() | st.integers(1, 200),
        st.none() | st.integers(1, 40),
        st.none() | st.integers(0, 4),
        st.just("piece"),
    ),
    min_size=1,
)


@given(quotes=QUOTES, pieces=PIECES)
def test_the_cheapest_order_wins_and_of_equal_ones_the_soonest(quotes: dict[str, Quote], pieces: int) -> None:
    ((supplier, order),) = winners(merged(quotes, pieces=pieces))
    rank = {name: (one.usd * one.order(pieces), one.wait(), name) for name, one in quotes.items()}
    assert rank[supplier] == min(rank.values())
    assert order == quotes[supplier].order(pieces)


@given(quotes=QUOTES, pieces=PIECES)
def test_the_shortest_lead_wins_and_of_equal_ones_the_cheapest(quotes: dict[str, Quote], pieces: int) -> None:
    ((supplier, _),) = winners(merged(quotes, "shortest-lead", pieces=pieces))
    soonest = min(one.wait() for one in quotes.values())
    cost = {name: one.usd * one.order(pieces) for name, one in quotes.items() if one.wait() == soonest}
    assert cost[supplier] == min(cost.values())


@given(quotes=QUOTES, pieces=PIECES, prefer=st.permutations("ABCD"))
def test_the_first_preferred_supplier_that_offers_wins(
    quotes: dict[str, Quote], pieces: int, prefer: list[str]
) -> None:
    offering = tuple(name for name in prefer if name in quotes)
    ((supplier, _),) = winners(merged(quotes, "preferred", pieces=pieces, prefer=offering))
    assert supplier == offering[0]


@given(quotes=QUOTES, pieces=PIECES)
def test_a_split_covers_the_need_in_whole_packs_above_every_minimum(
    quotes: dict[str, Quote], pieces: int
) -> None:
    awards = winners(merged(quotes, "split", pieces=pieces))
    assert awards[0][0] == winners(merged(quotes, pieces=pieces))[0][0]
    assert sum(order for _, order in awards) >= pieces
    for supplier, order in awards:
        assert order >= (quotes[supplier].moq or 1)
        assert order % (quotes[supplier].pack or 1) == 0
    if len(awards) == 2:
        first, rest = awards[0][1], pieces - awards[0][1]
        assert 0 <= 2 * first - pieces < 2 * (quotes[awards[0][0]].pack or 1)  # half, rounded up to packs
        assert 0 <= awards[1][1] - rest < (quotes[awards[1][0]].pack or 1)


@pytest.mark.parametrize(
    ("one", "two", "shares"),
    [
        (Quote(1), Quote(2), [("One", 65), ("Two", 64)]),
        (Quote(1, moq=65), Quote(2, moq=64), [("One", 65), ("Two", 64)]),
        (Quote(1, moq=66), Quote(2), [("One", 129)]),
        (Quote(1), Quote(2, moq=65), [("One", 129)]),
        (Quote(1, pack=129), Quote(2), [("One", 129)]),
    ],
)
def test_a_half_that_just_meets_its_minimum_is_split_off(
    one: Quote, two: Quote, shares: list[tuple[str, int]]
) -> None:
    assert winners(merged({"One": one, "Two": two}, "split", pieces=129)) == shares


def test_the_price_of_a_split_is_the_mean_by_pieces() -> None:
    awards = merged({"One": Quote(1), "Two": Quote(2)}, "split", pieces=3).awards
    assert mean_price(awards).base == Fraction(4, 3)


@pytest.mark.parametrize(
    ("quote", "kind"),
    [
        (Quote(75, pack=10), "carton_as_piece"),  # 3/4 of ten pieces at 10 USD
        (Quote(74, pack=10), ""),
        (Quote(133, pack=10), "carton_as_piece"),
        (Quote(134, pack=10), ""),
        (Quote(100, pack=1), ""),
        (Quote(199), ""),
        (Quote(200), "carton_as_piece"),  # a pack of unknown size
        (Quote(200, pack=10), "carton_as_piece"),
        (Quote(8, pack=10, per="pack"), "piece_as_carton"),
        (Quote(7, pack=10, per="pack"), ""),
        (Quote(13, pack=10, per="pack"), "piece_as_carton"),
        (Quote(14, pack=10, per="pack"), ""),
        (Quote(100, pack=10, per="pack"), ""),
    ],
)
def test_a_price_near_that_of_a_pack_is_refused(quote: Quote, kind: str) -> None:
    (row,) = merged({"One": quote}, known={1: Fraction(10)}, pack_check=True).rows
    assert (row.result == "refused") == bool(kind)
    assert kind in {"", *(one.kind for one in row.findings)}


@pytest.mark.parametrize(
    ("quote", "kind"), [(Quote(35), "far_below"), (Quote(36), ""), (Quote(1), "far_below")]
)
def test_a_twentieth_of_the_price_in_the_catalog_is_refused(quote: Quote, kind: str) -> None:
    (row,) = merged({"One": quote}, known={1: Fraction(700)}, pack_check=True).rows
    assert (row.result == "refused") == bool(kind)
    assert kind in {"", *(one.kind for one in row.findings)}
    (row,) = merged({"One": quote}, known={1: Fraction(700)}).rows
    assert row.result == "applied"


def test_ten_thousand_offers_of_an_unknown_price_are_compared_at_once() -> None:
    many = {f"S{number}": Quote(1000) for number in range(10_000)}
    for least, refused in ((51, 0), (50, 10_000)):
        rows = merged(many | {"Low": Quote(least)}, pack_check=True).rows
        assert sum(row.result == "refused" for row in rows) == refused


def test_a_price_is_known_from_the_other_suppliers_where_the_catalog_has_none() -> None:
    quotes = {"One": Quote(10), "Two": Quote(12), "Three": Quote(100, pack=10)}
    one, two, three = merged(quotes, pack_check=True).rows
    assert (one.result, two.result, three.result) == ("applied", "applied", "refused")
    assert "10 times the 10" in three.findings[0].words


TERM = st.none() | st.integers(1, 200)


@given(PIECES, TERM, TERM, TERM, TERM)
def test_a_term_that_a_quote_leaves_empty_is_ours(
    pieces: int, moq: int | None, pack: int | None, our_moq: int | None, our_pack: int | None
) -> None:
    done = merged({"One": Quote(5, moq, pack)}, pieces=pieces, moq=our_moq, pack_qty=our_pack)
    (award,) = done.awards
    assert award.pieces == rounded_up(pieces, moq or our_moq, pack or our_pack)
    ours = Part("nic", "a NIC", terms=Terms(moq=our_moq, pack_qty=our_pack))
    entry = yaml.safe_load(overlay_yaml(done, {"nic": ours}, date(2026, 11, 29)))["parts"]["nic"]
    assert entry.get("moq", our_moq) == (moq or our_moq)
    assert entry.get("pack_qty", our_pack) == (pack or our_pack)


@given(TERM, TERM, st.booleans())
def test_given_terms_alone_are_no_quote(moq: int | None, pack: int | None, other: bool) -> None:  # noqa: FBT001
    wanted = Wanted("nic", None, "a NIC", None, 1, 1, 1, {}, moq, pack)
    cells = f"nic,,,,{(moq or 0) + 1 if other else moq or ''},{pack or ''},,"
    asked = Asked({wanted.key: wanted}, ["nic"], {"USD": DOLLAR}, date(2026, 11, 29))
    (row,) = merge([(csv_sheet(HEAD + cells, "s.csv"), "s")], asked, "cheapest").rows
    assert row.result == ("refused" if other else "not_quoted")


@given(st.integers(1, 400))
def test_an_award_is_compared_with_the_price_of_its_quantity(pieces: int) -> None:
    known = {1: Fraction(450), 100: Fraction(440), 380: Fraction(400)}
    done = merged({"One": Quote(420)}, pieces=pieces, known=known)
    table = next(one for one in quotes_report(done, {}).tables if one.name == "awards")
    catalog, change = table.rows[0][-2:]
    assert isinstance(catalog, Fraction)
    assert catalog == known[max(least for least in known if least <= pieces)]
    assert change == (Fraction(420) / catalog - 1) * 100


@pytest.mark.parametrize(("quoted", "weeks"), [((5, 8), 8), ((5, None), 12), ((None, None), None)])
def test_the_lead_time_of_a_part_is_that_of_its_slowest_length(
    quoted: tuple[int | None, ...], weeks: int | None
) -> None:
    ours = Part("cord", "a cord", terms=Terms(lead_time_weeks=Triple(None, Fraction(12), None)))
    wanted: dict[tuple[str, int | None], Wanted] = {
        ("cord", mm): Wanted("cord", mm, "a cord", None, 1, 1, 1, {}) for mm in (2000, 7000)
    }
    head = "part_id,length_m,unit_price,currency,price_per,supplier,lead_time_weeks\n"
    rows = zip((2, 7), quoted, strict=True)
    cells = "".join(f"cord,{length},9,USD,piece,Acme,{'' if one is None else one}\n" for length, one in rows)
    asked = Asked(wanted, ["cord"], {"USD": DOLLAR}, date(2026, 11, 29))
    done = merge([(csv_sheet(head + cells, "s.csv"), "s")], asked, "cheapest")
    entry = yaml.safe_load(overlay_yaml(done, {"cord": ours}, date(2026, 11, 29)))["parts"]["cord"]
    assert entry.get("lead_time_weeks") == weeks
