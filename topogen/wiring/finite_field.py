"""Finite fields, from which ``slim_fly`` and ``polar_fly`` are made."""

from __future__ import annotations

from math import isqrt
from typing import TYPE_CHECKING

import numpy as np

from topogen.model.runs import arange, zeros
from topogen.records import dataclass

if TYPE_CHECKING:
    from topogen.model.arrays import Ints


def prime_power(q: int) -> tuple[int, int] | None:
    """Return the prime p and the exponent n of q = p^n, None where there are none.

    >>> prime_power(16), prime_power(19), prime_power(15)
    ((2, 4), (19, 1), None)
    """
    prime = next((p for p in range(2, isqrt(q) + 1) if q % p == 0), q)
    exponent = 1
    while prime > 1 and prime**exponent < q:
        exponent += 1
    return (prime, exponent) if prime > 1 and prime**exponent == q else None


@dataclass(frozen=True)
class Field:
    """The field of q elements: ``powers`` of a primitive one, shape (q - 1,), and tables, shape (q, q)."""

    powers: Ints
    add: Ints
    multiply: Ints


def finite_field(prime: int, exponent: int) -> Field:
    """Return the field of p^n elements: element e has the coefficients of its digits to the base p."""
    q = prime**exponent
    weights = prime ** arange(exponent)
    digits = arange(q)[:, None] // weights % prime
    powers = _powers(prime, exponent)
    logs = zeros(q)
    logs[powers] = arange(q - 1)
    multiply = powers[(logs[:, None] + logs) % (q - 1)]
    multiply[0] = multiply[:, 0] = 0
    return Field(powers, (digits[:, None] + digits) % prime @ weights, multiply)


def _powers(prime: int, exponent: int) -> Ints:
    """Return the powers 1, x, x^2 ... modulo the first polynomial of which x is a primitive element."""
    q, top = prime**exponent, prime ** (exponent - 1)
    for polynomial in range(1, q):
        powers = [1]
        while len(powers) < q:
            lead, low = divmod(powers[-1], top)
            digits = [
                (low * prime // w % prime + lead * (polynomial // w)) % prime * w
                for w in (prime**place for place in range(exponent))
            ]
            powers.append(sum(digits))
            if powers[-1] <= 1:
                break
        if len(powers) == q and powers[-1] == 1:
            return np.array(powers[:-1], np.int64)
    raise AssertionError(q)  # every finite field has a primitive element
