"""Expectations, published counts and prices, checked."""
