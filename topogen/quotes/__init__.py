"""Prices out and back: what suppliers fill in, and the offers of their sheets as a catalog overlay."""
