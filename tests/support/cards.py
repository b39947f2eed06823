"""The town with those who inspect and those who keep clues, for the stories of index cards; and what lies on its disk."""

import re
from typing import Any

import pytest

from tests.support.districts import appoint, enrol, found
from tests.support.ledgers import begin
from tests.support.town import DISTRICT, Town, words

COMMISSION, INSPECTION = "fl-jw", "fl-xcb"
#: who → (organization, kind of post)
MORE = {
    "keeper": (COMMISSION, "card_keeper"),
    "second": (COMMISSION, "card_keeper"),
    "inspector": (INSPECTION, "inspector"),
    "checker": (INSPECTION, "inspector"),
    "chief": (COMMISSION, "department_head"),
}
PHONES = {who: f"136{n:04}7711" for n, who in enumerate(MORE)}
SECRET = "QZXCLUECANARY每月多报八个人的名字"


@pytest.fixture
def office(town: Town) -> Town:
    """The town of the stories with both offices."""
    found(
        (COMMISSION, "区纪委监委", "department", "bureau", DISTRICT),
        (INSPECTION, "区委巡察办", "department", "bureau", DISTRICT),
    )
    uids = enrol({who: f"某{who}" for who in MORE}, PHONES)
    appoint(*((who, org, kind) for who, (org, kind) in MORE.items()), uids=uids)
    town.uids |= uids
    return town


def send(
    town: Town, unit: str, text: str = SECRET, browser: Any = None, expect: int = 200
) -> tuple[str, str]:
    """Write on the portal without an account; gives number and code (or the page and "")."""
    browser = browser or town.phone().browser
    page = browser.get("/tip/")
    assert page.status_code == 200, words(page)
    command = re.search(r'name="command" value="([^"]+)"', page.content.decode())
    assert command
    answer = browser.post("/tip/", {"command": command[1], "unit": unit, "text": text})
    assert answer.status_code == expect, words(answer)
    if expect != 200:
        return words(answer), ""
    body = answer.content.decode()
    number, code = (
        re.search(r'<dd class="bd-number">([^<]+)<', body),
        re.search(r'<dd class="code">([^<]+)<', body),
    )
    assert number
    assert code
    return number[1], code[1]


def stage(town: Town, number: str, code: str, expect: int = 200) -> str:
    """What whoever sent it reads with number and code."""
    answer = town.phone().browser.post("/tip/look/", {"number": number, "code": code})
    assert answer.status_code == expect, words(answer)
    return words(answer)


def opened(town: Town, who: str, number: str, purpose: str = "handle", expect: int = 200) -> str:
    """Open a card on the desk for a purpose; gives what is read."""
    answer = town.desk(who).post(f"/desk/matters/{number}/unseal/", {"purpose": purpose})
    assert answer.status_code == expect, words(answer)
    return words(answer)


def inspection(town: Town, *units: str, title: str = "第六轮巡察") -> str:
    """Begin a round on the desk with these units."""
    rows = {f"calls.{n}.org": unit for n, unit in enumerate(units)}
    return begin(
        town, "inspector", "inspection", title=title, text="常规巡察。", rows=str(len(units)), **rows
    )


def keys() -> list[str]:
    """Subjects that have a key."""
    from baodao.people import boxes

    return boxes.subjects()
