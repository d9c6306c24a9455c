"""The error of a key that matches nothing."""


class NoFigureError(ValueError):
    """A key that matches nothing in this fabric."""
