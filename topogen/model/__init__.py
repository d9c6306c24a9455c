"""The fabric as built: places, device groups, link groups, and links expanded to columns."""
