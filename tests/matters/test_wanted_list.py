"""The list of open needs goes on behind its first page."""

import re
from typing import Any

import pytest

from tests.support.ledgers import begin, under
from tests.support.pairings import founded, orgs, staff
from tests.support.town import DISTRICT, A, at, town, words

__all__ = ["town"]


def test_the_list_of_open_needs_has_a_next_page(town: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for room in ("baodao.matters.wanted", "baodao.matters.desk.wanted"):
        monkeypatch.setattr(f"{room}.MOST", 2)
    under("weibin")
    orgs(("wb-a", "甲协会", "department", "enterprise", DISTRICT))
    founded("groups_villages", "结对甲社区", seat=A, helped=(A,), helpers=("wb-a",))
    titles = ("棉被", "课桌", "水泵")
    with at("11-23 09:00"):
        group = staff(town, "group", "wb-a", "office_head")
        numbers = [begin(town, "secretary", "wanted", kind="goods", title=one, text="要。") for one in titles]
        first = group.get("/desk/wanted/")
        href = re.search(r'href="(\?after=[^"]+)"', first.content.decode())
        assert href and [one for one in titles if one in words(first)] == ["棉被", "课桌"]
        second = group.get(f"/desk/wanted/{href[1]}")
        assert [one for one in titles if one in words(second)] == ["水泵"]
        assert 'rel="next"' not in second.content.decode() and "回到最前" in words(second)
        # One behind the page opens by its number all the same.
        assert "水泵" in words(group.get(f"/desk/wanted/?take={numbers[2]}"))
        assert "水泵" not in words(group.get("/desk/wanted/?take=none"))
