"""The keys of a part that a buyer fills in, as models of the catalog language."""

import re
from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Annotated, Self, get_args

from pydantic import BeforeValidator, Field, model_validator

from topogen.catalog.terms import MOST_WEEKS, Lifecycle, SparePolicy, Terms
from topogen.language.fields import (
    Count,
    Name,
    Natural,
    Percent,
    Positive,
    Reads,
    Share,
    Strict,
    Text,
    one_of,
    read_label,
    read_triple,
    scalar_text,
    shape,
)
from topogen.units import ReadError, Triple, parse_decimal, parse_metres, parse_whole, read_each

LEAST_BREAK = 2
_HS_CODE = re.compile(r"\d{4}(\.?\d{2}){1,3}", re.ASCII)
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)


def _read_lengths(value: object) -> dict[int, str | None]:
    """Return the part number of each length in mm, None where a list gives lengths alone."""
    if isinstance(value, Mapping):
        return dict(read_each(value, _length_row))
    if not isinstance(value, list | tuple):
        hint = "write [2, 5], or {2: PART-NUMBER, 5: PART-NUMBER}"
        raise ReadError("E642", f"expected a list or a map of lengths, not {shape(value)}", hint)
    rows = read_each({str(at): item for at, item in enumerate(value)}, lambda _, item: _metres(item))
    return dict.fromkeys(rows)


def _metres(value: object) -> int:
    return parse_metres(scalar_text(value))


def _length_row(length: str, mpn: object) -> tuple[int, str]:
    return _metres(length), read_label(scalar_text(mpn))


def _read_breaks(value: object) -> dict[int, Triple]:
    """Return the price per piece by the least quantity of an order."""
    if not isinstance(value, Mapping):
        hint = 'write it like "{100: 28, 1000: [20, 24, 25]}"'
        raise ReadError("E642", f"expected a map of prices by quantity, not {shape(value)}", hint)
    breaks = dict(sorted(read_each(value, _break_row)))
    for (fewer, dear), (more, cheap) in pairwise(breaks.items()):
        if cheap.base > dear.base:
            message = f"the price rises from {fewer:,} to {more:,} pieces"
            raise ReadError("E765", message, "give the price per piece of each quantity, in falling order")
    return breaks


def _break_row(quantity: str, price: object) -> tuple[int, Triple]:
    return parse_whole(quantity.strip(), LEAST_BREAK), read_triple(price)


def _read_length_prices(value: object) -> dict[int, Triple]:
    """Return the price per piece by length in mm."""
    if not isinstance(value, Mapping):
        hint = 'write it like "{2: 24, 5: [28, 31, 33]}"'
        raise ReadError("E642", f"expected a map of prices by length, not {shape(value)}", hint)
    return dict(sorted(read_each(value, lambda length, price: (_metres(length), read_triple(price)))))


def _read_service_level(text: str) -> Fraction:
    number = parse_decimal(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    if not 0 < number < 1:
        raise ReadError("E766", f'"{text}" is not between 0 and 1', 'write it as a share, such as "0.99"')
    return number


def _read_weeks(value: object) -> Triple:
    weeks = read_triple(value)
    longest = weeks.base if weeks.high is None else weeks.high
    if longest > MOST_WEEKS:
        message = f"a lead time of {float(longest):g} weeks is more than {MOST_WEEKS}"
        raise ReadError("E769", message, "write it in weeks, such as 12")
    return weeks


def _read_hs_code(text: str) -> str:
    if not _HS_CODE.fullmatch(text):
        hint = 'write 6, 8 or 10 digits, such as "8517.62" or "854470"'
        raise ReadError("E767", f'"{text}" is not a customs code', hint)
    return text


def _read_country(text: str) -> str:
    if not _COUNTRY.fullmatch(text):
        hint = "write the two capital letters of ISO 3166, such as US, CN, TH or MY"
        raise ReadError("E768", f'"{text}" is not a country code', hint)
    return text


def _some_names(value: object) -> object:
    return [value] if isinstance(value, str) else value


Lengths = Annotated[
    dict[int, str | None],
    Reads(_read_lengths, {"type": ["array", "object"]}, scalar=False),
]
Breaks = Annotated[dict[int, Triple], Reads(_read_breaks, {"type": "object"}, scalar=False)]
LengthPrices = Annotated[dict[int, Triple], Reads(_read_length_prices, {"type": "object"}, scalar=False)]
ServiceLevel = Annotated[
    Fraction, Reads(_read_service_level, {"type": ["number", "string"], "exclusiveMinimum": 0})
]
Weeks = Annotated[Triple, Reads(_read_weeks, {"type": ["number", "array"]}, scalar=False)]
HsCode = Annotated[str, Reads(_read_hs_code)]
Country = Annotated[str, Reads(_read_country, {"type": "string", "pattern": "^[A-Z]{2}$"})]
LifecycleWord = Annotated[Lifecycle, one_of(get_args(Lifecycle))]


class SpareEntry(Strict):
    """How many spares of a part are ordered."""

    percent: Percent | None = None
    """spares in per cent of the pieces in the design, rounded up"""
    min: Natural = 0
    """spares at least, if there is any piece in the design"""
    service_level: ServiceLevel | None = None
    """probability that the spares last for a lead time; needs `failures_fit` and `lead_time_weeks`"""

    @model_validator(mode="after")
    def _one_rule(self) -> Self:
        if self.percent is not None and self.service_level is not None:
            hint = 'keep one; to drop a copied value, write "percent: null"'
            raise ReadError("E645", "percent and service_level exclude each other", hint, ("service_level",))
        if self.percent is None and self.service_level is None and not self.min:
            hint = 'add one, such as "percent: 2", "min: 2" or "service_level: 0.99"'
            raise ReadError("E641", "a spare policy needs percent, min or service_level", hint)
        return self

    def policy(self) -> SparePolicy:
        """Return the policy."""
        return SparePolicy(self.percent, self.min, self.service_level)


class BuyerKeys(Strict):
    """What a buyer knows of a part; nothing here changes the totals of the design."""

    lengths_m: Lengths = Field(default_factory=dict)
    """lengths it is sold in: a list, or a map to the part number of each, `{2: X-N002, 5: X-N005}`"""
    mpn: Text | None = None
    """manufacturer's part number; of a part sold by length, that of lengths without their own"""
    supplier: Text | None = None
    """who it is ordered from"""
    moq: Count | None = None
    """least pieces of an order (minimum order quantity); default: unknown, an order is not raised"""
    pack_qty: Count | None = None
    """pieces per pack; orders are whole packs; default: unknown, an order is not raised"""
    price_breaks: Breaks = Field(default_factory=dict)
    """price per piece in US dollars by the least quantity of an order, such as `{100: 28, 1000: 24}`"""
    length_prices_usd: LengthPrices = Field(default_factory=dict)
    """price per piece by length, `{2: 24, 5: 31}`, instead of `price_usd`; other lengths have no price"""
    lead_time_weeks: Weeks | None = None
    """weeks from order to delivery"""
    lifecycle: LifecycleWord | None = None
    """whether it can be ordered, and for how long"""
    spare: SpareEntry | None = None
    """spares to order; default: none"""
    attrition: Share | None = None
    """share lost or broken at installation, such as 1%, ordered on top and rounded up; default: none"""
    weight_kg: Positive | None = None
    """weight per piece; of a cable with `weight_kg_per_m`, of its plugs: the two are added"""
    hs_code: HsCode | None = None
    """customs code of the Harmonized System, such as `8517.62`"""
    country_of_origin: Country | None = None
    """country of origin as two letters of ISO 3166, such as TH"""
    bought_inside: Annotated[tuple[Name, ...], BeforeValidator(_some_names)] | None = None
    """parts that come with it inside, such as gb300_nvl72; `[]`: always ordered by itself"""

    def terms(self) -> Terms:
        """Return the terms of the part."""
        return Terms(
            supplier=self.supplier,
            moq=self.moq,
            pack_qty=self.pack_qty,
            price_breaks=self.price_breaks,
            length_prices=self.length_prices_usd,
            lead_time_weeks=self.lead_time_weeks,
            lifecycle=self.lifecycle,
            spare=self.spare.policy() if self.spare else None,
            attrition=self.attrition,
            weight_kg=self.weight_kg,
            hs_code=self.hs_code,
            country_of_origin=self.country_of_origin,
            bought_inside=self.bought_inside,
            mpns={length: mpn for length, mpn in self.lengths_m.items() if mpn},
        )
