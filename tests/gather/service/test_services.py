"""Members' service through its verbs: who may, what is refused, what the ledger keeps, what is left after erasure."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from baodao.gather.models import Seat, Slot
from baodao.gather.service import models, selectors, services
from baodao.gather.service.services import Confirm, Listing, NewStand, Unlist
from baodao.kernel.act import system_act
from baodao.kernel.errors import Conflict, Invalid, Problem, Refused
from baodao.ledger.caches import dump
from baodao.ledger.doctor import examine
from baodao.ledger.selectors import facts_of
from baodao.ledger.services import erase, rebuild
from tests.gather.service.world import A2, DAY, NOW, OTHER, START, A, B, World, key
from tests.test_canary import tables_with

NAME = "金丝雀在职"
DUE = "collective_check_in"
LATER = NOW + timedelta(days=100)


def tables() -> list[str]:
    marks = ("gather_service", "gather_stand")
    return [line for line in dump(with_caches=True) if any(mark in line for mark in marks)]


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("organizer", True), ("stranger_organizer", False), ("head", False), ("handler", False), ("superior", False),
        ("secretary", False), ("resident", False),
    ],
)  # fmt: skip
def test_a_units_list_is_its_organizers_alone(world: World, who: str, may: bool) -> None:
    """The employer's own head is no organizer: membership is made known to nobody else."""
    token, _uid = world.member()
    acts: list[Any] = [
        lambda: services.list_members(world.by(who), members_=[Listing(B, "新来的", "13900002222", START)]),
        lambda: selectors.names(world.by(who, purpose="duty"), B, [token]),
        lambda: services.unlist_members(world.by(who), rows=[Unlist(B, token, DAY)]),
    ]
    assert bool(selectors.page_of(world.by(who), B)) is may
    for act in acts:
        if may:
            act()
        else:
            with pytest.raises(Refused):
                act()


@pytest.mark.parametrize(
    ("who", "may"),
    [("secretary", True), ("sibling", False), ("superior", False), ("worker", False), ("organizer", False)],
)
def test_openings_and_needing_nobody_are_the_communitys_own(world: World, who: str, may: bool) -> None:
    given = services.Offer(
        A, "service_opening", "小区巡清", DAY, DAY + timedelta(days=9), datetime(2026, 1, 1, 9).time(), 60, 2
    )
    acts: list[Any] = [
        lambda: services.offer(world.by(who), offer=given),
        lambda: services.needs_nobody(world.by(who), org=A, since=DAY, until=DAY + timedelta(days=3)),
        lambda: services.set_stands(world.by(who), stands=[NewStand(A, "model_post", "示范岗", DAY)]),
    ]
    for act in acts:
        if may:
            act()
        else:
            with pytest.raises(Refused):
                act()


def test_from_opening_to_record(world: World) -> None:
    token, uid = world.member()
    [slot] = world.opening()
    assert [one.slot.code for one in selectors.suggested(selectors.own(uid)[1], NOW, None)] == [slot]
    assert services.claim(world.me(uid), slot=slot) == "seat"
    with pytest.raises(Conflict):  # not before it began
        services.tell(world.me(uid), slot=slot, minutes=60, text="清了楼道")
    with pytest.raises(Invalid):
        services.tell(world.me(uid, LATER), slot=slot, minutes=999, text="清了楼道")
    services.tell(world.me(uid, LATER), slot=slot, minutes=90, text="清了三处楼道")
    row = models.ServiceRecord.objects.get()
    assert (row.state, row.told, row.minutes) == ("told", 90, 0)
    assert Seat.objects.get().minutes == 0  # her own word credits nothing
    with pytest.raises(Invalid):  # otherwise asks a reply
        services.confirm(world.by("secretary", LATER), confirms=[Confirm(slot, token, False)])
    said = [Confirm(slot, token, False, reply="那天没有来，换了别人")]
    services.confirm(world.by("secretary", LATER), confirms=said)
    assert models.ServiceRecord.objects.get().state == "otherwise"
    assert [one.reply for one in selectors.records(token, START, date(2027, 1, 1))] == [
        "那天没有来，换了别人"
    ]
    # She says so again, the community corrects itself: the later word rules, the earlier stays in the ledger.
    services.tell(world.me(uid, LATER), slot=slot, minutes=90, text="是我，签到本上有")
    services.confirm(world.by("secretary", LATER), confirms=[Confirm(slot, token, True)])
    row = models.ServiceRecord.objects.get()
    assert (row.state, row.minutes) == ("confirmed", 90) and Seat.objects.get().minutes == 90
    confirmed = [f for f in facts_of(f"service:{token}", effective=False) if f.kind == "service.confirmed"]
    assert len(confirmed) == 2 and confirmed[1].supersedes == confirmed[0].id
    with pytest.raises(Conflict):
        services.tell(world.me(uid, LATER), slot=slot, minutes=20, text="改一下")
    assert selectors.hours_of(token, START, date(2027, 1, 1)) == {"service_opening": 90}


@pytest.mark.parametrize("who", ["sibling", "superior", "organizer", "worker", "head"])
def test_only_the_community_confirms_and_nobody_her_own(world: World, who: str) -> None:
    token, uid = world.member()
    [slot] = world.opening()
    services.claim(world.me(uid), slot=slot)
    services.tell(world.me(uid, LATER), slot=slot, minutes=60, text="清了楼道")
    with pytest.raises(Refused):
        services.confirm(world.by(who, LATER), confirms=[Confirm(slot, token, True)])
    with pytest.raises(Refused):
        services.rate(world.by(who, LATER), slot=slot, stars=5)


def test_the_secretary_does_not_confirm_herself(world: World) -> None:
    from baodao.people.services.identity import queue_token  # noqa: F401 (her token comes with the report)

    own = world.uids["secretary"]
    token, _uid = world.member()
    del token
    [listed] = services.list_members(
        system_act(NOW, key("list")), members_=[Listing(B, "书记", "13911112222", START)]
    )
    assert listed != selectors.own(own)[0]
    with pytest.raises(Conflict):  # she is on no list
        services.report_at(world.me(own), place=A, since=DAY)


def test_a_claim_is_for_linked_members_and_those_who_report_there(world: World) -> None:
    _token, uid = world.member()
    [far] = world.opening(org=A2)
    with pytest.raises(Conflict) as told:
        services.claim(world.me(uid), slot=far)
    assert "结对范围" in told.value.faults[0].reason
    assert services.report_at(world.me(uid), place=A2, since=DAY) == "home"
    assert services.report_at(world.me(uid), place=A, since=DAY) == "linked"
    assert services.claim(world.me(uid), slot=far) == "seat"
    with pytest.raises(Conflict):
        services.claim(world.me(world.uids["resident"]), slot=far)
    with pytest.raises(Conflict):
        services.report_at(world.me(world.uids["resident"]), place=A, since=DAY)
    # Leaving asks nothing, and what was claimed stays hers.
    services.end_report(world.me(uid), place=A2, until=DAY)
    assert selectors.own(uid)[1].places_now == [A]


def test_the_last_seat_and_the_row(world: World) -> None:
    _one, first = world.member()
    _two, second = world.member("乙党员", "13900002222")
    [slot] = world.opening()
    assert services.claim(world.me(first), slot=slot) == "seat"
    assert services.claim(world.me(second), slot=slot) == "waiting"
    services.withdraw(world.me(first), slot=slot)
    assert [s.state for s in Seat.objects.order_by("n")] == ["left", "seat"]


def test_sixty_are_spread_and_a_day_takes_no_more_than_its_most(world: World) -> None:
    codes = world.opening(wanted=60, until=DAY + timedelta(days=120), weekdays=(5,), most=4)
    slots = list(Slot.objects.filter(code__in=codes).order_by("starts"))
    assert sum(slot.seats for slot in slots) == 60 and max(slot.seats for slot in slots) <= 4
    again = services.offer(
        world.by("secretary"),
        offer=services.Offer(
            A, "home_opening", "再来十个", DAY + timedelta(days=1), DAY + timedelta(days=120),
            datetime(2026, 1, 1, 14).time(), 60, 10, weekdays=(5,), most=4,
        ),
    )  # fmt: skip
    assert again.over == 2  # seventeen Saturdays take 68
    for slot in Slot.objects.all():
        day = slot.starts.date()
        assert sum(s.seats for s in Slot.objects.all() if s.starts.date() == day) <= 4


def test_needing_nobody_is_a_word_with_dates_and_marks_nobody(world: World) -> None:
    _token, uid = world.member()
    [slot] = world.opening()
    until = DAY + timedelta(days=90)
    assert services.needs_nobody(world.by("secretary"), org=A, since=DAY, until=until, reason="修路") is True
    assert selectors.suggested(selectors.own(uid)[1], NOW, None) == []
    with pytest.raises(Conflict) as told:
        services.claim(world.me(uid), slot=slot)
    assert "不算您没有去" in told.value.faults[0].remedy
    with pytest.raises(Conflict):
        world.opening()  # nor does it offer meanwhile
    [fact] = facts_of(f"need:{A}")
    assert (fact.kind, fact.person, fact.value) == ("service.enough", "", None)
    assert services.needs_nobody(world.by("secretary"), org=A, since=DAY, until=DAY) is False
    assert services.claim(world.me(uid), slot=slot) == "seat"


def test_a_collective_check_in_meets_the_units_due(world: World) -> None:
    from baodao.dues.models import Met

    starts = NOW + timedelta(days=5)
    with pytest.raises(Refused):
        services.plan_together(
            world.by("stranger_organizer"), unit=B, community=A, starts=starts, minutes=120, title="集体报到"
        )
    with pytest.raises(Invalid):  # not linked
        services.plan_together(
            world.by("organizer"), unit=B, community=A2, starts=starts, minutes=120, title="集体报到"
        )
    slot = services.plan_together(
        world.by("organizer"), unit=B, community=A, starts=starts, minutes=120, title="集体报到"
    )
    with pytest.raises(Conflict):  # one unit a day
        services.plan_together(
            world.by("organizer"), unit=B, community=A, starts=starts, minutes=60, title="又一次"
        )
    with pytest.raises(Invalid):
        services.hold_together(world.by("secretary"), slot=slot, heads=12)
    soon, much_later = NOW + timedelta(days=6), NOW + timedelta(days=20)
    with pytest.raises(Refused):  # for a week only the community says so
        services.hold_together(world.by("organizer", soon), slot=slot, heads=12)
    with pytest.raises(Refused):
        services.hold_together(world.by("sibling", much_later), slot=slot, heads=12)
    mark = f"collective_check_in/org:{B}"
    services.hold_together(world.by("organizer", much_later), slot=slot, heads=12, meets=[mark])
    services.hold_together(world.by("secretary", much_later), slot=slot, heads=11, meets=[mark])
    [met] = Met.objects.all()
    assert (met.requirement, met.subject, met.ref) == ("collective_check_in", f"org:{B}", f"gather:{slot}")
    held = [f for f in facts_of(f"gather:{slot}") if f.kind == "gather.held"]
    assert [(f.value, f.person, f.data.traits) for f in held] == [(11, "", ("collective_check_in",))]
    rated_by_the_place(world, slot, much_later)


def rated_by_the_place(world: World, slot: str, at: datetime) -> None:
    """The community for which it was rates the event, once, under its own name; heads only, so nobody else could."""
    from baodao.gather import selectors as gather
    from baodao.gather.services import rate_for

    for who, org in (("organizer", B), ("sibling", A2), ("sibling", A), ("resident", A)):
        with pytest.raises((Refused, Conflict)):
            rate_for(world.by(who, at), slot=slot, org=org, stars=4)
    with pytest.raises(Invalid):
        rate_for(world.by("secretary", at), slot=slot, org=A, stars=6)
    rate_for(world.by("secretary", at), slot=slot, org=A, stars=4)
    with pytest.raises(Conflict):
        rate_for(world.by("secretary", at), slot=slot, org=A, stars=5)
    found = gather.rated(slot)
    assert (found.n, found.stars, [stars for _name, stars in found.orgs]) == (0, (), [4])


def test_presence_on_the_general_page_credits_no_service(world: World) -> None:
    """Hours of an opening need her word and the community's: who only notes presence, or signs in, credits nothing."""
    from baodao.gather import services as gather
    from baodao.gather.services import Came

    token, uid = world.member()
    [slot] = world.opening()
    with pytest.raises(Refused, match="双报到"):
        gather.join(world.me(uid), slot=slot)
    services.claim(world.me(uid), slot=slot)
    after = Slot.objects.get(code=slot).ends
    came = [Came("present", token, minutes=120)]
    gather.attend(world.by("secretary", after), slot=slot, came=came)
    row = Seat.objects.get(slot=slot, token=token)
    assert (row.status, row.minutes) == ("present", 0)
    services.tell(world.me(uid, after), slot=slot, minutes=90, text="清了三处楼道")
    assert Seat.objects.get(slot=slot, token=token).minutes == 0
    services.confirm(world.by("secretary", after), confirms=[Confirm(slot, token, True)])
    assert Seat.objects.get(slot=slot, token=token).minutes == 90
    # Said again on the list, nothing is added and nothing lost; absent takes it away.
    gather.attend(world.by("secretary", after), slot=slot, came=came)
    assert Seat.objects.get(slot=slot, token=token).minutes == 90
    gather.attend(world.by("secretary", after), slot=slot, came=[Came("absent", token)])
    assert Seat.objects.get(slot=slot, token=token).minutes == 0


def test_what_a_member_shows_is_nothing_until_she_says_so(world: World) -> None:
    token, uid = world.member()
    [slot] = world.opening()
    world.served(uid, token, slot, LATER)
    by = world.by("secretary", LATER, purpose="duty")
    assert selectors.shown_names(by, A, [token]) == {}
    with pytest.raises(Invalid):
        services.show_at(world.me(uid), place=A2, what=["name"])
    with pytest.raises(Invalid):
        services.show_at(world.me(uid), place=A, what=["faith"])
    assert services.show_at(world.me(uid), place=A, what=["hours", "name"]) == ["hours", "name"]
    assert selectors.shown_names(by, A, [token]) == {token: "甲党员"}
    with pytest.raises(Refused):
        selectors.shown_names(world.by("head", LATER, purpose="duty"), A, [token])
    year = (START, date(2027, 1, 1))
    assert selectors.beside(A, [token], *year) == {token: selectors.Beside("", 90)}
    assert selectors.beside(B, [token], *year) == {}  # her unit learns nothing of it
    services.show_at(world.me(uid), place=B, what=["hours"])
    assert selectors.beside(B, [token], *year) == {token: selectors.Beside("", 90)}
    services.show_at(world.me(uid), place=A, what=["unit"])
    assert selectors.beside(A, [token], *year) == {token: selectors.Beside(f"名{B}", None)}
    services.show_at(world.me(uid), place=A, what=[])
    assert selectors.shown_names(by, A, [token]) == {} == selectors.beside(A, [token], *year)


def test_units_have_counts_from_ten_on_and_never_who(world: World) -> None:
    token, uid = world.member()
    [slot] = world.opening()
    world.served(uid, token, slot, LATER)
    assert selectors.unit_figures(B, START, date(2027, 1, 1)) == (1, None)
    for n in range(9):
        world.member(f"第{n}", f"1390001{n:04}")
    assert selectors.unit_figures(B, START, date(2027, 1, 1)) == (10, 1)


def test_a_standing_post_shows_holder_duties_evidence_and_lapse(world: World) -> None:
    from baodao.gather.service import standing

    token, uid = world.member()
    with pytest.raises(Invalid):  # an area needs its grid
        services.set_stands(world.by("secretary"), stands=[NewStand(A, "duty_area", "一片区", DAY)])
    [code] = services.set_stands(world.by("secretary"), stands=[NewStand(A, "model_post", "窗口示范岗", DAY)])
    [one] = standing.at([A], DAY)
    assert one.state == "vacant" and len(one.duties) == 3
    with pytest.raises(Conflict):
        services.take_stand(world.me(world.uids["resident"]), code=code, named=True)
    services.take_stand(world.me(uid), code=code, named=False)
    with pytest.raises(Conflict):
        services.take_stand(world.me(world.member("乙", "13900002222")[1]), code=code, named=False)
    assert standing.at([A], DAY)[0].state == "held"
    assert standing.at([A], DAY + timedelta(days=180))[0].state == "held"
    assert standing.at([A], DAY + timedelta(days=181))[0].state == "lapsed"
    assert standing.holder_names(standing.at([A], DAY)) == {}
    services.evidence(world.me(uid, NOW + timedelta(days=170)), code=code, text="教会了五位老人挂号")
    assert standing.at([A], DAY + timedelta(days=181))[0].state == "held"
    assert [p.text for p in standing.proofs(code, token)] == ["教会了五位老人挂号"]
    with pytest.raises(Refused):
        services.lay_down(world.by("sibling"), code=code)
    services.lay_down(world.me(uid, LATER), code=code)
    assert standing.at([A], DAY)[0].state == "vacant"
    with pytest.raises(Refused):
        services.end_stands(world.by("sibling"), codes=[code])
    # Her name stands there by her own wish alone, and goes when she lays the post down.
    services.take_stand(world.me(uid, LATER), code=code, named=True)
    assert standing.holder_names(standing.at([A], DAY)) == {code: "甲党员"}
    services.lay_down(world.by("secretary", LATER), code=code)
    assert standing.holder_names(standing.at([A], DAY)) == {}
    services.end_stands(world.by("secretary", LATER), codes=[code])
    assert standing.at([A], LATER.date() + timedelta(days=1)) == []


def test_being_out_has_no_cause_anywhere(world: World) -> None:
    token, uid = world.member()
    assert services.exempt(world.me(uid), half="2026h1", yes=True) is True
    with pytest.raises(Invalid):
        services.exempt(world.me(uid), half="2025h1", yes=True)
    with pytest.raises(Invalid):
        services.exempt(world.me(uid), half="生病", yes=True)
    [fact] = [f for f in facts_of(f"service:{token}") if f.kind == "service.exempted"]
    assert set(fact.data.__struct_fields__) == {"half", "yes"} and not fact.slots
    services.exempt(world.me(uid), half="2026h1", yes=False)
    assert not models.ServiceOut.objects.exists()


def test_the_community_rates_the_service_once_and_no_person(world: World) -> None:
    token, uid = world.member()
    [slot] = world.opening()
    with pytest.raises(Conflict):
        services.rate(world.by("secretary"), slot=slot, stars=4)
    world.served(uid, token, slot, LATER)
    services.rate(world.by("secretary", LATER), slot=slot, stars=4, text="楼道干净了")
    with pytest.raises(Conflict):
        services.rate(world.by("secretary", LATER), slot=slot, stars=5)
    [fact] = [f for f in facts_of(f"gather:{slot}") if f.kind == "gather.rated"]
    assert (fact.value, fact.person, fact.data.side) == (4, "", "convener")


def test_rows_follow_facts_and_nothing_is_left_after_erasure(world: World) -> None:
    token, uid = world.member(NAME, "13900007777")
    [slot] = world.opening()
    world.served(uid, token, slot, LATER)
    services.show_at(world.me(uid), place=A, what=["name"])
    services.exempt(world.me(uid), half="2026h1", yes=True)
    services.needs_nobody(world.by("secretary"), org=A, since=DAY, until=DAY + timedelta(days=5))
    [code] = services.set_stands(world.by("secretary"), stands=[NewStand(A, "model_post", "示范岗", DAY)])
    services.take_stand(world.me(uid), code=code, named=True)
    services.evidence(world.me(uid), code=code, text="金丝雀的实绩")
    # Only where she wished her name to be written on a post.
    assert tables_with([NAME, "13900007777", uid])[NAME] == {"ledger_content"}
    assert "ledger_fact" not in tables_with([uid])[uid]
    assert {fact.level for fact in facts_of(f"service:{token}")} == {2}
    before = tables()
    assert len(before) == 6 and [line for line in examine() if "service" in line] == []
    rebuild()
    assert tables() == before
    erase(system_act(LATER, key("erase")), person=uid)
    assert not models.ServiceRecord.objects.exists() and models.Stand.objects.get().token == ""
    gone = [NAME, "金丝雀的实绩", "清了三处楼道"]
    assert tables_with(gone) == {one: set() for one in gone}
    left = tables()
    rebuild()
    assert tables() == left
    assert [line for line in examine() if "service" in line] == []


def test_every_error_is_a_problem(world: World) -> None:
    _token, uid = world.member()
    for act in (
        lambda: services.claim(world.me(uid), slot="g-none"),
        lambda: services.tell(world.me(uid), slot="g-none", minutes=5, text="好"),
        lambda: services.take_stand(world.me(uid), code="st-none", named=False),
        lambda: services.end_report(world.me(uid), place=A, until=DAY),
        lambda: services.plan_together(
            world.by("stranger_organizer"), unit=OTHER, community=A, starts=NOW, minutes=1, title=""
        ),
    ):
        with pytest.raises(Problem):
            act()


def test_a_sheet_lists_members_once_and_can_be_taken_back(world: World) -> None:
    from msgspec.structs import replace

    from baodao.gather.service import sheets
    from baodao.kernel.tables.template import Given, Verdicts
    from baodao.ledger.services import takeback
    from baodao.people.normalise import normal

    by = world.by("organizer")
    typed = {"甲": "13900001111", "乙": "13900002222", "丙": "139 0000 2222"}
    given = [
        Given(n, {"name": name, "phone": normal("phone", phone)})
        for n, (name, phone) in enumerate(typed.items(), 2)
    ]
    first = Verdicts({"phone": "手机号"})
    sheets.judge(by, given, first)
    assert [row for row, _item in first.items] == [2, 3] and list(first.faults) == [4]
    batch = replace(by, command=key("import"), batch="b-service", origin="import")
    sheets.load(batch, [item for _row, item in first.items])
    again = Verdicts({})
    sheets.judge(by, given[:2], again)
    assert again.same == {2, 3} and not again.items
    # Nobody has an account yet: they are rows until they sign in.
    rows = list(sheets.rows(world.by("organizer", purpose="duty")))
    assert sorted(row["name"] for row in rows) == ["乙", "甲"] and {len(row) for row in rows} == {5}
    assert sorted(row["phone"] for row in rows) == ["+8613900001111", "+8613900002222"]
    takeback(system_act(LATER, key("back")), batch="b-service")
    assert not models.ServiceMember.objects.exists()
    assert [line for line in examine() if "service" in line] == []


def test_we_need_nobody_excuses_the_linked_units_due_by_itself(owing: World) -> None:
    """Nothing is written for it: the word is the reason, as long as it holds; a unit linked elsewhere owes as before."""
    from baodao.dues import board, counted
    from baodao.dues import selectors as dues
    from baodao.dues.models import Excuse
    from baodao.dues.ports import Life
    from baodao.dues.selectors import member_lines

    world = owing

    def state(unit: str, day: date) -> tuple[str, str]:
        lines = [line for line in board.lines([unit], day, back=0) if line.requirement == DUE]
        return (lines[0].stand.state, lines[0].cause) if lines else ("", "")

    june = date(2026, 6, 20)
    assert state(B, june) == ("due", "") and state(OTHER, june) == ("", "")
    since = DAY + timedelta(days=1)
    services.needs_nobody(world.by("secretary"), org=A, since=since, until=date(2026, 7, 15))
    assert state(B, DAY)[0] == "excused"  # more than half of the days are covered already
    assert state(B, since) == ("excused", "not_needed")
    assert state(B, date(2026, 7, 20)) == ("due", "")  # the next half-year is asked again
    past = [
        line
        for line in board.lines([B], date(2026, 7, 20), [DUE])
        if line.stand.window.first < date(2026, 7, 1)
    ]
    assert [(line.stand.state, line.cause) for line in past] == [("excused", "not_needed")]
    assert not Excuse.objects.exists() and dues.lacking_now([B], [DUE], since) == {}
    [cover] = dues.covers(board.lines([B], june, [DUE], back=0))
    assert (cover.base, cover.excused, cover.missing) == (0, 1, 0)
    # Members of a unit (or of a branch below it) go with it, one by one and as a share.
    rule = dues.rules_of(B, june)[DUE]
    [mine] = member_lines([Life("member:t", B, ((START, None),))], {DUE: rule}, june)
    assert (mine.stand.state, mine.cause) == ("excused", "not_needed")
    share = counted.Share(DUE, rule, mine.stand.window, B, owed=12, met=2)
    counted._rest([share], june)
    assert share.excused == 10
    # Taken back, it is owed again; every day before keeps what was said then.
    later = datetime(2026, 4, 1, 9, tzinfo=NOW.tzinfo)
    services.needs_nobody(world.by("secretary", later), org=A, since=later.date(), until=later.date())
    assert state(B, june) == ("due", "") and state(B, date(2026, 3, 20)) == ("excused", "not_needed")
    # A second community that needs somebody: the unit may go there.
    from tests.gather.service.world import linked

    services.needs_nobody(world.by("secretary", later), org=A, since=later.date(), until=date(2026, 8, 1))
    assert state(B, june) == ("excused", "not_needed")
    linked(B, A2)
    assert state(B, june) == ("due", "")


def _body(world: World, unit: str, branch: str, until: date | None = None) -> None:
    """A unit and its Party organization: the unit founds it, the branch's own post accepts."""
    from baodao.kernel.act import system_act
    from baodao.orgs.alliances.ruling import NewAlliance, NewMember
    from baodao.orgs.alliances.services import found_alliances

    one = NewAlliance("party_body", "本单位党组织", unit, START, until=until, members=(NewMember(branch),))
    found_alliances(system_act(NOW - timedelta(days=290), key("body")), alliances=[one])


def _branches() -> tuple[str, str, str]:
    """A Party tree of its own: a root, a general branch of the first unit, a branch below it."""
    from baodao.kernel.act import system_act
    from baodao.orgs.ruling import NewOrg
    from baodao.orgs.services import bind_pack, create_orgs

    root, general, branch = "dz", "dz-zj", "dz-zj-1"
    rows = [
        (root, "区委", "party_district", "committee", ""),
        (general, "住建党总支", "party_street", "committee", root),
        (branch, "住建一支部", "party_community", "branch", general),
    ]
    orgs = [NewOrg(c, name, level, kind, START, above, tree="party") for c, name, level, kind, above in rows]
    create_orgs(system_act(NOW - timedelta(days=380), key("dz")), orgs=orgs)
    bind_pack(system_act(NOW - timedelta(days=380), key("dz")), org=root, pack="drawn", since=START)
    return root, general, branch


def test_needing_nobody_excuses_both_halves_of_a_body(owing: World) -> None:
    """A unit and its Party organization: whichever tree the link names, members on either side are not asked."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from baodao.dues import counted
    from baodao.dues import selectors as dues
    from baodao.dues.ports import Life
    from baodao.dues.selectors import member_lines
    from baodao.gather.service.resting import linked_now, resting
    from tests.gather.service.world import linked

    world, june = owing, date(2026, 6, 20)
    _root, general, branch = _branches()
    rule = dues.rules_of(B, june)[DUE]

    def state(org: str) -> str:
        [line] = member_lines([Life("member:t", org, ((START, None),))], {DUE: rule}, june)
        return line.stand.state

    since = DAY + timedelta(days=1)
    services.needs_nobody(world.by("secretary"), org=A, since=since, until=date(2026, 7, 15))
    assert (state(B), state(branch), state(general)) == (
        "excused",
        "due",
        "due",
    )  # the trees know nothing of one another
    _body(world, B, general)
    # The link names the unit; the branch below its Party organization goes with it, one by one and as a share.
    assert (state(B), state(branch), state(general)) == ("excused",) * 3
    [line] = member_lines([Life("member:t", branch, ((START, None),))], {DUE: rule}, june)
    share = counted.Share(DUE, rule, line.stand.window, branch, owed=12, met=2)
    counted._rest([share], june)
    assert share.excused == 10
    assert linked_now([general, B, OTHER], june) == {general: [A], B: [A], OTHER: []}
    with CaptureQueriesContext(connection) as asked:
        resting([B, branch, general, OTHER], date(2026, 1, 1), june)
    assert len(asked) == 3
    # A link that names the Party organization counts for the unit too: both communities must need nobody.
    linked(general, A2)
    assert (state(B), state(branch), state(general)) == ("due",) * 3
    assert selectors.linked(B, june, as_helper=True) == sorted([A, A2])
    assert state(OTHER) == "due"


def test_a_body_joins_two_trees_and_ends_with_its_day(owing: World) -> None:
    from baodao.gather.service.resting import linked_now

    _root, general, branch = _branches()
    with pytest.raises(Invalid, match="同一棵树"):
        _body(owing, B, OTHER)
    with pytest.raises(Invalid, match="同一棵树"):
        _body(owing, general, branch)
    _body(owing, B, branch, until=date(2026, 5, 1))
    assert linked_now([branch], date(2026, 4, 30)) == {branch: [A]}
    assert linked_now([branch], date(2026, 5, 1)) == {branch: []}
    assert linked_now([general], date(2026, 4, 30)) == {general: []}  # the one above has no link of its own


def test_a_units_check_in_meets_the_due_of_its_party_organization(owing: World) -> None:
    """The link names the branch: the due is the branch's, the unit's organizer plans, the community's word meets it."""
    from baodao.dues import board
    from baodao.gather.service.desk.community import hold_together
    from tests.gather.service.world import linked

    world = owing
    _root, _general, branch = _branches()
    linked(branch, A2)
    when = datetime(2026, 3, 20, 9, tzinfo=NOW.tzinfo)
    plan = {"unit": OTHER, "community": A2, "starts": when, "minutes": 120, "title": "一起清楼道"}
    with pytest.raises(Invalid):
        services.plan_together(world.by("stranger_organizer"), **plan)
    _body(world, OTHER, branch)
    code = services.plan_together(world.by("stranger_organizer"), **plan)
    hold_together(world.by("stranger_organizer", when + timedelta(days=9)), code, 12)
    lines = board.lines([branch, OTHER], date(2026, 4, 1), [DUE], back=0)
    assert [(line.subject, line.stand.state) for line in lines] == [(f"org:{branch}", "met")]
