"""How cables run on the floor, and how long they are."""
