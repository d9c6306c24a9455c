"""The lines of the cable schedule, produced as numbers and formatted as text in large blocks."""
