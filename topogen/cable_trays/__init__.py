"""What lies in the cable trays: the cables of every segment, and how full and heavy they make it."""
