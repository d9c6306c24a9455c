"""Parts, media, prices and dies."""
