"""The stages from a parsed file to a fabric."""
