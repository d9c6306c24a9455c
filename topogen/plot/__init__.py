"""Charts of studies, made with the extra ``plots``: a chart is a Vega-Lite specification, drawn as SVG."""
