"""From what a design needs to what is ordered: attrition, spares, packs, price breaks, dates."""
