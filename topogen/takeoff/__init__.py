"""Quantities, pools, and the roll-up into totals."""
