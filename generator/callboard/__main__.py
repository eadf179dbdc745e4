"""``callboard`` and ``python -m callboard`` → the command line. Ctrl-C while its modules are imported ends as it does later."""

import gc
import sys


def main() -> None:
    """Import the command line and run it."""
    gc.set_threshold(20_000, 20, 100)  # what is imported stays: looking for what could be freed takes a tenth of the time of a start
    try:
        from callboard.cli.main import main as run  # noqa: PLC0415 - Ctrl-C can come while it is imported
    except KeyboardInterrupt:
        sys.stderr.write("Stopped.\n")
        sys.exit(130)  # as ``INTERRUPTED`` there
    run()


if __name__ == "__main__":
    main()
