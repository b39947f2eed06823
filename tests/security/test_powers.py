"""Deputies, second persons, break-glass and who can see a matter: through the doors that people take."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from msgspec import structs

from baodao.people.door import COOKIE
from tests.support.town import words

from .world import cookie_of, private_kind

TODAY = timezone.localdate


def desk(town: Any, who: str, post: str = "") -> Client:
    """Somebody's signed-in browser, in one of her posts."""
    browser = Client()
    browser.cookies[COOKIE] = cookie_of(town.uids[who])
    if post:
        assert browser.post("/desk/me/post/", {"post": post}).status_code == 303
    return browser


def command(page: Any) -> str:
    found = re.search(r'name="command" value="([^"]+)"', page.content.decode())
    assert found
    return found[1]


def name_deputy(town: Any, expect: int = 303, who: str = "secretary", **typed: Any) -> Any:
    """The secretary asks her superior to act for her for a week."""
    browser = desk(town, who)
    page = browser.get("/desk/deputies/")
    day = TODAY()
    given = {
        "command": command(page), "deputy": "p-superior", "since": day.isoformat(), "level": "2",
        "until": (day + timedelta(days=7)).isoformat(), "rights": ["matter.read", "request.report_in", "request.note"],
        **typed,
    }  # fmt: skip
    answer = browser.post("/desk/deputies/", given)
    assert answer.status_code == expect, words(answer)
    return answer


def end_deputies(town: Any, who: str = "secretary") -> None:
    """What runs is ended, on the page."""
    browser = desk(town, who)
    page = browser.get("/desk/deputies/")
    codes = re.findall(r'name="end" value="(dp-\d+)"', page.content.decode())
    assert codes
    for code in codes:
        assert browser.post("/desk/deputies/", {"command": f"end-{code}", "end": code}).status_code == 303


def test_one_post_is_given_to_a_deputy_once_at_a_time(town: Any) -> None:
    """Of two that run at once only the first would count: the second is refused with the days of the first."""
    name_deputy(town, rights=["matter.read"], level="1")
    day = TODAY() + timedelta(days=3)
    later = {"since": day.isoformat(), "until": (day + timedelta(days=9)).isoformat()}
    refused = words(name_deputy(town, 409, rights=["request.note"], **later))
    assert TODAY().isoformat() in refused
    assert "先结束那一份" in refused
    # After it, beside it to another deputy, and once it is ended.
    behind = {"since": (TODAY() + timedelta(days=7)).isoformat(), "until": later["until"]}
    name_deputy(town, rights=["request.note"], **behind)
    name_deputy(town, deputy="p-supervisor", rights=["request.note"], **later)
    end_deputies(town)
    name_deputy(town, rights=["request.note"], **later)


def test_a_deputy_acts_for_the_absent_one_within_limits_and_days(town: Any, time_machine: Any) -> None:
    number = town.phone("resident").report(text="家里有人动手。", kind=private_kind())
    assert desk(town, "superior").get(f"/desk/matters/{number}/").status_code == 404
    name_deputy(town)
    deputy = desk(town, "superior", "p-secretary")
    page = deputy.get(f"/desk/matters/{number}/?do=report_in")
    assert page.status_code == 200
    form = next(
        f for f in re.findall(r"<form.*?</form>", page.content.decode(), re.S) if 'value="report_in"' in f
    )
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    assert deputy.post(f"/desk/matters/{number}/", hidden).status_code == 303
    # It is the secretary's leg, and the page says who acted for her.
    read = words(desk(town, "secretary").get(f"/desk/matters/{number}/"))
    assert "画街道" in read
    assert "，代甲社区" in read
    # Nothing beyond what was ticked: she may not answer, nor pass anything on.
    assert 'value="answer"' not in deputy.get(f"/desk/matters/{number}/").content.decode()
    assert "不能再请别人代理" in words(deputy.get("/desk/deputies/"))
    # In her own post she still sees nothing of it, and after the week nothing at all.
    assert desk(town, "superior", "p-superior").get(f"/desk/matters/{number}/").status_code == 404
    time_machine.move_to(timezone.now() + timedelta(days=8))
    late = desk(town, "superior")
    assert late.post("/desk/me/post/", {"post": "p-secretary"}).status_code == 404


@pytest.mark.parametrize(
    ("who", "typed", "status"),
    [
        ("secretary", {"rights": ["request.extend"]}, 422),  # not hers
        ("secretary", {"rights": ["api.token"]}, 422),  # never passed on
        ("secretary", {"rights": []}, 422),
        ("secretary", {"until": "2031-01-01"}, 422),
        ("secretary", {"deputy": "p-secretary"}, 422),
        ("secretary", {"deputy": "p-outsider"}, 422),  # of another street
        ("secretary", {"deputy": "nobody"}, 404),
        ("sibling", {"rights": ["matter.read"], "deputy": "p-superior"}, 303),  # her own post, not another's
    ],
)
def test_a_deputyship_is_never_wider_than_the_post(
    town: Any, who: str, typed: dict[str, Any], status: int
) -> None:
    answer = name_deputy(town, status, who, **typed)
    if status == 422:
        assert "bd-faults" in answer.content.decode()


def test_only_the_holder_or_the_administrator_names_a_deputy(town: Any) -> None:
    from baodao.kernel.act import Act
    from baodao.kernel.errors import Refused
    from baodao.orgs.powers.deputies import NewDeputy, begin
    from baodao.orgs.selectors import standing

    now, day = timezone.now().replace(microsecond=0), TODAY()

    def by(who: str) -> Act:
        grants = standing(town.uids[who], f"p-{who}").grants
        return Act("person", now, now, f"d-{who}", person=town.uids[who], post=f"p-{who}", grants=grants)

    wanted = NewDeputy("p-secretary", "p-superior", day, day + timedelta(days=3), ("matter.read",))
    for who in ("sibling", "superior", "outsider", "clerk", "resident"):
        with pytest.raises(Refused):
            begin(by(who), deputies=[wanted])
    assert begin(by("secretary"), deputies=[wanted])
    later = structs.replace(wanted, since=wanted.until, until=wanted.until + timedelta(days=3))
    assert begin(by("administrator"), deputies=[later])


def ask_glass(town: Any, who: str, number: str, expect: int) -> Any:
    browser = desk(town, who)
    page = browser.get("/desk/glass/")
    assert page.status_code == 200, words(page)
    given = {
        "command": command(page),
        "number": number,
        "hours": "4",
        "purpose": "handle",
        "reason": "孩子失联，要马上联系",
    }
    answer = browser.post("/desk/glass/", given)
    assert answer.status_code == expect, words(answer)
    return answer


def test_a_restricted_matter_opens_to_two_persons_for_a_time_and_is_told(
    town: Any, time_machine: Any
) -> None:
    number = town.phone("resident").report(text="家里有人动手。", kind=private_kind())
    address = f"/desk/matters/{number}/"
    assert desk(town, "supervisor").get(address).status_code == 404
    waits = ask_glass(town, "supervisor", number, 202)
    assert "等另一个人确认" in words(waits)
    assert desk(town, "supervisor").get(address).status_code == 404
    # Who asked cannot agree, nor can whoever has no such right.
    own = desk(town, "supervisor")
    code = re.search(r'name="code" value="(w-\d+)"', own.get("/desk/seconds/").content.decode())
    assert code
    agreed = {"command": "agree-1", "code": code[1], "do": "agree"}
    assert own.post("/desk/seconds/", agreed).status_code == 403
    for who in ("secretary", "superior", "outsider"):
        assert code[1] not in desk(town, who).get("/desk/seconds/").content.decode()
        assert (
            desk(town, who).post("/desk/seconds/", {**agreed, "command": f"agree-{who}"}).status_code == 404
        )
    second = desk(town, "auditor").post("/desk/seconds/", agreed)
    assert second.status_code == 303, words(second)
    read = desk(town, "supervisor").get(address)
    assert read.status_code == 200
    # To her alone, and she sees, she does not act.
    assert desk(town, "auditor").get(address).status_code == 404
    assert "_do" not in read.content.decode()
    # The one concerned is told, and reads who looked, when and why.
    town.work()
    resident = town.phone("resident").browser
    assert "紧急查看" in words(resident.get("/notices/"))
    looked = words(resident.get("/me/looked/"))
    assert "涪陵区" in looked
    assert number in looked
    # Lists agree with the page: it is among what she may read, and gone with the hours.
    from baodao.people.models import SecurityLog

    kinds = set(SecurityLog.objects.filter(subject=f"matter:{number}").values_list("kind", flat=True))
    assert {"second.asked", "second.agreed", "glass.opened"} <= kinds
    seers = words(desk(town, "secretary").get(f"{address}seers/"))
    assert "紧急查看" in seers
    time_machine.move_to(timezone.now() + timedelta(hours=5))
    assert desk(town, "supervisor").get(address).status_code == 404


def test_a_request_for_a_second_person_lapses_and_can_be_taken_back(town: Any, time_machine: Any) -> None:
    from baodao.orgs.powers.models import Opening, Waiting

    number = town.phone("resident").report(text="家里有人动手。", kind=private_kind())
    ask_glass(town, "supervisor", number, 202)
    code = Waiting.objects.get().code
    back = desk(town, "supervisor").post(
        "/desk/seconds/", {"command": "back-1", "code": code, "do": "decline"}
    )
    assert back.status_code == 303
    assert not Waiting.objects.exists()
    ask_glass(town, "supervisor", number, 202)
    code = Waiting.objects.get().code
    time_machine.move_to(timezone.now() + timedelta(hours=49))
    late = desk(town, "auditor").post("/desk/seconds/", {"command": "late-1", "code": code, "do": "agree"})
    assert late.status_code in {404, 409}
    town.work()
    assert not Waiting.objects.exists()
    assert not Opening.objects.exists()


def test_break_glass_is_for_restricted_matters_and_for_those_above(town: Any) -> None:
    shared = town.phone("resident").report(text="路灯不亮。", kind="road")
    assert "本来就能看" in words(ask_glass(town, "supervisor", shared, 409))
    ask_glass(town, "supervisor", "FL-2026-999999", 404)
    for who in ("secretary", "superior", "outsider", "administrator"):
        assert desk(town, who).get("/desk/glass/").status_code == 403


def test_who_can_see_a_matter_is_who_the_policy_lets_in(town: Any) -> None:
    resident = town.phone("resident")
    numbers = [
        resident.report(text="路灯不亮。", kind="road"),
        resident.report(text="有人动手。", kind=private_kind()),
    ]
    from baodao.matters.models import Leg, Matter
    from baodao.matters.policies import READ, subject_of_rows
    from baodao.orgs.powers.watchers import watchers
    from tests.support.town import POSTS

    from .world import english_titles  # noqa: F401

    for number in numbers:
        row = Matter.objects.get(number=number)
        found = watchers(READ, subject_of_rows(row, Leg.objects.filter(matter=number)), TODAY())
        told = {(one.org, one.kind) for one in found}
        for who, (org, kind) in POSTS.items():
            opens = desk(town, who).get(f"/desk/matters/{number}/").status_code == 200
            assert opens == ((org, kind) in told), (who, number)
    assert desk(town, "sibling").get(f"/desk/matters/{numbers[0]}/seers/").status_code == 404
    assert "社区" in words(desk(town, "secretary").get(f"/desk/matters/{numbers[0]}/seers/"))


def test_a_person_reads_who_can_see_her_from_the_same_rules(town: Any) -> None:
    resident = town.phone("resident")
    resident.report(text="有人动手。", kind=private_kind())
    shut = words(resident.browser.get("/me/seers/"))
    assert "甲社区" in shut
    assert "区级督办员" not in shut  # above level 1 nobody above
    resident.report(text="路灯不亮。", kind="road")
    read = words(resident.browser.get("/me/seers/"))
    assert "区级督办员" in read
    assert "乙社区" not in read
    assert "远街道" not in read
