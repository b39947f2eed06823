"""Alerts of devices: what is refused and counted, how repeats fold, whom they reach, who verifies, when a rule may spread, what is
silent, what becomes of a still. Through the interface for machines and the desk."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.support.alerts import LANE, alert, device, picture, platform, register, send, trial
from tests.support.gather import press, publish
from tests.support.opening import notices
from tests.support.town import GRID_A, OTHER_STREET, STREET, B, at, local, words


@pytest.fixture
def street(town: Any) -> Any:
    """The town with a camera over a fire lane and one in a control room; both rules on trial in the first community."""
    register(
        device(LANE), device("cam-room", purpose="control_room"), device("cam-b", org=B, lon=None, lat=None)
    )
    trial()
    trial("post_empty")
    with at("11-23 08:00"):
        town.platform = platform(town)
    return town


def numbers() -> list[str]:
    from baodao.matters.models import Matter

    return list(Matter.objects.filter(procedure="alert").order_by("number").values_list("number", flat=True))


def form(desk: Any, address: str, expect: int = 303, **typed: Any) -> str:
    page = desk.get(address)
    assert page.status_code == 200, words(page)
    command = re.findall(r'name="command" value="([^"]+)"', page.content.decode())[-1]
    answer = desk.post(address, {"command": command, **typed})
    assert answer.status_code == expect, words(answer)
    return words(desk.get(answer["Location"])) if expect == 303 else words(answer)


# ── what is refused ─────────────────────────────────────────────────────────────────────────────────────


#: Fields as vendors name them, and the list that each meets.
PERSONS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"face_id": "1"}, "face"),
    ({"Ｆａｃｅ-Feature": []}, "face"),
    ({"人脸特征": "x"}, "face"),
    ({"plateNo": "渝A12345"}, "plate"),
    ({"号牌": ""}, "plate"),
    ({"staffName": "张三"}, "name"),
    ({"姓名": "张三"}, "name"),
    ({"detail": [{"objects": {"id_card": None}}]}, "identity"),
    ({"info": {"deep": {"手机号码": "1"}}}, "identity"),
)


def test_fields_of_persons_are_refused_and_counted(street: Any) -> None:
    from baodao.kernel.models import Command
    from baodao.ledger.models import Content, Fact
    from baodao.matters.alerts.models import SenderCount

    with at("11-23 09:00"):
        for extra, list_ in PERSONS:
            before = SenderCount.objects.filter(list=list_).values_list("n", flat=True).first() or 0
            problem = send(street.platform, {**alert(), **extra}, expect=422)
            assert "不能有像" in problem["faults"][0]["reason"], extra
            row = SenderCount.objects.get(sender="p-platform", list=list_)
            assert row.n == before + 1, extra
        # Beside the list of alerts they are found as well.
        send(street.platform, alert(), expect=422, plate="x")
        assert numbers() == []
        # What stood in the fields is kept nowhere.
        for values in (
            Fact.objects.values_list("data", flat=True),
            Content.objects.values_list("text", flat=True),
            Command.objects.values_list("result", flat=True),
        ):
            assert not any("张三" in str(value) or "12345" in str(value) for value in values)
        read = words(street.desk("superior").get("/desk/alert-rules/"))
        assert "画街道 车牌 3" in read and "画街道 人脸 3" in read, read
        # A harmless alert of the same sender is taken.
        assert send(street.platform, alert())[0]["state"] == "opened"


def test_what_is_not_registered_for_it_is_refused(street: Any) -> None:
    register(device("bare", sign="missing"), device("talk", purpose="announcements"))
    with at("11-23 09:00"):
        for wrong, field in (
            (alert("nobody"), "device"),
            (alert(rule="no_rule"), "rule"),
            (alert("cam-room"), "rule"),  # a camera put up for control rooms sees no fire lanes
            (alert("bare"), "device"),  # no sign beside it
            (alert(at=local("11-21 09:00")), "at"),
            (alert() | {"at": "0001-01-01T00:00:00+14:00"}, "at"),
            (alert(confidence=0.9), "confidence"),
        ):
            faults = send(street.platform, wrong, expect=422)["faults"]
            assert any(field in fault["field"] + fault["reason"] for fault in faults), faults
        assert numbers() == []


def test_a_platform_sends_for_devices_that_its_post_reaches_and_for_no_others(street: Any) -> None:
    with at("11-23 09:00"):
        stranger = platform(street, OTHER_STREET, "stranger")
        send(stranger, alert(), expect=403)
        # A sibling community's platform, and the staff's own tokens.
        send(platform(street, B, "sibling-platform"), alert(), expect=403)
        send(street.token("secretary", ["matter.read"]), alert(), expect=403)
        assert numbers() == []
        assert send(street.platform, alert())[0]["state"] == "opened"


# ── repeats ─────────────────────────────────────────────────────────────────────────────────────────────


def test_repeats_fold_into_one_and_a_call_again_adds_nothing(street: Any) -> None:
    from baodao.matters.alerts.models import Alert

    with at("11-23 09:00"):
        first = send(street.platform, alert(), key="alerts-first-1")
        assert send(street.platform, alert(), key="alerts-first-1") == first
        assert Alert.objects.get().n == 1
        # A platform counts in milliseconds, in a zone of its own.
        late = {**alert("cam-room", "post_empty"), "at": "2026-11-23T08:59:59.125+08:00"}
        assert send(street.platform, late)[0]["state"] == "opened"
    with at("11-23 10:30"):
        assert send(street.platform, alert(), alert())[0] == {"state": "folded", "number": first[0]["number"]}
        assert Alert.objects.get(device=LANE).n == 3
        street.do("secretary", first[0]["number"], "false_alarm")
    with at("11-23 11:20"):
        # Verified, yet the same within the window: no second matter about the same thing.
        assert send(street.platform, alert())[0]["state"] == "folded"
    with at("11-23 15:00"):
        again = send(street.platform, alert())[0]
        assert again["state"] == "opened" and again["number"] != first[0]["number"]


def flood(street: Any, calls: int, each: int) -> None:
    from baodao.ledger.models import Fact
    from baodao.matters.alerts.models import Alert
    from baodao.matters.models import Leg

    start = local("11-23 09:00")
    with at("11-23 09:00"):
        send(street.platform, alert(at=start))
    spent = []
    with at("11-23 12:00"):
        for n in range(calls):
            found = [alert(at=start + timedelta(seconds=n * each + k)) for k in range(each)]
            with CaptureQueriesContext(connection) as asked:
                assert {one["state"] for one in send(street.platform, *found)} == {"folded"}
            spent.append(len(asked))
    (number,) = numbers()
    assert Alert.objects.get().n == calls * each + 1
    assert Leg.objects.filter(matter=number).count() == 1
    # One small fact a call, however many alerts it brings; the matter itself is not moved.
    assert Fact.objects.filter(kind="device_alert.repeated").count() == calls
    acted = Fact.objects.filter(subject=f"matter:{number}").exclude(kind="matter.settled")
    assert acted.count() <= 4, list(acted.values_list("kind", flat=True))
    assert max(spent[1:]) <= 24, spent


def test_a_flood_makes_one_matter(street: Any) -> None:
    flood(street, 4, 100)


@pytest.mark.long
def test_a_flood_of_ten_thousand_makes_one_matter(street: Any) -> None:
    flood(street, 50, 200)


# ── whom it reaches ─────────────────────────────────────────────────────────────────────────────────────


def test_whoever_is_on_shift_is_called_and_nobody_else_is_woken(street: Any) -> None:
    """A shift of the community's station, taken by the street's clerk; the office of the community hears nothing."""
    with at("11-23 09:00"):
        typed = {
            "kind": "station_shift",
            "title": "夜间值班",
            "day": "2026-11-23",
            "where": "社区",
            "seats": "2",
        }
        shift = publish(street.desk("secretary"), **typed, **{"from": "18:00"}, to="23:00")
        press(street.desk("clerk"), f"/gather/{shift}/", "join")
    with at("11-23 20:00"):
        street.desk("secretary")
        number = send(street.platform, alert())[0]["number"]
        street.work()
        assert number in notices(street, "clerk")
        # Who is on shift hears at any hour; quiet hours hold for everybody else.
        from baodao.notify.models import Notice

        assert set(Notice.objects.filter(number=number).values_list("urgent", flat=True)) == {True}
        assert number not in notices(street, "secretary")
        assert number in street.todo("clerk")
        read = words(street.desk("clerk").get("/desk/alerts/"))
        assert "cam-lane 东门口 · 通道被占" in read and "核实" in read
        street.do("clerk", number, "report_in")
        assert "核实：是真的" in street.do("clerk", number, "real")
        assert "处置完了" in street.do("clerk", number, "finish", result="车挪开了，通道清了。")
    with at("11-23 23:30"):
        # The shift is over: she is not called at night.
        late = send(street.platform, alert("cam-room", "post_empty"))[0]["number"]
        street.work()
        assert late in notices(street, "secretary") and late not in notices(street, "clerk")


def test_nobody_on_shift_calls_the_office_and_it_goes_up_by_the_clock(street: Any) -> None:
    with at("11-23 21:55"):
        for who in ("secretary", "superior"):
            street.desk(who)
    with at("11-23 22:00"):
        number = send(street.platform, alert())[0]["number"]
        street.work()
        assert number in notices(street, "secretary")
        assert number not in notices(street, "superior")
    with at("11-23 22:20"):
        street.work()
        street.work()
        assert number in notices(street, "superior")
        assert "没有人应" in street.matter("superior", number)
    with at("11-23 22:55"):
        street.work()
        assert "再往上报" in street.matter("superior", number)
    with at("11-24 23:00"):
        street.work()
        assert "没有人核实" in street.matter("secretary", number)
        from baodao.matters.alerts.selectors import rates

        rate = rates({})[(LANE, "fire_lane")]
        assert (rate.judged, rate.wrong, rate.unverified) == (0, 0, 1)


# ── verified by a person; rates; spreading ──────────────────────────────────────────────────────────────


def gas(street: Any, name: str, verdicts: str) -> None:
    """One alert each of so many gas sensors, verified: real, false, drill."""
    codes = [f"{name}-{n:02}" for n in range(len(verdicts))]
    register(*[device(code, purpose="gas_leak", kind="gas", sign="not_needed") for code in codes])
    found = send(street.platform, *[alert(code, "gas") for code in codes])
    for one, verdict in zip(found, verdicts, strict=True):
        action = {"r": "real", "f": "false_alarm", "d": "drill"}[verdict]
        street.office("secretary").do(one["number"], action)


def test_a_rule_spreads_only_under_its_stated_rate(street: Any) -> None:
    trial("gas")
    spread = {"rule": "gas", "org": f"画街道 {STREET}", "state": "spread"}
    with at("11-23 09:00"):
        gas(street, "a", "rrrrrrfffd")
        desk = street.desk("superior")
        # Drills are in no denominator: nine are too few, whatever the rate.
        assert "只有 9 件，要有 10 件" in form(desk, "/desk/alert-rules/", 409, **spread)
        gas(street, "b", "r")
        assert "误报率 30.0%（核实 10 件），高于 20%，不能推开" in form(
            desk, "/desk/alert-rules/", 409, **spread
        )
        # The community may not say so, nor a street beside.
        assert "试用、推开、停用" not in words(street.desk("secretary").get("/desk/alert-rules/"))
        form(street.desk("outsider"), "/desk/alert-rules/", 403, **spread)
        gas(street, "c", "rrrrr")
        assert "画街道 推开 20 % 3/15" in form(desk, "/desk/alert-rules/", **spread)
        # Now it holds next door, too.
        register(
            device("next-gas", org=B, purpose="gas_leak", kind="gas", sign="not_needed", lon=None, lat=None)
        )
        assert send(street.platform, alert("next-gas", "gas"))[0]["state"] == "opened"


def test_where_a_rule_is_not_tried_nothing_comes(street: Any) -> None:
    with at("11-23 09:00"):
        assert send(street.platform, alert("cam-b"))[0] == {"state": "off", "number": ""}
        trial(state="off")
        assert send(street.platform, alert())[0]["state"] == "off"
        assert numbers() == []


def test_a_device_tells_its_rate_with_numerator_denominator_and_least(street: Any) -> None:
    page = f"/desk/devices/{LANE}/alerts/"
    verdicts = ["false_alarm", "real", "drill"]
    for n, verdict in enumerate(verdicts):
        with at(f"11-{23 + n} 09:00"):
            number = send(street.platform, alert())[0]["number"]
            read = words(street.desk("secretary").get(f"/desk/alerts/{number}/"))
            assert "是真的 误报 演练" in read
            street.do("secretary", number, verdict)
    with at("11-26 09:00"):
        read = words(street.desk("secretary").get(page))
        assert "消防通道占用 样本 2，不排名 1/2 1 0 0 至少核实 30 件，误报不超过 20%" in read, read
        assert street.desk("outsider").get(page).status_code == 404


def test_a_mark_that_was_cut_short_gives_the_first_part(street: Any) -> None:
    with at("11-23 09:00"):
        number, desk = send(street.platform, alert())[0]["number"], street.desk("secretary")
        for mark in ("~~", "2026-02-30~FL-1", "0001-01-01T00:00:00+14:00~x", "²"):
            assert number in desk.get("/desk/alerts/", {"after": mark}).content.decode(), mark
        assert number not in desk.get("/desk/alerts/", {"after": "2020-01-01T00:00:00Z~x"}).content.decode()


# ── silent for a time ───────────────────────────────────────────────────────────────────────────────────


def test_a_mute_has_an_end_and_a_reason_and_all_see_it(street: Any) -> None:
    page = f"/desk/devices/{LANE}/alerts/"
    mute = {"do": "mute", "rule": "fire_lane", "reason": "works", "until": "2026-11-25"}
    with at("11-23 09:00"):
        desk = street.desk("secretary")
        assert "静音要有到期的日子" in form(desk, page, 422, **mute | {"until": ""})
        assert "最长 30 天" in form(desk, page, 422, **mute | {"until": "2027-03-01"})
        assert "静音的理由" in form(desk, page, 422, **mute | {"reason": ""})
        assert "旁边在施工 · 到 2026年11月25日" in form(desk, page, **mute)
        for who in ("secretary", "superior"):
            assert "旁边在施工 · 到 2026年11月25日" in words(street.desk(who).get("/desk/alerts/")), who
        assert send(street.platform, alert())[0] == {"state": "muted", "number": ""}
        # Other rules of other devices are heard.
        assert send(street.platform, alert("cam-room", "post_empty"))[0]["state"] == "opened"
    with at("11-26 09:00"):
        assert "旁边在施工" not in words(street.desk("secretary").get("/desk/alerts/"))
        assert send(street.platform, alert())[0]["state"] == "opened"


def test_what_comes_while_muted_is_counted_apart(street: Any) -> None:
    """Device, rule and reason stand on the device's page; no rate has them in it; the measure adds them up for the street."""
    from baodao.ledger.models import Fact

    page = f"/desk/devices/{LANE}/alerts/"
    with at("11-23 09:00"):
        first = send(street.platform, alert())[0]["number"]
        street.do("secretary", first, "false_alarm")
    with at("11-24 09:00"):
        desk = street.desk("secretary")
        assert "静音时来的：" not in words(desk.get(page))
        form(desk, page, do="mute", rule="", reason="repair", until="2026-11-26")
        form(desk, page, do="mute", rule="fire_lane", reason="works", until="2026-11-25")
        sent = [alert(at=local(f"11-24 08:{n}")) for n in (10, 30, 20)]
        assert {one["state"] for one in send(street.platform, *sent)} == {"muted"}
    with at("11-26 09:00"):
        # The mute of the rule is over, that of the whole device holds: the reason is another one.
        assert send(street.platform, alert())[0]["state"] == "muted"
        desk = street.desk("secretary")
        read = words(desk.get(page))
        assert "消防通道占用 样本 1，不排名 1/1 0 0 4 至少" in read, read
        assert "消防通道占用 检修 1 11月26日 周四 09:00" in read, read
        assert "消防通道占用 旁边在施工 3 " in read
        assert "不排名 1/1 静音时来的 4 次不算" in words(desk.get("/desk/alert-rules/"))
        # One small fact a call and reason; no matter, nobody called.
        told = Fact.objects.filter(kind="device_alert.unheard").order_by("id")
        assert [(row.happened, row.place) for row in told] == [
            (local("11-24 08:30"), GRID_A), (local("11-26 09:00"), GRID_A),
        ]  # fmt: skip
        assert len(numbers()) == 1
        for who in ("sibling", "outsider"):
            assert street.desk(who).get(page).status_code == 404, who
        street.work()
        why = words(
            street.desk("supervisor").get(f"/desk/measures/muted_alerts/?org={STREET}&period=2026-11")
        )
        assert "4 次" in why, why
    # Muted in the registry itself: said so.
    with at("11-27 09:00"):
        desk = street.desk("secretary")
        form(desk, page, do="unmute", rule="")
        form(desk, f"/desk/devices/{LANE}/", state="muted")
        assert send(street.platform, alert())[0]["state"] == "muted"
        assert "消防通道占用 目录里写着静音 1 11月27日 周五 09:00" in words(desk.get(page))


def test_who_may_mute(street: Any) -> None:
    """Allowed and superior may; siblings, other units and outsiders do not find the device."""
    page = f"/desk/devices/{LANE}/alerts/"
    typed = {"do": "mute", "rule": "", "reason": "repair", "until": "2026-11-25"}
    with at("11-23 09:00"):
        outcomes = {
            who: street.desk(who).post(page, {"command": f"mute-{who}-1", **typed}).status_code
            for who in ("clerk", "sibling", "handler", "outsider", "secretary", "superior")
        }
    assert outcomes == {
        "clerk": 404, "sibling": 404, "handler": 404, "outsider": 404, "secretary": 303, "superior": 303,
    }  # fmt: skip


# ── a still ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_still_is_blurred_before_storage_and_gone_after_a_week_unless_kept(street: Any) -> None:
    from PIL import Image

    from baodao.kernel.evidence import open_evidence, sweep
    from baodao.kernel.models import Evidence
    from baodao.matters.alerts.models import Alert

    with at("11-23 09:00"):
        lost = send(street.platform, alert(still=picture()))[0]["number"]
        kept = send(street.platform, alert("cam-room", "post_empty", still=picture(320)))[0]["number"]
        # A repeat brings no second picture.
        before = Evidence.objects.count()
        send(street.platform, alert(still=picture(360)))
        assert Evidence.objects.count() == before == 2
        with (
            open_evidence(Alert.objects.get(matter=lost).still) as file,
            Image.open(io.BytesIO(file.read())) as seen,
        ):
            low, high = seen.convert("L").getextrema()
        # Stripes of four pixels became one grey: nothing finer than a forty-eighth of the picture is left.
        assert high - low < 60, (low, high)
        desk = street.desk("secretary")
        assert desk.get(f"/desk/alerts/{kept}/still/")["Content-Type"] == "image/jpeg"
        assert street.desk("outsider").get(f"/desk/alerts/{kept}/still/").status_code == 404
        assert "留下了一张画面" in form_keep(desk, kept)
        for number in (lost, kept):
            street.do("secretary", number, "real")
    with at("12-01 09:00"):
        sweep(local("12-01 09:00") - timedelta(days=7))
        assert street.desk("secretary").get(f"/desk/alerts/{lost}/still/").status_code == 404
        assert "到期删除" in words(street.desk("secretary").get(f"/desk/alerts/{lost}/"))
        assert street.desk("secretary").get(f"/desk/alerts/{kept}/still/").status_code == 200


def form_keep(desk: Any, number: str) -> str:
    answer = desk.post(f"/desk/alerts/{number}/still/", {"command": f"keep-{number}"})
    assert answer.status_code == 303, words(answer)
    return words(desk.get(answer["Location"]))


def test_an_empty_post_is_said_to_be_empty_and_never_who_left_it(street: Any) -> None:
    from baodao.kernel.declare import get_pack
    from baodao.matters.declare import Procedure

    with at("11-23 09:00"):
        number = send(street.platform, alert("cam-room", "post_empty"))[0]["number"]
        assert "岗位无人" in street.matter("secretary", number)
        send(street.platform, alert("cam-room", "post_empty", who="p-clerk"), expect=422)
    fields = {
        (name, kind.rstrip("?"))
        for action in get_pack("yuzhong").many(Procedure)["alert"].actions
        for name, kind in action.fields.items()
    }
    assert "person" not in {kind for _name, kind in fields}
    # What a person may type says so itself: nobody is to be named there.
    said = get_pack("yuzhong").many(Procedure)["alert"].words
    assert all("不写人" in said[f"field.{name}"] for name in ("note", "result"))


# ── the ledger ──────────────────────────────────────────────────────────────────────────────────────────


def test_tables_follow_from_their_facts(street: Any) -> None:
    from baodao.ledger.caches import dump
    from baodao.ledger.doctor import examine
    from baodao.ledger.services import rebuild
    from baodao.matters.alerts.models import Mute, Unheard

    with at("11-23 09:00"):
        send(street.platform, alert(still=picture(80)))
        send(street.platform, alert(), alert("cam-room", "post_empty"))
        send(street.platform, alert(face=1), expect=422)
        page = f"/desk/devices/{LANE}/alerts/"
        form(street.desk("secretary"), page, do="mute", rule="", reason="repair", until="2026-11-25")
        form(street.desk("secretary"), page, do="mute", rule="fire_lane", reason="works", until="2026-11-30")
        form(street.desk("secretary"), page, do="unmute", rule="fire_lane")
        send(street.platform, alert(at=local("11-23 08:00")), alert("cam-room", "post_empty"))
    with at("11-23 15:00"):
        # Behind the window of the first, which nobody verified: it folds. Verified, the mute holds.
        street.do("secretary", numbers()[0], "real")
    with at("11-23 19:00"):
        assert send(street.platform, alert())[0]["state"] == "muted"
        assert Unheard.objects.get().n == 1
        assert list(Mute.objects.values_list("rule", "reason")) == [("", "repair")]
        before = list(dump(with_caches=True))
        rebuild()
        assert list(dump(with_caches=True)) == before
        assert [line for line in examine() if "alert" in line] == []
