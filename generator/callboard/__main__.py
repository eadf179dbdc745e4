"""``callboard`` and ``python -m callboard`` → the command line. Ctrl-C while its modules are imported ends as it does later."""

import sys


def main() -> None:
    """Import the command line and run it."""
    try:
        from callboard.cli.main import main as run  # noqa: PLC0415 - Ctrl-C can come while it is imported
    except KeyboardInterrupt:
        sys.stderr.write("Stopped.\n")
        sys.exit(130)  # as ``INTERRUPTED`` there
    run()


if __name__ == "__main__":
    main()
