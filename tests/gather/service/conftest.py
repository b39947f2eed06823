"""The drawn district with service: as packs are shipped, and with points switched on."""

from pathlib import Path
from typing import Any

import pytest

from tests.matters.conftest import packs

__all__ = ["packs"]


@pytest.fixture
def world(db: Any, packs: Path) -> Any:
    """Without points, as packs are shipped."""
    from tests.gather.service.world import make

    return make()


@pytest.fixture
def owing(db: Any, packs: Path) -> Any:
    """Where units owe a collective check-in each half-year, as Dadukou's do."""
    from tests.gather.service.world import make
    from tests.matters.conftest import PACKS, _forget

    lines = (PACKS / "dadukou" / "dues.toml").read_text("utf-8").splitlines()
    told = "\n".join(line for line in lines if not line.startswith(("hint", "basis")))
    (packs / "drawn" / "dues.toml").write_text(told, "utf-8")
    _forget()
    return make()


@pytest.fixture
def pointed(db: Any, packs: Path) -> Any:
    """With points switched on in the district's pack."""
    from tests.gather.service.world import POINTS, make
    from tests.matters.conftest import _forget

    (packs / "drawn" / "points.toml").write_text(POINTS, "utf-8")
    _forget()
    return make(("keeper", "990101", "points_keeper"))
