"""The second process of ``beside``: a chart in, as a line of JSON, and its SVG out, as a line of JSON."""

import json
import sys

import vl_convert

if __name__ == "__main__":
    vl_convert.vegalite_to_svg({"data": {"values": []}, "mark": "point"})  # starts the engine
    for line in sys.stdin:
        sys.stdout.write(json.dumps(vl_convert.vegalite_to_svg(json.loads(line))) + "\n")
        sys.stdout.flush()
