"""What formats are made of: cells, rows, count bases, and text from them."""
