"""The pages: one's own notices and wishes, the administrator's view of what is parked."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client

from baodao.ledger.audience import Tell
from baodao.notify.models import Notice, Preference
from tests.notify.telling import Gateway, happen, read

pytestmark = pytest.mark.django_db


def entered(uid: str, *, post: str = "") -> Client:
    """A browser signed in as this person, with the second factor done for staff."""
    from baodao.people.door import COOKIE
    from baodao.people.models import Account, SignIn
    from baodao.people.services.sign_in import open_session, session_key

    now = datetime.now(UTC).replace(microsecond=0)
    opened = open_session(Account.objects.get(person_id=uid).username, "code", "other", now, post=post)
    SignIn.objects.filter(key=session_key(opened.cookie)).update(factor="two")
    browser = Client()
    browser.cookies[COOKIE] = opened.cookie
    return browser


def told(tells: list[Tell], uid: str, number: str) -> None:
    tells[:] = [Tell(person=uid, template="notify.news", number=number, link=f"/requests/{number}/")]
    happen()
    read()


def test_an_inbox_shows_its_own_notices_and_nobody_elses(
    tells: list[Tell], person: Callable[..., str]
) -> None:
    me, other = person(account=True), person(account=True, phone="13912345679")
    told(tells, me, "FL-2026-000001")
    told(tells, other, "FL-2026-000002")
    page = entered(me).get("/notices/").content.decode()
    assert "您的 FL-2026-000001 有新进展。" in page
    assert 'href="/requests/FL-2026-000001/"' in page
    assert "FL-2026-000002" not in page
    assert "新" in page
    assert Client().get("/notices/").status_code == 302


def test_what_was_seen_is_no_longer_new_and_only_ones_own(
    tells: list[Tell], person: Callable[..., str]
) -> None:
    me, other = person(account=True), person(account=True, phone="13912345679")
    told(tells, me, "FL-2026-000001")
    told(tells, other, "FL-2026-000002")
    browser = entered(me)
    last = Notice.objects.latest("id").id
    assert browser.get("/notices/").status_code == 200
    assert not Notice.objects.filter(seen_at__isnull=False).exists(), "opening a page changes nothing"
    assert browser.post("/notices/seen/", {"up_to": last, "command": "seen-1"}).status_code == 303
    assert list(Notice.objects.filter(seen_at__isnull=False).values_list("person", flat=True)) == [me]


def test_wishes_are_kept_and_shown(person: Callable[..., str]) -> None:
    from baodao.people.models import Consent

    me = person(account=True)
    browser = entered(me)
    page = browser.get("/notices/settings/").content.decode()
    assert "notice_sms" in page
    form = {"way": ["notice_sms"], "lang": "en", "large_print": "yes", "command": "wish-1"}
    answer = browser.post("/notices/settings/", form)
    assert answer.status_code == 200
    held = Preference.objects.get(person=me)
    assert (held.lang, held.large_print) == ("en", True)
    assert list(Consent.objects.filter(person_id=me, withdrawn=None).values_list("what", flat=True)) == [
        "notice_sms"
    ]
    assert answer.cookies["lang"].value == "en"
    browser.post("/notices/settings/", {"lang": "zh-hans", "command": "wish-2"})
    assert not Consent.objects.filter(person_id=me, withdrawn=None).exists()
    wrong = browser.post("/notices/settings/", {"lang": "xx", "command": "wish-3"})
    assert wrong.status_code == 422
    assert "没有这种语言" in wrong.content.decode() or "language" in wrong.content.decode()


def office(uid: str, kind: str, code: str) -> None:
    from baodao.kernel.act import new_key, system_act
    from baodao.orgs.models import Org, Post
    from baodao.orgs.ruling import NewOrg
    from baodao.orgs.services import create_orgs

    if not Org.objects.filter(code="990101").exists():
        org = NewOrg(code="990101", name="试验区", level="district", kind="district", since=date(2024, 1, 1))
        create_orgs(system_act(datetime(2026, 1, 1, tzinfo=UTC), new_key()), orgs=[org])
    columns: dict[str, Any] = {"title": "岗位", "since": date(2024, 1, 1), "origin": "live"}
    Post.objects.create(code=code, org_id="990101", kind=kind, person=uid, **columns)


def test_an_administrator_sees_what_is_parked_but_not_whose(
    tells: list[Tell], gateway: Gateway, person: Callable[..., str]
) -> None:
    from baodao.notify.adapters import Unsure
    from baodao.notify.sender import send_due

    resident, chief, clerk = (
        person(),
        person(account=True, phone="13912345677"),
        person(account=True, phone="13912345676"),
    )
    office(chief, "administrator", "p-chief")
    office(clerk, "auditor", "p-clerk")
    told(tells, resident, "FL-2026-000009")
    Notice.objects.update(urgent=True)
    gateway.fails = [Unsure()]
    send_due(datetime.now(UTC))
    parked = Notice.objects.get(channel="sms")
    assert parked.state == "parked"
    assert entered(clerk, post="p-clerk").get("/desk/notices/status/").status_code == 403
    browser = entered(chief, post="p-chief")
    page = browser.get("/desk/notices/status/").content.decode()
    assert "FL-2026-000009" in page
    assert "没有得到答复" in page
    assert resident not in page
    form = {"notice": [parked.id], "how": "again", "command": "again-1"}
    assert browser.post("/desk/notices/status/", form).status_code == 303
    send_due(datetime.now(UTC))
    parked.refresh_from_db()
    assert parked.state == "sent"
    assert [letter.key for letter in gateway.letters] == [f"notice-{parked.id}"]
