"""`python -m core COMMAND`: exit code 0, or 2 with one line on stderr."""

import signal
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
    except CoreError as error:
        print(error, file=sys.stderr)
        return 2
    print(as_json(found) if arguments.json else as_text(found))
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # a reader that closes early, as `head` does, ends us quietly
    sys.exit(main())
