"""Structure: what a fabric's wiring amounts to, one question a file, from the same links that are counted."""
