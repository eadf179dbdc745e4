"""``callboard`` and ``python -m callboard`` → the command line. Ctrl-C while its modules are imported ends as it does later."""

import atexit
import gc
import os
import sys
import threading


def main() -> None:
    """Import the command line and run it."""
    gc.set_threshold(20_000, 20, 100)  # what is imported stays: looking for what could be freed takes a tenth of the time of a start
    try:
        from callboard.cli.main import main as run  # noqa: PLC0415 - Ctrl-C can come while it is imported
    except KeyboardInterrupt:
        sys.stderr.write("Stopped.\n")
        sys.exit(130)  # as ``INTERRUPTED`` there
    try:
        run()
    except SystemExit as end:
        if threading.active_count() == 1 and isinstance(end.code, int):
            _end_at_once(end.code)
        raise


def _end_at_once(code: int) -> None:
    """End the process without freeing its values one by one, which takes 0.4 s after a build of 2,000 entities with facts of tools.

    What was registered with ``atexit`` runs, and the output is written. If that fails, Python ends the process, and reports it.
    """
    atexit._run_exitfuncs()  # noqa: SLF001 - there is no public function that does it
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError, AttributeError):  # a full disk, a closed pipe, or a program without output
        return
    os._exit(code)


if __name__ == "__main__":
    main()
