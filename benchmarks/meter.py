"""Run a command and print, as the last line, its seconds, peak memory and exit code as JSON.

``python -I -S meter.py PROGRAM WORDS...``. A process of its own, because the kernel counts the memory that a
parent holds at the start of a child as the child's: this one is as small as an interpreter can be. The peak
is that of the command or of a program it called, whichever is larger. Needs a POSIX system.
"""

from __future__ import annotations

import json
import os
import sys
import time

BYTES = 1 if sys.platform == "darwin" else 1024
"""The unit that the system counts memory in."""


def main() -> None:
    """Run the command given on the command line."""
    start = time.perf_counter()
    child = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ)
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - start
    code = os.waitstatus_to_exitcode(status)
    print(json.dumps({"seconds": seconds, "peak_mb": usage.ru_maxrss * BYTES / 1e6, "code": code}))


if __name__ == "__main__":
    main()
