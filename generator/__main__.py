"""``python -m generator`` is ``callboard``."""

from generator.cli.main import main

main()
