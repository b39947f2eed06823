"""Contacts: one to one over all departments, dates and needs only, one quota, the named person's own word; limits.md row N11."""

from datetime import date
from typing import Any

import msgspec
import pytest
import time_machine

from baodao.dues import selectors as dues
from baodao.dues.contacts import facts, selectors, services
from baodao.dues.contacts.models import Contact, ContactMade
from baodao.dues.contacts.services import NewContact, Touch
from baodao.kernel.act import Act
from baodao.kernel.errors import Conflict, Invalid, Missing, Refused
from baodao.ledger.audience import audience_kinds
from baodao.ledger.caches import dump
from baodao.ledger.doctor import examine
from baodao.ledger.models import Content
from baodao.ledger.services import erase, rebuild
from baodao.people.selectors import persons_of

from .conftest import now, system

D, W, X = "nc", "nc-w", "nc-x"
TODAY = date(2026, 11, 20)
PHONE = "13900001111"


@pytest.fixture
def leaders(db: Any, tmp_path: Any, settings: Any) -> Any:
    """Nanchuan: two departments with a head each, and the post that keeps the list; gives uids."""
    from baodao.orgs.ruling import NewOrg, NewPost
    from baodao.orgs.services import begin_posts, bind_pack, create_orgs
    from baodao.people import vault
    from baodao.people.services.identity import Entry, enrol
    from tests.support.town import forget

    settings.DATA = tmp_path / "data"
    (settings.DATA / "keys").mkdir(parents=True)
    vault._read.cache_clear()
    forget()
    since = date(2024, 1, 1)
    with time_machine.travel(now(), tick=False):
        orgs = [NewOrg(D, "南川区", "district", "district", since)]
        orgs += [NewOrg(code, f"部门{code}", "department", "bureau", since, D) for code in (W, X)]
        create_orgs(system(), orgs=orgs)
        bind_pack(system(), org=D, pack="nanchuan", since=since)
        who = ("office", "w", "x")
        uids = dict(
            enrol(
                system(),
                entries=[Entry(ref=w, name=f"某{w}", phone=f"1361111000{n}") for n, w in enumerate(who)],
            ).uids
        )
        posts = [("office", D, "contact_office"), ("w", W, "department_head"), ("x", X, "department_head")]
        begin_posts(system(), posts=[NewPost(f"p-{w}", org, kind, uids[w], since) for w, org, kind in posts])
        yield uids
    vault._read.cache_clear()
    forget()


def by(uids: Any, who: str, purpose: str = "") -> Act:
    from baodao.orgs.selectors import grants_of, post

    held = post(f"p-{who}")
    assert held is not None
    grants = grants_of(held.code, str(held.org_id), held.kind, TODAY)
    made = system(now())
    return msgspec.structs.replace(
        made, kind="person", person=uids[who], post=held.code, grants=grants, purpose=purpose
    )


def herself(code: str) -> Act:
    token = Contact.objects.get(pk=code).token
    return msgspec.structs.replace(system(now()), kind="person", person=persons_of([token], "erase")[token])


def named(uids: Any, post: str = "p-w", org: str = W, phone: str = PHONE, word: bool = True) -> str:
    one = NewContact(org, post, "金代表", phone, date(2026, 1, 5), word)
    return services.name(by(uids, "office"), contacts=[one])[0]


def test_only_who_agreed_and_only_one_leader_over_all_departments(leaders: Any) -> None:
    with pytest.raises(Invalid):
        named(leaders, word=False)
    named(leaders)
    with pytest.raises(Conflict):  # the same person, another department
        named(leaders, "p-x", X)
    with pytest.raises(Refused):  # a leader names nobody
        services.name(by(leaders, "w"), contacts=[NewContact(W, "p-w", "甲", "13900002222", TODAY, True)])


def test_a_contact_meets_the_due_by_its_date_and_need_alone(leaders: Any) -> None:
    code = named(leaders)

    def state(day: date) -> list[str]:
        return [line.stand.state for line in dues.dues_of(by(leaders, "office"), W, day, back=0)]

    assert state(TODAY) == ["due"]
    services.record(by(leaders, "w"), touches=[Touch(code, date(2026, 11, 3), "想找一块厂房")])
    assert state(TODAY) == ["met"]
    assert state(date(2026, 11, 2)) == ["due"]
    services.solve(by(leaders, "w"), code=code, n=1, day=date(2026, 11, 18))
    [row] = selectors.kept_by(by(leaders, "w"))
    assert row.made == ((1, date(2026, 11, 3), "想找一块厂房", date(2026, 11, 18)),)


def test_there_is_no_field_for_a_judgement() -> None:
    """N11: needs and dates, no assessment, circle, creed, party or family."""
    fields = {
        f.name for kind in (facts.Made, facts.Corrected, facts.Solved) for f in msgspec.structs.fields(kind)
    }
    assert fields == {"n", "day", "need"}
    assert {f.name for f in msgspec.structs.fields(Touch)} == {"code", "day", "need"}
    columns = {field.name for model in (Contact, ContactMade) for field in model._meta.fields}
    assert columns == {
        "code", "token", "org", "post", "level", "origin", "since", "until", "id", "contact", "n", "day", "need", "solved",
    }  # fmt: skip


def test_one_quota_over_all_departments(leaders: Any) -> None:
    code = named(leaders)
    services.record(by(leaders, "w"), touches=[Touch(code, date(2026, 10, 8))])
    # She goes over to another department's leader: the quota is hers, not the department's.
    services.leave(by(leaders, "office"), code=code)
    with time_machine.travel(now("2026-11-21T09:00"), tick=False):
        other = named(leaders, "p-x", X)
        services.record(by(leaders, "x"), touches=[Touch(other, date(2026, 11, 18))])
        with pytest.raises(Conflict) as caught:
            services.record(by(leaders, "x"), touches=[Touch(other, date(2026, 11, 19))])
        assert "季度" in str(caught.value.faults[0].reason)


def test_the_one_post_that_reads_a_contact_is_named(leaders: Any) -> None:
    from baodao.orgs.powers.seeing import seen, tables

    code = named(leaders)
    found = seen(by(leaders, "w"), "contact", code)
    [table] = tables(by(leaders, "w"), "contact", code, found)
    assert [(row.office, row.post, row.holders, row.why) for row in table.rows] == [
        ("", "本人", 1, "自己的"),
        ("部门nc-w", "街道、部门负责人", 1, "由这个岗位联系"),
    ]
    for who in ("x", "office"):
        with pytest.raises(Missing):
            seen(by(leaders, who), "contact", code)
    services.leave(by(leaders, "office"), code=code)
    with pytest.raises(Missing):
        seen(by(leaders, "w"), "contact", code)


def test_who_reads_a_contact(leaders: Any) -> None:
    code = named(leaders)
    services.record(by(leaders, "w"), touches=[Touch(code, TODAY, "要一份政策")])
    assert [row.code for row in selectors.kept_by(by(leaders, "w"))] == [code]
    assert selectors.kept_by(by(leaders, "x")) == []
    assert selectors.kept_by(by(leaders, "office")) == []
    assert selectors.names(by(leaders, "w", "duty"), selectors.kept_by(by(leaders, "w")))
    with pytest.raises(Refused):
        selectors.names(by(leaders, "x", "duty"), selectors.shown([code]))
    for who in ("x", "office"):
        with pytest.raises(Refused):
            services.record(by(leaders, who), touches=[Touch(code, TODAY)])


def test_she_sees_corrects_and_leaves_and_nobody_is_told(leaders: Any) -> None:
    code = named(leaders)
    services.record(by(leaders, "w"), touches=[Touch(code, date(2026, 11, 3), "抱怨太多")])
    services.solve(by(leaders, "w"), code=code, n=1, day=TODAY)
    me = herself(code)
    services.correct(me, code=code, n=1, day=date(2026, 11, 4), need="要一份用工政策")
    [row] = selectors.kept_by(by(leaders, "w"))
    assert row.made == ((1, date(2026, 11, 4), "要一份用工政策", TODAY),)
    assert not [line for line in examine() if line.startswith(("contact", "due"))]
    with pytest.raises(Refused):  # nobody else corrects it
        services.correct(by(leaders, "x"), code=code, n=1, day=TODAY, need="")
    services.leave(herself(code), code=code)
    assert selectors.kept_by(by(leaders, "w")) == [] and selectors.own(me.person) == []
    # No notice is made of any fact of a contact, and the leader owes nothing for her.
    assert not [kind for kind in audience_kinds() if kind.startswith("contact.")]
    left = [line.stand for line in dues.dues_of(by(leaders, "office"), W, TODAY, back=0)]
    assert all(stand.need == 0 and stand.state == "met" for stand in left)
    with pytest.raises(Conflict):
        services.record(by(leaders, "w"), touches=[Touch(code, TODAY)])


def test_private_numbers_do_not_enter_a_need(leaders: Any) -> None:
    code = named(leaders)
    with pytest.raises(Invalid):
        services.record(by(leaders, "w"), touches=[Touch(code, TODAY, "打 13812345678")])


def test_rebuild_handover_and_erasure(leaders: Any) -> None:
    from baodao.orgs.handover.ports import keepers

    code, other = named(leaders), named(leaders, phone="13900003333")
    services.record(by(leaders, "w"), touches=[Touch(code, TODAY, "金丝雀需求"), Touch(other, TODAY)])
    services.correct(herself(code), code=code, n=1, day=date(2026, 11, 19), need="金丝雀改过")
    keeper = next(one for one in keepers() if one.name == "contacts")
    assert keeper.count(["p-w"]) == {"p-w": 2}
    before = list(dump(with_caches=True))
    rebuild()
    assert list(dump(with_caches=True)) == before
    erase(system(now()), person=herself(code).person)
    assert not Contact.objects.filter(pk=code).exists() and Contact.objects.filter(pk=other).exists()
    assert not Content.objects.filter(text__contains="金丝雀").exists()
    before = list(dump(with_caches=True))
    rebuild()
    assert list(dump(with_caches=True)) == before
