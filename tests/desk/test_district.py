"""The district page and the leader's page: counts that agree with the rows, rights, what is stuck and between whom."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from itertools import count
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from baodao.kernel.act import system_act
from baodao.ledger import readers
from baodao.ledger.caches import dump
from baodao.ledger.services import rebuild
from baodao.matters.models import Matter, Stake
from baodao.matters.move import Called
from baodao.matters.services import Draft, act, open_
from baodao.matters.tallies import asked as asked_rows
from baodao.matters.tallies import caches as tallies
from baodao.matters.tallies.models import Asked, Tally
from tests.matters.conftest import A2, HOME, NOW, START, STREET, A, B, Cast, key
from tests.support.town import words

Enter = Callable[[str, str], Client]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
_marks = count(1)


@pytest.fixture(autouse=True)
def fresh() -> None:
    """Nothing that this process remembers of another database."""
    from baodao.desk import district

    tallies._counted.clear()
    district.forget()


@pytest.fixture
def staff(cast: Cast, settings: Any) -> Enter:
    """Appoint somebody and give her browser."""
    from baodao.orgs.ruling import NewPost
    from baodao.orgs.services import begin_posts
    from baodao.people import door
    from baodao.people.services import demo, identity, sign_in

    def enter(kind: str, org: str) -> Client:
        settings.DEMO = True
        mark = f"s{next(_marks)}"
        born = system_act(NOW - 400 * DAY, key("staff"), "simulated")
        uid = identity.enrol(born, entries=[identity.Entry(ref=mark, name="李强")]).uids[mark]
        begin_posts(
            system_act(NOW - 399 * DAY, key("post")), posts=[NewPost(f"{org}-{mark}", org, kind, uid, START)]
        )
        at = door.clock()
        opened = sign_in.open_session(demo.demo_account(uid, at), "demo", "test", at)
        browser = Client()
        browser.cookies[door.COOKIE] = opened.cookie
        settings.DEMO = False
        return browser

    return enter


@pytest.fixture
def whistle(cast: Cast) -> Callable[..., str]:
    """Blow a whistle as the secretary; gives its number."""

    def do(*calls: Called, who: str = "secretary", **draft: Any) -> str:
        made = Draft(
            procedure="whistle",
            org=A,
            kind="facility",
            fields={"source": "community", "title": "消防通道堵了", "text": "货车长期停在消防通道"},
            calls=calls or (Called(B),),
            **draft,
        )
        return open_(cast.by(who), matters=[made]).numbers[0]

    return do


def read() -> None:
    """The reader goes to the end."""
    reader = next(one for one in readers.readers() if one.name == tallies.NAME)
    while readers.run_once(reader):
        pass


def kept() -> dict[tuple[str, str, str], int]:
    return {(row.scope, row.state, row.place): row.n for row in Tally.objects.all()}


def oracle() -> dict[tuple[str, str, str], int]:
    """The same from all rows, one by one."""
    found: Counter[tuple[str, str, str]] = Counter()
    seen = set()
    matters = {row.number: row for row in Matter.objects.filter(ended__isnull=True)}
    for row in Stake.objects.all():
        if row.level > 1:
            found[row.scope, "open", tallies.SHUT] += 1
            continue
        matter = matters[row.matter]
        place = matter.place or f"@{matter.org}"
        found[row.scope, row.state, place] += 1
        if (row.scope, row.matter) not in seen:
            seen.add((row.scope, row.matter))
            found[row.scope, "", place] += 1
    return dict(found)


def asked(browser: Client, path: str, status: int = 200) -> str:
    answer = browser.get(path)
    assert answer.status_code == status, (path, answer.status_code, words(answer)[:400])
    return words(answer)


def test_counts_follow_the_rows_and_a_rebuild_gives_the_same(
    cast: Cast, opened: Callable[..., str], whistle: Callable[..., str]
) -> None:
    first = opened()
    second = opened(place="", org=A2)
    third = opened(kind="domestic_violence", fields={"text": "别告诉别人"})
    called = whistle(Called(B, role="lead"), Called(A2, after=(1,)))
    read()
    assert kept() == oracle()
    moves: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
        ("secretary", first, "report_in", {}),
        ("sibling", second, "report_in", {}),
        ("handler", called, "report_in", {}),
        ("sibling", second, "pause", {"cause": "weather", "reason": "下雨"}),
        ("handler", called, "cannot", {"reason": "先断电"}),
        ("secretary", called, "rule", {"came": "yes", "did": "yes", "verdict": "partly"}),
        ("secretary", third, "report_in", {}),
        ("secretary", first, "raise_level", {"level": "2", "reason": "涉及隐私"}),
        ("secretary", third, "answer", {"claim": "solved", "result": "修好了"}),
    )
    for n, (who, number, action, fields) in enumerate(moves, 1):
        leg = 1 if number == called else None
        act(cast.by(who, NOW + n * HOUR), number=number, action=action, leg=leg, fields=fields)
        read()
        assert kept() == oracle(), action
    before = list(dump(with_caches=True))
    list(rebuild())
    assert list(dump(with_caches=True)) == before
    assert kept() == oracle()


def test_facts_read_twice_and_places_counted_late_change_nothing(
    cast: Cast, opened: Callable[..., str]
) -> None:
    numbers = [opened() for _n in range(3)]
    read()
    for number in numbers:
        act(cast.by("secretary", NOW + HOUR), number=number, action="report_in", fields={})
    from baodao.ledger.selectors import newer_than

    facts = newer_than(0, tallies.KINDS)
    for fact in (*facts, *reversed(facts)):
        tallies.handle(fact)
    assert kept() == oracle()
    with CaptureQueriesContext(connection) as queries:
        for fact in facts:
            begun = Matter.objects.get(number=fact.subject.partition(":")[2])
            tallies._note(["grid-1", *asked_rows.days_of(fact, begun.org, begun.opened)], fact.id)
            tallies.handle(fact)
    assert len(queries) == 2 * len(facts), "a place that was counted since is not counted again"


def test_the_page_says_how_many_where_and_in_which_state(
    staff: Enter, cast: Cast, opened: Callable[..., str], whistle: Callable[..., str]
) -> None:
    first = opened()
    opened()
    opened(place="", org=A2)
    whistle()
    act(cast.by("secretary", NOW + HOUR), number=first, action="report_in", fields={})
    desk = staff("supervisor", HOME)
    # Before the reader's first round nothing was counted: said so, instead of a nought.
    bare = asked(desk, "/desk/district/")
    assert "尚未计数" in bare and "没有没办完的事" not in bare and "承办 0 份" not in bare
    read()
    told = asked(desk, "/desk/district/")
    assert "承办 4 份 · 事 4 件" in told
    assert "3 还没有收到 1 办理中 0 暂停" in told
    # Each number leads to what it counts.
    page = unescape(desk.get("/desk/district/").content.decode())
    for group, numbers in (
        ("group.way", {first}),
        ("called", {*Matter.objects.values_list("number", flat=True)} - {first}),
    ):
        [address] = set(re.findall(rf'href="(/desk/[^"]*state={group})"', page))
        shown = desk.get(address).content.decode()
        assert set(re.findall(r"[A-Z]{2}-2026-\d{6}", shown)) == numbers, group
    Stake.objects.filter(matter=first).update(state="answered")
    for group, numbers in (("caller", [first]), ("way", []), ("unheard_of", [])):
        shown = desk.get(f"/desk/?state=group.{group}").content.decode()
        assert re.findall(rf"{first}(?=</)", shown)[:1] == numbers, group
    # The drawn scene has no grids: what has a community is counted there, the rest is said apart.
    assert f"名{STREET} 1" in told or f"名{STREET} 2" in told
    assert "没有写地点，或在别处" in told
    below = asked(desk, f"/desk/district/?org={STREET}")
    assert "承办 3 份 · 事 3 件" in below
    assert f"名{A2} 1" in below


PAGES = ("district/", "stuck/", "stuck.xlsx", "district/figures/")


def test_pages_ask_one_rule(staff: Enter, opened: Callable[..., str]) -> None:
    number = opened()
    read()
    superior, secretary, sibling = (
        staff("department_head", STREET),
        staff("community_secretary", A),
        staff("community_secretary", A2),
    )
    outside, handler, supervisor = (
        staff("department_head", B),
        staff("handler", B),
        staff("supervisor", HOME),
    )
    for path in PAGES:
        for browser in (superior, secretary, supervisor):
            assert browser.get(f"/desk/{path}?org={A}").status_code == 200, path
        assert superior.get(f"/desk/{path}?org={HOME}").status_code == 404, path
        assert superior.get(f"/desk/{path}?org={B}").status_code == 404, path
        assert sibling.get(f"/desk/{path}?org={A}").status_code == 404, path
        assert outside.get(f"/desk/{path}?org={A}").status_code == 404, path
        assert handler.get(f"/desk/{path}?org={A}").status_code == 403, path
        assert supervisor.get(f"/desk/{path}?org=nowhere").status_code == 404, path
        assert Client().get(f"/desk/{path}?org={A}").status_code == 302, path
    # Lists and single objects agree: whoever reads the line opens it.
    for browser, seen in ((superior, True), (secretary, True), (sibling, False)):
        listed = number in browser.get("/desk/stuck/").content.decode()
        assert listed is seen
        assert (browser.get(f"/desk/matters/{number}/").status_code == 200) is seen
    assert superior.get("/desk/district/areas/").status_code == 404, "no land, no map"


def test_what_few_may_know_is_told_in_tens_only(staff: Enter, opened: Callable[..., str]) -> None:
    desk = staff("supervisor", HOME)
    shut = [opened(kind="domestic_violence", fields={"text": "别告诉别人"}) for _n in range(9)]
    read()
    assert "只有经办的人能看" not in asked(desk, "/desk/district/")
    shut += [opened(kind="domestic_violence", fields={"text": "别告诉别人"}) for _n in range(4)]
    read()
    for page in ("/desk/district/", "/desk/stuck/"):
        told = asked(desk, page)
        assert "另有 10 份以上" in told
        assert not any(number in told for number in shut)
    # One more elsewhere would be found by taking off: the whole is not told then.
    opened(kind="domestic_violence", org=A2, fields={"text": "别告诉别人"})
    read()
    assert "只有经办的人能看" not in asked(desk, "/desk/district/")
    assert "另有 10 份以上" in asked(desk, f"/desk/district/?org={A}")


def test_what_is_stuck_says_between_whom(
    staff: Enter, cast: Cast, opened: Callable[..., str], whistle: Callable[..., str]
) -> None:
    from baodao.orgs.duties import NewDuty, NewList
    from baodao.orgs.services import adopt_duties

    taken = NewDuty(code="D-9", title="更换井盖", kind="taken_back")
    adopt_duties(cast.by("system"), lists=[NewList(org=B, since=START, items=[taken])])
    desk = staff("supervisor", HOME)
    unreported, plain = whistle(), opened()
    returned = whistle()
    chained = whistle(Called(B, role="lead"), Called(A2, after=(1,)))
    act(
        cast.by("handler", NOW + HOUR),
        number=returned,
        action="return",
        fields={"duty_item": "D-9", "reason": "不归我们"},
    )
    act(
        cast.by("secretary", NOW + 2 * HOUR), number=returned, action="dispute", fields={"reason": "清单上有"}
    )
    told = asked(desk, "/desk/stuck/")
    assert f"名{B} 名{A} " in told, "the pair"
    assert "居民反映的" in told
    row = {
        view: asked(desk, f"/desk/stuck/?view={view}")
        for view in ("unreported", "disputed", "waiting", "late", "caller")
    }
    assert unreported in row["unreported"] and plain in row["unreported"]
    assert returned in row["disputed"] and unreported not in row["disputed"]
    assert "裁定" in row["disputed"]
    assert chained in row["waiting"] and f"等名{B}办完" in row["waiting"]
    assert "没有卡住的" in row["late"]
    pair = asked(desk, f"/desk/stuck/?unit={B}&caller={A}")
    assert unreported in pair and plain not in pair
    assert unreported not in asked(desk, f"/desk/stuck/?unit={A}")
    # The community that called sees what lies elsewhere.
    assert unreported in asked(staff("community_secretary", A), "/desk/stuck/?view=ours")
    assert unreported not in asked(staff("community_secretary", A2), "/desk/stuck/?view=ours")


def test_promises_whose_day_has_passed(staff: Enter, cast: Cast, opened: Callable[..., str]) -> None:
    late, kept_ = opened(), opened()
    for number in (late, kept_):
        act(cast.by("secretary", NOW + HOUR), number=number, action="report_in", fields={})
        act(
            cast.by("secretary", NOW + 2 * HOUR),
            number=number,
            action="visit",
            fields={"at": (NOW + DAY).strftime("%Y-%m-%dT%H:%M:%SZ")},
        )
    act(
        cast.by("secretary", NOW + 3 * HOUR),
        number=kept_,
        action="answer",
        fields={"claim": "solved", "result": "修好了"},
    )
    above = staff("department_head", STREET)
    for path in ("/desk/stuck/", "/desk/stuck/?view=promises"):
        told = asked(above, path)
        assert "3月3日 周二" in told
        assert late in told and kept_ not in told
    assert late not in asked(staff("community_secretary", A2), "/desk/stuck/?view=promises")


def test_pages_follow_each_other_and_the_sheet_has_all(
    staff: Enter, opened: Callable[..., str], monkeypatch: Any
) -> None:
    from baodao.desk import stuck

    monkeypatch.setattr(stuck, "PAGE", 3)
    numbers = {opened(at=NOW + (n // 2) * HOUR) for n in range(8)}
    browser, seen, address = staff("department_head", STREET), [], "/desk/stuck/"
    while address:
        body = browser.get(address).content.decode()
        seen += re.findall(r'bd-number">([^<]+)', body)
        found = re.search(r'href="(\?[^"]*after=[^"]+)" rel="next"', body)
        address = "/desk/stuck/" + found[1].replace("&amp;", "&") if found else ""
    assert Counter(seen) == dict.fromkeys(numbers, 1)
    book = load_workbook(io.BytesIO(browser.get("/desk/stuck.xlsx").content))
    assert {row[0] for row in book.worksheets[0].iter_rows(min_row=2, values_only=True)} >= numbers
    assert browser.get("/desk/stuck/?after=rubbish").status_code == 200


def test_pages_cost_the_same_for_one_as_for_many(
    staff: Enter, cast: Cast, opened: Callable[..., str], whistle: Callable[..., str]
) -> None:
    desk = staff("supervisor", HOME)
    counts = []
    for more in (1, 8):
        for _n in range(more):
            opened()
            whistle(Called(B, role="lead"), Called(A2, after=(1,)))
        read()
        for path in ("/desk/district/", "/desk/stuck/"):
            desk.get(path)
            with CaptureQueriesContext(connection) as queries:
                assert desk.get(path).status_code == 200
            counts.append(len(queries))
    assert counts[:2] == counts[2:] == [3, 8], counts


def test_newer_than_n_costs_one_statement(staff: Enter, opened: Callable[..., str]) -> None:
    desk = staff("department_head", STREET)
    opened()
    read()
    for of in ("facts", "counts"):
        first = desk.get(f"/desk/newer/?of={of}")
        assert first.status_code == 200
        assert "HX-Trigger" not in first
        at = re.search(r"at=(\d+)", first.content.decode())
        assert at
        door = 2
        with CaptureQueriesContext(connection) as queries:
            same = desk.get(f"/desk/newer/?of={of}&at={at[1]}", headers={"If-None-Match": first["ETag"]})
        assert (same.status_code, same.content, len(queries) - door) == (304, b"", 1)
        opened()
        if of == "counts":
            assert desk.get(f"/desk/newer/?of={of}&at={at[1]}").status_code == 304, "not yet counted"
            read()
        fresh_ = desk.get(f"/desk/newer/?of={of}&at={at[1]}&say=1", headers={"If-None-Match": first["ETag"]})
        assert (fresh_.status_code, fresh_["HX-Trigger"]) == (200, "newer")
        assert "有新的变化" in words(fresh_)
    assert Client().get("/desk/newer/").status_code == 302


def test_figures_walk_back_to_why(staff: Enter, opened: Callable[..., str]) -> None:
    opened()
    told = staff("supervisor", HOME).get("/desk/district/?figures=1").content.decode()
    assert "/desk/measures/on_time/?org=" in told
    assert "未测" in told, "nothing was settled: no rate is told"
    assert "工作量" in told


def test_a_reader_that_lags_far_counts_everything_once_and_passes_the_rest(
    cast: Cast, opened: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [opened(), opened(place="", org=A2), opened(kind="domestic_violence", fields={"text": "别说"})]
    for number in numbers[:2]:
        who = "secretary" if number == numbers[0] else "sibling"
        act(cast.by(who, NOW + HOUR), number=number, action="report_in", fields={})
    from baodao.ledger.selectors import newer_than

    facts = newer_than(0, tallies.KINDS)
    monkeypatch.setattr(tallies, "FAR", 0)
    with CaptureQueriesContext(connection) as queries:
        tallies.together(facts[:1])
    assert kept() == oracle()
    assert len(queries) <= 10
    tallies._note([tallies._ALL], facts[-1].id)
    with CaptureQueriesContext(connection) as queries:
        tallies.together(facts)
    assert len(queries) == 0, "what was counted since is passed"
    tallies._counted.clear()
    Tally.objects.all().delete()
    monkeypatch.setattr(tallies, "FAR", 2000)
    with CaptureQueriesContext(connection) as queries:
        tallies.together(facts)
    assert kept() == oracle()
    assert len(queries) <= 9, "all places of a round by one statement, its one day by three"


@pytest.mark.parametrize(
    ("n", "before", "change"),
    [(0, 0, 0), (12, 10, 0), (30, 10, 1), (10, 30, -1), (103, 100, 0), (1200, 1000, 1)],
)
def test_a_change_is_told_only_beyond_chance(n: int, before: int, change: int) -> None:
    from baodao.matters.often import beyond_chance

    assert beyond_chance(n, before) == change


def test_the_ten_things_that_residents_keep_asking(
    cast: Cast, opened: Callable[..., str], staff: Enter
) -> None:
    """Kinds by their number, from ten on, beside the span before; nothing of the next street, nothing that few may know."""
    from baodao.matters.often import asked_often

    for _one in range(10):
        opened(at=NOW - 5 * DAY, kind="noise", org=B)
    read()
    assert [one.change for one in asked_often(B, NOW, "zh-hans")] == [None], "nothing was kept so long ago"
    opened(at=NOW - 200 * DAY, kind="noise", org=B)
    for kind, spans in (("road", (12, 2)), ("housing", (11, 11)), ("utilities", (9, 20))):
        for days, n in zip((5, 120), spans, strict=True):
            for _one in range(n):
                opened(at=NOW - days * DAY, kind=kind, org=A)
    read()
    with CaptureQueriesContext(connection) as queries:
        found = asked_often(HOME, NOW, "zh-hans")
    assert len(queries) == 2
    assert not any("matters_matter" in one["sql"] for one in queries.captured_queries[:1])
    assert [(one.n, one.before, one.change) for one in found] == [(12, 2, 1), (11, 11, 0), (10, 0, 1)]
    assert asked_often(A2, NOW, "zh-hans") == []
    page = words(staff("district_leader", HOME).get("/desk/district/figures/", {"org": HOME}))
    assert "大家常问的" in page and "近 90 天" in page


def brute(org: str) -> list[tuple[str, int, int]]:
    """The same from every matter, one by one."""
    from django.utils.timezone import localdate

    from baodao.orgs.selectors import forest

    found: dict[str, list[int]] = {}
    today = localdate(NOW)
    for row in Matter.objects.filter(level__lte=1).exclude(reporter=""):
        ago = (today - localdate(row.opened)).days
        if org in forest().over(row.org, today) and 0 <= ago < 180:
            found.setdefault(row.kind, [0, 0])[ago >= 90] += 1
    most = sorted((-n, kind, before) for kind, (n, before) in found.items() if n >= 10)
    return [(kind, -n, before) for n, kind, before in most]


def test_what_is_asked_is_counted_by_day_and_equals_a_count_of_all(
    cast: Cast, opened: Callable[..., str], whistle: Callable[..., str]
) -> None:
    """Exact at both edges of the spans and at midnight, without what few may know, what staff began and what was taken away; as many rows
    for a thousand as for one; when a community moves, it counts for those above it today."""
    from baodao.kernel.declare import get_pack
    from baodao.matters.declare import Procedure
    from baodao.matters.often import asked_often
    from baodao.matters.succession import restake
    from baodao.orgs.ruling import Move
    from baodao.orgs.selectors import pack_of
    from baodao.orgs.services import move_orgs
    from tests.matters.test_succession import TODAY, other_street

    titles = {one.title: one.name for one in get_pack(pack_of(HOME)).many(Procedure)["request"].kinds}

    def told(org: str) -> list[tuple[str, int, int]]:
        read()
        found = sorted((-one.n, titles[one.words], one.before) for one in asked_often(org, NOW, "zh-hans"))
        return [(kind, -n, before) for n, kind, before in found]

    midnight = NOW.replace(hour=16, minute=0, second=0)  # of the next local day, in UTC
    edges = [
        midnight - n * DAY - gap
        for n in (1, 90, 91, 180, 181)
        for gap in (timedelta(0), timedelta(seconds=1))
    ]
    for at in edges:
        for org in (A, A, B, A2):
            opened(at=at, kind="road", org=org)
    for _one in range(12):
        opened(at=NOW - 100 * DAY, kind="noise", org=B)
        for kind in ("noise", "domestic_violence"):
            opened(at=NOW - 3 * DAY, kind=kind, org=B)
    whistle(Called(B))
    for org in (HOME, STREET, A, B):
        assert told(org) == brute(org), org
    assert told(HOME) and all(kind != "domestic_violence" for kind, _n, _before in told(HOME))
    rows = Asked.objects.filter(scope=HOME).count()
    for _one in range(20):
        opened(at=NOW - 3 * DAY, kind="noise", org=B)
    assert told(HOME) == brute(HOME)
    assert Asked.objects.filter(scope=HOME).count() == rows, "the page reads no more rows for more matters"
    mine = opened(at=NOW - 3 * DAY, kind="noise", org=A)
    assert told(HOME)[0] == ("noise", 33, 12)
    act(cast.by("secretary", NOW + HOUR), number=mine, action="report_in", fields={})
    act(
        cast.by("secretary", NOW + HOUR),
        number=mine,
        action="raise_level",
        fields={"level": 2, "reason": "有病情"},
    )
    assert told(HOME) == brute(HOME) and told(HOME)[0] == ("noise", 32, 12), "few may know of it now"
    restake.run(NOW)
    far = other_street()
    move_orgs(system_act(NOW, key("move")), moves=[Move(B, far, TODAY)])
    restake.run(NOW)
    assert told(far) == brute(far) and {kind: n for kind, n, _b in told(far)}["noise"] == 32
    assert told(STREET) == brute(STREET)
    before = list(dump(with_caches=True))
    rebuild()
    assert list(dump(with_caches=True)) == before
