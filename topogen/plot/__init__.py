"""Charts of studies: each is a Vega-Lite specification, drawn by vl-convert."""
