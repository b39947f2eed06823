"""Who answers for an office reads what its posts opened: own and below, nothing beside or above."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from baodao.kernel.act import Grant
from baodao.people.services.logs import log_access
from tests.orgs.conftest import system


@pytest.fixture
def looks(district: None) -> None:
    """One look by a post of each of four organizations."""
    for org in ("990101", "990101001", "990101002", "zjw-fw"):
        grant = Grant(right="people.contact", reach="legs", org=org, level=2, post=f"p-{org}")
        by = msgspec.structs.replace(
            system(), kind="person", person="a" * 32, post=grant.post, purpose="handle", grants=(grant,)
        )
        log_access(by, org, [("b" * 32, ("phone",))], f"matter:HQ-2026-{org}")


@pytest.mark.parametrize(
    ("kind", "org", "seen"),
    [
        ("auditor", "990101", {"990101", "990101001", "990101002", "zjw-fw"}),
        ("handler", "zjw-fw", None),
        ("community_secretary", "990101001001", None),
    ],
)
def test_the_list_follows_the_tree(
    kind: str, org: str, seen: set[str] | None, looks: None, staff: Callable[..., Any]
) -> None:
    page = staff(kind, org).get("/desk/looks/")
    if seen is None:
        assert page.status_code == 403
        return
    text = page.content.decode()
    assert {
        one for one in ("990101", "990101001", "990101002", "zjw-fw") if f"HQ-2026-{one}<" in text
    } == seen
    assert "b" * 32 not in text
