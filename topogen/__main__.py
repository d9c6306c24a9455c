"""``python -m topogen``."""

from topogen.cli import main

main()
