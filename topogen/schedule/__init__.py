"""The cable schedule, written fast."""
