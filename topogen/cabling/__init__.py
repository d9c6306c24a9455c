"""Ports, cages and cables."""
