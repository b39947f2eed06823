"""The console script `baodao`: Django's management commands, with problems told as words, not as tracebacks."""

import os
import sys


def main() -> None:
    """Run one command. A `Problem` prints its faults and exits with 2; Ctrl-C exits with 130."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "baodao.settings")
    from django.core.management import execute_from_command_line

    from baodao.kernel.errors import Problem

    try:
        execute_from_command_line(["baodao", *sys.argv[1:]])
    except Problem as problem:
        print(problem.as_text(), file=sys.stderr)
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
