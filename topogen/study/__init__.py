"""Studies: each answers one question about a fabric as exact rows, which tables and charts show."""
