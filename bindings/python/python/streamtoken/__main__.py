"""``python -m streamtoken``: the command line."""

import signal
import sys

from ._native import _run


def main() -> int:
    """Run the command line with the arguments of this process and give its exit status."""
    # Python's own handler would wait until the command has ended.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    program = "streamtoken" if not sys.argv[0].endswith("__main__.py") else "python -m streamtoken"
    return _run([program, *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
