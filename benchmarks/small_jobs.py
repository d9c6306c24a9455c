"""How long our own small jobs take: whole commands beside a bare interpreter, columns beside filling memory.

Run ``python -m benchmarks.small_jobs`` at the top of the project.
"""

from __future__ import annotations

import tempfile

from benchmarks.harness import Job, main

DRAWS = "-m topogen sensitivity --draws 10000"
COLUMNS = "-m benchmarks.jobs.topogen_columns"


def jobs(folder: str) -> list[Job]:
    """Return the jobs; a build writes into the folder."""
    command, study, result = "whole command", "study", "results"
    return [
        Job(command, "bare interpreter", "-c ''", "starts and ends"),
        Job(command, "topogen --help", "-m topogen --help", "loads no command"),
        Job(command, "topogen list", "-m topogen list", "reads every topology"),
        Job(command, "topogen bom", "-m topogen bom gb200-nvl72", "198 devices, 1,368 links; tables"),
        Job(command, "topogen build", f"-m topogen build gb200-nvl72 -o {folder}", "the same; nine files"),
        Job(study, "bill of a rack", "-m topogen bom rubin-ultra-cpo-648", "the floor: one roll-up"),
        Job(study, "draws, rack", f"{DRAWS} rubin-ultra-cpo-648", "10,000 draws and the tornado"),
        Job(study, "draws, 131,072 GPUs", f"{DRAWS} scaleout-131072", "the same"),
        Job(study, "failures, 131,072 GPUs", "-m topogen failures scaleout-131072", "every kind of element"),
        Job(
            result,
            "structure, 131,072 GPUs",
            "-m topogen check scaleout-131072 --structure",
            "all parts of the structure",
        ),
        Job(result, "report, rack", f"-m topogen report gb200-nvl72 -o {folder}/rack.html", "the page"),
        Job(
            result,
            "report, 131,072 GPUs",
            f"-m topogen report scaleout-131072 -o {folder}/large.html",
            "the same",
        ),
        Job(
            result, "drawing", f"-m topogen draw rubin-ultra-cpo-648 -o {folder}/rack.svg", "one picture, SVG"
        ),
        Job(
            result,
            "diff, 131,072 GPUs",
            "-m topogen diff scaleout-131072 mrc-131072",
            "two fabrics: cost, parts, cables",
        ),
        Job(
            result,
            "workbook, 10,368 GPUs",
            f"-m topogen build scaleout-10368 --xlsx -o {folder}/book",
            "a build with its workbook",
        ),
        Job(
            result,
            "NetBox, 10,368 GPUs",
            f"-m topogen export netbox scaleout-10368 -o {folder}/netbox",
            "files of the bulk import",
        ),
        Job("listed pairs", "20,000", "-m benchmarks.jobs.pairs 20000", "a table, one pair a line"),
        Job("listed pairs", "200,000", "-m benchmarks.jobs.pairs 200000", "the same"),
        Job("a million links", "numpy", f"{COLUMNS} fill", "fills as many bytes as columns take"),
        Job("a million links", "topogen", f"{COLUMNS} columns", "device and port of both ends of each link"),
    ]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        main("How long small jobs of topogen take.", jobs(folder))
