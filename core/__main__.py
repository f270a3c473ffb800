"""`python -m core COMMAND`: exit code 0, or 2 with one line on stderr."""

import signal
import sqlite3
import sys

from core.commands.actions import action_of
from core.commands.parser import build_parser
from core.commands.printing import as_json, as_text
from core.errors import CoreError
from core.runs.store import store_root


def main(words: list[str] | None = None) -> int:
    """Run a command; the exit code."""
    arguments = build_parser().parse_args(words)
    try:
        found = action_of(arguments)(store_root(arguments.store), arguments)
        print(as_json(found) if arguments.json else as_text(found), flush=True)
    except CoreError as error:
        return _refuse(str(error))
    except KeyboardInterrupt:
        return _refuse("Stopped from the keyboard.")
    except (OSError, sqlite3.Error) as error:  # a disk that is full, read-only or gone; data sets and runs have their own errors
        return _refuse(f"the store or the output cannot be used ({' '.join(str(error).split())}). Check the disk, and that you may write.")
    return 0


def _refuse(line: str) -> int:
    print(line, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="backslashreplace")  # file names may hold what the terminal cannot show
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # a reader that closes early, as `head` does, ends us quietly
    sys.exit(main())
