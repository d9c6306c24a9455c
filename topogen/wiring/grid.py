"""Full meshes along the lines of a grid, from which ``hyperx`` and ``nd_full_mesh`` are made."""

from __future__ import annotations

from math import prod

import numpy as np

from topogen.model.runs import arange
from topogen.wiring.block import Block, matching, repeat


def meshes_along(dims: tuple[int, ...], dim: int, per_pair: int) -> Block:
    """Return the full mesh of a line of a dimension, a copy for each line."""
    step = prod(dims[dim + 1 :])
    one, other = np.triu_indices(dims[dim], 1)
    first = arange(prod(dims)).reshape(dims).take(0, dim).ravel()
    return repeat(matching(one * step, other * step, per_pair, same=True), first, first)
