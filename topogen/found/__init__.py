"""Cables as found or as listed by others: read their tables, compare them with a model, import them."""
