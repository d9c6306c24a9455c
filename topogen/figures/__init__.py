"""The numbers that can be asked for by a key."""
