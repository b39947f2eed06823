"""What the navigation shows opens: every entry, as every kind of post, with what is worked out from the page's own rule."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.test import Client

from baodao.orgs.declare import ANYONE, PERSON, SYSTEM
from baodao.orgs.selectors import post_kinds
from tests.matters.conftest import A2, HOME, STREET, A, B

Enter = Callable[[str, str], Client]
#: Where a kind of post sits that names no level, and one organization of each level.
SEATS = {"district": HOME, "street": STREET, "community": A, "department": B, "party_branch": A2}


def entries(page: str) -> list[str]:
    """Addresses of the navigation."""
    bar = re.search(r'<nav class="sidebar".*?</nav>', page, re.DOTALL)
    assert bar, page[:500]
    return re.findall(r'<a href="([^"]+)"', bar[0])


def test_every_entry_opens_for_every_kind_of_post(staff: Enter) -> None:
    shut: list[tuple[str, str, str, int]] = []
    shown: set[str] = set()
    kinds = {name: one for name, one in post_kinds("drawn").items() if name not in {ANYONE, PERSON, SYSTEM}}
    for kind, declared in kinds.items():
        for level in [level for level in declared.at or ("community",) if level in SEATS][:1]:
            browser = staff(kind, SEATS[level])
            page = browser.get("/desk/")
            assert page.status_code == 200, (kind, level)
            for address in entries(page.content.decode()):
                answer = browser.get(address)
                shown.add(address)
                if answer.status_code != 200:
                    shut.append((kind, level, address, answer.status_code))
    assert shut == []
    # Each of them stands in somebody's navigation.
    assert shown >= {"/desk/district/", "/desk/stuck/", "/desk/rights/", "/desk/measures/"}
