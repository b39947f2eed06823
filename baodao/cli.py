"""The console script `baodao`: Django's management commands, with problems told as words, not as tracebacks."""

import os
import sys


def main() -> None:
    """Run one command. A `Problem` or a broken pack prints its faults and exits with 2; Ctrl-C exits with 130."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "baodao.settings")
    if sys.argv[1:2] == ["demo"]:
        _demonstration()
    from django.core.management import execute_from_command_line

    from baodao.kernel.declare.report import BadPack
    from baodao.kernel.errors import Problem

    try:
        execute_from_command_line(["baodao", *sys.argv[1:]])
    except (Problem, BadPack) as problem:
        print(problem.as_text(), file=sys.stderr)
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None


def _demonstration() -> None:
    """A demonstration has a data folder of its own, and is one for its server processes too."""
    folder = os.path.join(os.environ.get("BAODAO_DATA") or os.path.join(os.getcwd(), "var"), "demo")
    if os.environ.get("BAODAO_DEMO") != "true":
        os.environ.update(BAODAO_DEMO="true", BAODAO_DATA=folder)


if __name__ == "__main__":
    main()
