"""Names as the site has them."""
