"""What everybody sees of public-space matters: released titles, steps without words, follow and stop following."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from baodao.kernel.errors import Missing, Refused
from baodao.ledger.audience import audience_of
from baodao.ledger.selectors import facts_of
from baodao.matters.models import Matter
from baodao.matters.selectors import followers_of, see
from baodao.matters.services import act
from tests.support.town import words

from .conftest import STREET, A, Cast, key

CANARY = "巷口那盏灯朱鹮"
Opened = Callable[..., str]


def _now() -> Any:
    from baodao.people.door import clock

    return clock()


@pytest.fixture
def signed(cast: Cast) -> Callable[[str], Client]:
    """A browser in which somebody of the cast is signed in."""
    from baodao.people import door
    from baodao.people.models import Account
    from baodao.people.services import sign_in
    from baodao.people.services.accounts import account_columns

    def do(who: str) -> Client:
        now = _now()
        made = Account.objects.get_or_create(person_id=cast.uids[who], defaults=account_columns(now))[0]
        session = sign_in.open_session(made.username, "code", "test", now)
        client = Client()
        client.cookies[door.COOKIE] = session.cookie
        return client

    return do


def release(cast: Cast, number: str, title: str = "东门路灯不亮") -> str:
    act(cast.by("secretary", _now()), number=number, action="release", fields={"title": title})
    return number


def step(cast: Cast, who: str, number: str, action: str, **fields: Any) -> None:
    act(cast.by(who, _now()), number=number, action=action, fields=fields)


def post(client: Client, number: str, action: str) -> Any:
    return client.post(f"/open/{number}/", {"command": key("follow"), "action": action})


def test_a_title_is_listed_once_staff_released_it_and_never_a_word_of_hers(
    cast: Cast, opened: Opened, client: Client
) -> None:
    number = opened(fields={"text": CANARY}, at=_now())
    assert "还没有公开的事" in client.get("/open/").content.decode()
    assert client.get(f"/open/{number}/").status_code == 404
    release(cast, number)
    step(cast, "secretary", number, "report_in")
    step(cast, "secretary", number, "note", text=f"{CANARY}，明天换灯")
    step(cast, "secretary", number, "answer", claim="solved", result=f"{CANARY}，换好了")
    page = client.get("/open/").content.decode()
    assert "东门路灯不亮" in page
    one = client.get(f"/open/{number.lower()}/").content.decode()
    for said in ("东门路灯不亮", "有人反映", f"名{A}：收到", "：答复（解决了）", "已经给了答复"):
        assert said in one
    assert CANARY not in page + one
    step(cast, "secretary", number, "hide")
    assert client.get(f"/open/{number}/").status_code == 404
    assert number not in client.get("/open/").content.decode()


def test_what_is_nobody_elses_business_is_never_released(cast: Cast, opened: Opened) -> None:
    from baodao.kernel.errors import Conflict

    number = opened(kind="housing", at=_now())
    with pytest.raises(Conflict):
        release(cast, number)
    assert Matter.objects.get(number=number).shown == ""


def test_a_released_matter_that_few_may_know_now_is_shown_no_longer(
    cast: Cast, opened: Opened, client: Client
) -> None:
    number = release(cast, opened(at=_now()))
    step(cast, "secretary", number, "raise_level", level=2, reason="涉及个人")
    assert client.get(f"/open/{number}/").status_code == 404
    assert number not in client.get("/open/").content.decode()


def test_lists_by_place_kind_and_words_of_the_title_alone(cast: Cast, opened: Opened, client: Client) -> None:
    now = _now()
    lamp = release(cast, opened(at=now - timedelta(hours=2), fields={"text": CANARY}))
    dirt = release(cast, opened(at=now - timedelta(hours=1), kind="sanitation"), "菜场后门垃圾")
    page = client.get("/open/").content.decode()
    assert page.index(dirt) < page.index(lamp)
    for query, found in (
        (f"?org={A}", {lamp, dirt}),
        ("?org=990101001002", set()),
        ("?org=nowhere", {lamp, dirt}),
        ("?kind=sanitation", {dirt}),
        ("?kind=nothing", {lamp, dirt}),
        ("?q=垃圾", {dirt}),
        (f"?q={CANARY}", set()),
        ("?q=%25", set()),
        (f"?after={dirt}", {lamp}),
    ):
        page = client.get(f"/open/{query}").content.decode()
        assert {number for number in (lamp, dirt) if f"/open/{number}/" in page} == found, query


def test_pages_go_on_and_the_list_costs_the_same_for_one_as_for_many(
    cast: Cast, opened: Opened, client: Client
) -> None:
    counts = []
    for more in (1, 24):
        for n in range(more):
            release(cast, opened(at=_now() - timedelta(minutes=n)), f"第{n}盏灯")
        client.get("/open/")
        with CaptureQueriesContext(connection) as queries:
            page = client.get("/open/").content.decode()
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 2, counts
    assert len(re.findall(r'href="/open/HQ-', page)) == 20
    further = re.search(r'href="(\?[^"]*after=[^"]+)" rel="next"', page)
    assert further
    rest = client.get("/open/" + further[1].replace("&amp;", "&")).content.decode()
    assert len(re.findall(r'href="/open/HQ-', rest)) == 5


def test_whoever_is_signed_in_begins_near_home(
    cast: Cast, opened: Opened, signed: Callable[[str], Client]
) -> None:
    release(cast, opened("resident", at=_now()))
    near = signed("resident").get("/open/").content.decode()
    assert f'value="{STREET}" selected' in near
    assert 'value="all" selected' in signed("neighbour").get("/open/").content.decode()


def test_follows_hears_stops_and_reads_nothing_more(
    cast: Cast, opened: Opened, signed: Callable[[str], Client]
) -> None:
    number = release(cast, opened("resident", at=_now()))
    browser = signed("neighbour")
    assert post(browser, number, "follow").status_code == 303
    assert post(browser, number, "follow").status_code == 303
    page = browser.get(f"/open/{number}/?done=follow").content.decode()
    assert "1 人关心这件事" in page
    assert "有新进展会告诉您" in page
    assert len(followers_of(number)) == 1
    assert sum(getattr(fact.data, "action", "") == "follow" for fact in facts_of(f"matter:{number}")) == 1
    # It opens nothing: not the matter, not its files, not her page.
    with pytest.raises(Missing):
        see(cast.by("neighbour", _now()), number)
    assert browser.get(f"/requests/{number}/").status_code == 404
    step(cast, "secretary", number, "report_in")
    step(cast, "secretary", number, "answer", claim="solved", result="换好了")
    told = [
        (tell.template, tell.person, tell.link)
        for fact in facts_of(f"matter:{number}")
        for tell in audience_of(fact)
        if tell.template == "matter.follower"
    ]
    assert told == [("matter.follower", cast.uids["neighbour"], f"/open/{number}/")]
    assert post(browser, number, "unfollow").status_code == 303
    assert followers_of(number) == []
    assert "人关心这件事" not in browser.get(f"/open/{number}/").content.decode()


def test_what_one_follows_is_listed_to_her_alone_and_can_be_let_go(
    cast: Cast, opened: Opened, signed: Callable[[str], Client], client: Client, monkeypatch: Any
) -> None:
    from baodao.ledger.caches import dump
    from baodao.ledger.services import rebuild
    from baodao.matters.portal import shown

    assert client.get("/following/")["Location"].startswith("/sign-in/?next=")
    browser, other = signed("neighbour"), signed("resident")
    assert "还没有关心的事" in words(browser.get("/following/"))
    numbers = [opened() for _n in range(3)]
    for n, number in enumerate(numbers):
        release(cast, number, f"东门路灯不亮{n}")
        assert post(browser, number, "follow").status_code == 303
    assert post(other, numbers[0], "follow").status_code == 303
    monkeypatch.setattr(shown, "PAGE", 2)
    with CaptureQueriesContext(connection) as asked:
        first = browser.get("/following/").content.decode()
    assert len(asked) <= 8
    further = re.search(r'href="(\?after=[^"]+)" rel="next"', first)
    assert further
    listed = re.findall(r"东门路灯不亮\d", words(first) + words(browser.get("/following/" + further[1])))
    assert sorted(set(listed)) == [f"东门路灯不亮{n}" for n in range(3)]
    assert set(re.findall(r"东门路灯不亮\d", words(other.get("/following/")))) == {"东门路灯不亮0"}
    for number in numbers[1:]:
        assert post(browser, number, "unfollow").status_code == 303
    assert set(re.findall(r"东门路灯不亮\d", words(browser.get("/following/")))) == {"东门路灯不亮0"}
    rows = list(dump(with_caches=True))
    rebuild()
    assert list(dump(with_caches=True)) == rows


def test_nobody_follows_what_is_not_shown(
    cast: Cast, opened: Opened, signed: Callable[[str], Client], client: Client
) -> None:
    number = opened("resident", at=_now())
    for who in ("neighbour", "resident", "secretary", "stranger"):
        with pytest.raises(Missing) as hidden:
            step(cast, who, number, "follow")
        with pytest.raises(Missing) as unknown:
            step(cast, who, "HQ-2026-999999", "follow")
        assert hidden.value.faults == unknown.value.faults
    assert post(signed("neighbour"), number, "follow").status_code == 404
    release(cast, number)
    # Without account one is asked to sign in; the verb refuses as well.
    assert post(client, number, "follow")["Location"].startswith("/sign-in/?next=")
    with pytest.raises(Refused):
        step(cast, "stranger", number, "follow")
    assert followers_of(number) == []


def test_unknown_and_hidden_numbers_are_answered_alike_and_few_tries_are_free(
    cast: Cast, opened: Opened, client: Client
) -> None:
    number = opened(at=_now())
    hidden, unknown = (client.get(f"/open/{one}/") for one in (number, "HQ-2026-999999"))
    assert hidden.status_code == unknown.status_code == 404
    same = hidden.content.decode().replace(number, "")
    assert same == unknown.content.decode().replace("HQ-2026-999999", "")
    answers = [client.get(f"/open/HQ-2026-{n:06}/").status_code for n in range(800, 845)]
    assert answers[0] == 404
    assert answers[-1] == 429


def test_following_is_limited_by_person(cast: Cast, opened: Opened, signed: Callable[[str], Client]) -> None:
    number = release(cast, opened(at=_now()))
    browser = signed("neighbour")
    answers = [post(browser, number, "follow" if n % 2 == 0 else "unfollow").status_code for n in range(32)]
    assert answers[0] == 303
    assert answers[-1] == 429


def test_whoever_is_erased_follows_no_longer_and_her_titles_go(
    cast: Cast, opened: Opened, client: Client
) -> None:
    from baodao.ledger.caches import dump
    from baodao.ledger.services import erase, rebuild

    number = release(cast, opened("resident", at=_now()))
    step(cast, "neighbour", number, "follow")
    assert "1 人关心" in client.get(f"/open/{number}/").content.decode()
    erase(cast.by("system", _now()), person=cast.uids["neighbour"])
    assert "人关心这件事" not in client.get(f"/open/{number}/").content.decode()
    step(cast, "secretary", number, "report_in")
    step(cast, "secretary", number, "cannot", reason="不归社区", next_step="hotline")
    assert not [
        tell
        for fact in facts_of(f"matter:{number}")
        for tell in audience_of(fact)
        if tell.template == "matter.follower"
    ]
    erase(cast.by("system", _now()), person=cast.uids["resident"])
    assert Matter.objects.get(number=number).shown == ""
    assert client.get(f"/open/{number}/").status_code == 404
    assert "东门路灯不亮" not in "".join(dump(with_caches=True))
    rebuild()
    assert "东门路灯不亮" not in "".join(dump(with_caches=True))
    assert client.get(f"/open/{number}/").status_code == 404


def test_a_merged_one_reads_of_neighbours_by_number_alone(
    cast: Cast, opened: Opened, signed: Callable[[str], Client]
) -> None:
    main = opened("secretary", at=_now(), fields={"text": CANARY}, behalf=True)
    hers = opened("resident", at=_now())
    browser, counts = signed("resident"), []
    step(cast, "secretary", hers, "merge", into=main, reason="同一盏灯")
    step(cast, "secretary", main, "report_in")
    step(cast, "secretary", main, "note", text=f"{CANARY} 明天换")
    for more in (1, 3):
        for _n in range(more):
            other = opened("secretary", at=_now(), fields={"text": CANARY}, behalf=True)
            step(cast, "secretary", other, "merge", into=main, reason="同一盏灯")
        browser.get(f"/requests/{hers}/")
        with CaptureQueriesContext(connection) as queries:
            page = browser.get(f"/requests/{hers}/").content.decode()
        counts.append(len(queries))
    assert "有 5 位邻居反映的是同一件事，一起办" in page
    assert "：告知进展" in page
    assert CANARY not in page
    assert counts[0] == counts[1] <= 11, counts
    # She takes hers out again: the thread is hers alone.
    form = re.search(r'name="command" value="([^"]+)"><input type="hidden" name="action" value="split"', page)
    assert form
    sent = {"command": form[1], "action": "split"}
    assert browser.post(f"/requests/{hers}/", sent).status_code == 303
    page = browser.get(f"/requests/{hers}/").content.decode()
    assert "位邻居" not in page
    assert "这件事又单独办了" in page
    assert Matter.objects.get(number=hers).into == ""
    # A neighbour may not split it for her.
    step(cast, "secretary", hers, "merge", into=main, reason="还是同一盏灯")
    with pytest.raises((Refused, Missing)):
        step(cast, "neighbour", hers, "split")


def test_whoever_is_signed_in_reads_that_it_is_noted_once_and_that_she_can_be_reached(
    cast: Cast, signed: Callable[[str], Client]
) -> None:
    browser = signed("neighbour")
    told = {"kind": "housing", "text": "外墙裂了一道缝。", "place": A}
    preview = browser.post("/report/", {**told, "do": "preview"}).content.decode()
    assert "加密另存" in preview
    assert "您没有留" not in preview
    # For somebody else only what is given for her counts.
    assert "您没有留" in browser.post("/report/", {**told, "do": "preview", "behalf": "1"}).content.decode()
    command = re.search(r'name="command" value="([^"]+)"', browser.get("/report/").content.decode())
    assert command
    sent = browser.post("/report/", {**told, "do": "send", "command": command[1]})
    receipt = browser.get(sent["Location"]).content.decode()
    assert "已经登记，请收好这张回执" in receipt
    assert "办好了" not in receipt
