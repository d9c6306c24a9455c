"""Files that other programs load: sheets of cables, topology files and inventories."""
