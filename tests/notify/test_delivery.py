"""From a fact to a letter: once per fact, channel and person; by the ways that were chosen; words without texts."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from baodao.kernel.act import new_key, system_act
from baodao.ledger.audience import Tell
from baodao.ledger.models import Fact
from baodao.notify.models import Notice, Preference
from baodao.notify.sender import send_due
from tests.notify.telling import EMAIL, MORNING, NAME, PHONE, Gateway, happen, read

pytestmark = pytest.mark.django_db
LINK = "/m/FL-2026-000123/"


def step(person: str, **more: Any) -> Tell:
    params = {"org": "nobody-knows", "day": "2026-11-27"}
    return Tell(
        person=person, template="test.step", number="FL-2026-000123", link=LINK, params=params, **more
    )


def test_a_fact_is_told_once_by_each_way_that_was_agreed_to(
    tells: list[Tell], gateway: Gateway, person: Callable[..., str]
) -> None:
    uid = person(account=True, agrees=("notice_sms", "notice_email"), email=EMAIL)
    tells.append(step(uid))
    happen()
    assert read() > 0
    assert sorted(Notice.objects.values_list("channel", "state")) == [
        ("email", "waiting"),
        ("inbox", "sent"),
        ("sms", "waiting"),
    ]
    assert send_due(MORNING) == 2
    assert send_due(MORNING) == 0
    by_channel = {letter.channel: letter for letter in gateway.letters}
    assert len(gateway.letters) == 2
    assert by_channel["sms"].to.endswith(PHONE[-8:])
    assert by_channel["email"].to == EMAIL
    assert set(Notice.objects.values_list("state", flat=True)) == {"sent"}


def test_a_repeated_fact_adds_nothing(tells: list[Tell], person: Callable[..., str]) -> None:
    from baodao.ledger.selectors import newer_than
    from baodao.notify.readers import handle

    tells.append(step(person()))
    happen()
    read()
    before = Notice.objects.count()
    assert before == 1 + 1 - 1 + 1  # sms and email: somebody without account is answered where she can be
    handle(newer_than(0)[-1])
    assert Notice.objects.count() == before


def test_words_hold_number_step_date_and_link_only(
    tells: list[Tell], gateway: Gateway, person: Callable[..., str], settings: Any
) -> None:
    settings.BASE_URL = "https://fl.example.org"
    tells.append(step(person()))
    happen()
    read()
    send_due(MORNING)
    assert [letter.body for letter in gateway.letters] == [
        "【报到】您的 FL-2026-000123 已派给nobody-knows，请在11月27日 周五前查看。https://fl.example.org/m/FL-2026-000123/"
    ]


def test_english_is_said_to_those_who_chose_it(
    tells: list[Tell], gateway: Gateway, person: Callable[..., str]
) -> None:
    uid = person()
    Preference.objects.create(person=uid, lang="en")
    tells.append(step(uid))
    happen()
    read()
    send_due(MORNING)
    assert "Fri 27 Nov" in gateway.letters[0].body


def test_neither_address_nor_name_nor_text_is_kept_or_logged(
    tells: list[Tell], gateway: Gateway, person: Callable[..., str], caplog: pytest.LogCaptureFixture
) -> None:
    tells.append(step(person(email=EMAIL)))
    happen()
    read()
    gateway.fails = [RuntimeError(f"could not reach {PHONE}")]
    with caplog.at_level("DEBUG"):
        send_due(MORNING)
    kept = json.dumps(list(Notice.objects.values()), default=str, ensure_ascii=False) + caplog.text
    kept += "".join(Fact.objects.values_list("data", flat=True))
    for secret in (PHONE, PHONE[-8:], EMAIL, NAME, "绝不外发的原文"):
        assert secret not in kept
    assert "RuntimeError" in caplog.text
    assert PHONE not in repr(gateway.letters)


def test_reading_the_address_is_in_the_persons_own_log(
    tells: list[Tell], gateway: Gateway, person: Callable[..., str]
) -> None:
    from baodao.people.models import AccessLog

    uid = person()
    tells.append(step(uid))
    happen()
    read()
    assert not AccessLog.objects.exists()
    send_due(MORNING)
    assert list(AccessLog.objects.values_list("whom", "purpose", "fields")) == [(uid, "notify", "phone")]


def test_an_account_without_consent_gets_the_inbox_only(
    tells: list[Tell], person: Callable[..., str]
) -> None:
    tells.append(step(person(account=True)))
    happen()
    read()
    assert list(Notice.objects.values_list("channel", "state")) == [("inbox", "sent")]


def test_nobody_hears_of_imported_simulated_or_old_things(
    tells: list[Tell], person: Callable[..., str]
) -> None:
    tells.append(step(person()))
    for origin in ("import", "paper", "simulated"):
        happen(origin=origin)  # type: ignore[arg-type]
    happen(happened=MORNING - timedelta(days=4000))
    read()
    assert not Notice.objects.exists()
    happen()
    read()
    assert Notice.objects.exists()


def test_somebody_who_left_no_address_is_skipped_not_parked(
    tells: list[Tell], gateway: Gateway, person: Callable[..., str]
) -> None:
    tells.append(step(person(phone="")))
    happen()
    read()
    send_due(MORNING)
    assert set(Notice.objects.values_list("state", "error")) == {("skipped", "no_address")}
    assert gateway.letters == []


@pytest.mark.usefixtures("db")
def test_holders_hear_of_what_comes_to_their_office_but_not_of_their_own_act(
    tells: list[Tell], person: Callable[..., str]
) -> None:
    from baodao.orgs.models import Post
    from baodao.orgs.ruling import NewOrg
    from baodao.orgs.services import create_orgs

    by = system_act(MORNING, new_key())
    org = NewOrg(code="990101", name="试验区", level="district", kind="district", since=date(2024, 1, 1))
    create_orgs(by, orgs=[org])
    first, second = person(account=True), person(account=True, phone="13912345679")
    for number, uid in enumerate((first, second)):
        columns = {
            "kind": "administrator",
            "title": "管理员",
            "person": uid,
            "since": date(2024, 1, 1),
            "origin": "live",
        }
        Post.objects.create(code=f"p{number}", org_id="990101", **columns)
    tells.append(Tell(org="990101", template="test.step", number="FL-1"))
    happen()
    read()
    assert {row.person for row in Notice.objects.filter(channel="inbox")} == {first, second}
    Notice.objects.all().delete()
    tells[0] = Tell(post="p1", template="test.step", number="FL-1")
    happen()
    read()
    assert {row.person for row in Notice.objects.filter(channel="inbox")} == {second}


@pytest.mark.parametrize(
    "wrong",
    [
        {"person": "a", "org": "b"},
        {"person": "a", "right": "x"},
        {"person": "a", "link": "https://elsewhere.example"},
        {"person": "a", "link": "//elsewhere.example"},
        {"person": "a", "number": "王芳 13912345678"},
        {"person": "a", "params": {"what": "楼上 漏水了，很久没人管"}},
    ],
)
def test_an_audience_cannot_carry_a_text(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        Tell(template="test.step", **wrong)
