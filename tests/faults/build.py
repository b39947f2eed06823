"""Makes the drawn district in the database that the environment names: `python -m tests.faults.build`."""

from pathlib import Path

import django

# Nobody sleeps in this district, so that a run at night tests the same as one by day.
NOTIFY = """
[notify]
quiet_from = "00:00"
quiet_to = "00:00"
a_day = 50
"""


def packs_in(folder: Path) -> Path:
    """The shipped base and the drawn district over it."""
    from tests.matters.conftest import DISTRICT, PACKS

    (folder / "drawn").mkdir(parents=True)
    (folder / "base").symlink_to(PACKS / "base")
    (folder / "drawn" / "pack.toml").write_text(DISTRICT + NOTIFY, "utf-8")
    return folder


if __name__ == "__main__":
    django.setup()
    from tests.matters.conftest import build

    build()
