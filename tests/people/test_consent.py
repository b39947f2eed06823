"""Consents as switches; a yes is to words of a version."""

from datetime import timedelta

import msgspec
import pytest
import time_machine

from baodao.people import declare, door, selectors
from baodao.people.models import Consent
from tests.people.cast import act, person_at

pytestmark = pytest.mark.django_db


def test_switches_are_off_until_switched_on_and_can_be_switched_off(sign_in) -> None:
    browser = sign_in()
    uid = person_at(browser)
    assert selectors.consents(uid) == {}
    browser.post("/me/consents/", {"yes": ["notice_sms", "ask_again"]})
    assert selectors.consents(uid) == {"notice_sms": "1", "ask_again": "1"}
    assert selectors.consented([uid], "notice_sms") == {uid}
    with time_machine.travel(door.clock() + timedelta(hours=1)):
        browser.post("/me/consents/", {"yes": ["ask_again"]})
    assert selectors.consents(uid) == {"ask_again": "1"}
    assert selectors.consented([uid], "notice_sms") == set()
    history = selectors.consent_history(uid)
    assert [(c.what, c.withdrawn is None) for c in sorted(history, key=lambda c: c.what)] == [
        ("ask_again", True),
        ("notice_sms", False),
    ]


def test_saying_the_same_again_writes_nothing(sign_in) -> None:
    browser = sign_in()
    browser.post("/me/consents/", {"yes": ["notice_sms"]})
    before = list(Consent.objects.values())
    with time_machine.travel(door.clock() + timedelta(hours=1)):
        browser.post("/me/consents/", {"yes": ["notice_sms"]})
    assert list(Consent.objects.values()) == before


def test_new_words_ask_again(sign_in, monkeypatch) -> None:
    browser = sign_in()
    uid = person_at(browser)
    browser.post("/me/consents/", {"yes": ["notice_sms"]})
    kinds = dict(declare.consent_kinds())
    kinds["notice_sms"] = msgspec.structs.replace(kinds["notice_sms"], version="2")
    for place in ("baodao.people.portal.mine.consent_kinds", "baodao.people.services.consent.consent_kinds"):
        monkeypatch.setattr(place, lambda: kinds)
    page = browser.get("/me/consents/").content.decode()
    assert "说明改过了" in page
    assert "checked" not in page
    with time_machine.travel(door.clock() + timedelta(hours=1)):
        browser.post("/me/consents/", {"yes": ["notice_sms"]})
    assert selectors.consents(uid) == {"notice_sms": "2"}
    assert Consent.objects.count() == 2


def test_nobody_agrees_for_another_and_not_to_what_is_not_declared(sign_in) -> None:
    from baodao.kernel.errors import Invalid, Refused
    from baodao.people.services.consent import Choice, consent

    with pytest.raises(Refused):
        consent(act(), choices=[Choice("notice_sms", True)])
    uid = person_at(sign_in())
    with pytest.raises(Invalid):
        consent(act(uid), choices=[Choice("everything", True)])
    assert not Consent.objects.exists()


def test_asking_to_be_forgotten_can_be_taken_back(sign_in) -> None:
    browser = sign_in()
    browser.post("/me/forget/", {"ask": "yes"})
    assert "撤回删除要求" in browser.get("/me/").content.decode()
    browser.post("/me/forget/", {"ask": "no"})
    assert selectors.erasures() == []
    assert "要求删除" in browser.get("/me/").content.decode()
