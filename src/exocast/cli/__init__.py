"""The command line: one verb a file, no mathematics."""

from __future__ import annotations

import sys

__all__ = ["main"]

STOPPED = 130
"""Exit code after Ctrl-C, as shells have it."""


def main() -> None:
    """Run the command line.

    A mistake of the user ends with one message and exit code 2; Ctrl-C ends with 130 and leaves
    nothing half-written.
    """
    from exocast.cli.app import app
    from exocast.errors import ExocastError

    try:
        app()
    except ExocastError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
    except SystemExit as ended:
        if ended.code == STOPPED:  # Typer turns Ctrl-C into it without a word
            sys.stderr.write("stopped; nothing was written, the run can be repeated\n")
        raise
