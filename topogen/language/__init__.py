"""What a topology file may hold, and how its text becomes that."""
