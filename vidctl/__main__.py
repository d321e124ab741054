"""`python -m vidctl`, and the console script's entry."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    try:
        from vidctl.cli.main import main as run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # while it was still being loaded: no command has begun
        code = 130
    sys.exit(code)


if __name__ == "__main__":
    main()
