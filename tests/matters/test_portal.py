"""The residents' pages through their own door: plain forms, no script, no account."""

from __future__ import annotations

import re
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from baodao.kernel.act import Act
from baodao.matters.models import Matter
from baodao.matters.services import act
from baodao.matters.slips import code_of

from .conftest import STREET, A, Cast, key


def _now() -> datetime:
    from baodao.people.door import clock

    return clock()


def _command(page: Any) -> str:
    found = re.search(r'name="command" value="([^"]+)"', page.content.decode())
    assert found
    return found[1]


def _report(client: Client, **typed: str) -> Any:
    first = client.get("/report/")
    assert first.status_code == 200
    data = {
        "command": _command(first),
        "do": "send",
        "kind": "housing",
        "text": "外墙裂了一道缝，雨天渗水。",
        "place": A,
        **typed,
    }
    return client.post("/report/", data)


def _number(answer: Any) -> str:
    assert answer.status_code == 303, answer.content.decode()
    return str(answer["Location"]).split("/")[2]


def test_reports_without_account_and_reads_its_own_page(cast: Cast, client: Client) -> None:
    answer = _report(client, phone="13800138000", name="张女士")
    number = _number(answer)
    slip = client.get(answer["Location"]).content.decode()
    code = code_of(number)
    assert number in slip
    assert code in slip
    assert "<svg" in slip
    own = client.get(f"/requests/{number}/").content.decode()
    assert "外墙裂了一道缝" in own
    assert "13800138000" not in own
    # Another browser sees nothing without the code, and the page with it.
    other = Client()
    assert other.get(f"/requests/{number}/").status_code == 302
    assert other.post("/look/", {"number": number.lower(), "code": "22222222"}).status_code == 422
    assert other.post("/look/", {"number": number.lower(), "code": code.lower()}).status_code == 303
    assert "外墙裂了一道缝" in other.get(f"/requests/{number}/").content.decode()


def test_a_double_click_is_one_request(cast: Cast, client: Client) -> None:
    first = client.get("/report/")
    data = {"command": _command(first), "do": "send", "kind": "road", "text": "井盖松动", "place": A}
    numbers = {_number(client.post("/report/", data)) for _try in range(3)}
    assert len(numbers) == 1
    assert Matter.objects.count() == 1


def test_says_what_is_missing_and_loses_nothing(cast: Cast, client: Client) -> None:
    answer = _report(client, kind="", address="人民东路 12 号", phone="13800138000")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#f-kind"' in page
    for typed in ("外墙裂了一道缝", "人民东路 12 号", "13800138000"):
        assert typed in page
    assert not Matter.objects.exists()


def test_photos_survive_another_try_and_lose_their_hidden_data(cast: Cast, client: Client) -> None:
    out = BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "CANARY-PHONE"
    Image.new("RGB", (40, 30), "red").save(out, "JPEG", exif=exif)
    out.seek(0)
    out.name = "x.jpg"  # type: ignore[attr-defined]
    first = client.get("/report/")
    data = {"command": _command(first), "do": "send", "text": "漏水", "place": A, "photo": out}
    again = client.post("/report/", data)
    assert again.status_code == 422
    kept = re.search(r'name="kept_photo" value="([^"]+)"', again.content.decode())
    assert kept
    answer = client.post(
        "/report/",
        {
            "command": _command(again),
            "do": "send",
            "text": "漏水",
            "kind": "utilities",
            "place": A,
            "kept_photo": kept[1],
        },
    )
    number = _number(answer)
    own = client.get(f"/requests/{number}/").content.decode()
    address = re.search(r'href="(/requests/[^"]+/files/[^"]+)"', own)
    assert address
    picture = b"".join(client.get(address[1]).streaming_content)  # type: ignore[attr-defined]
    assert picture.startswith(b"\xff\xd8\xff")
    assert b"CANARY" not in picture
    assert Client().get(address[1]).status_code == 404


@pytest.mark.parametrize(
    "typed", [{"kind": "domestic_violence"}, {"kind": "noise", "text": "隔壁打孩子，每晚都哭"}]
)
def test_few_may_know_from_the_first_keystroke(cast: Cast, client: Client, typed: dict[str, str]) -> None:
    number = _number(_report(client, **typed))
    assert Matter.objects.get(number=number).level == 2
    assert "只有经办的人" in client.get(f"/requests/{number}/").content.decode()


def test_kinds_come_before_text_and_carry_their_level(cast: Cast, client: Client) -> None:
    page = client.get("/report/").content.decode()
    assert page.index('name="kind"') < page.index('name="text"')
    assert page.index("tel:110") < page.index('name="kind"')
    assert re.search(r'value="domestic_violence" data-level="2"', page)


def test_chooses_a_place_by_name_without_scripts(cast: Cast, client: Client) -> None:
    page = client.post("/report/", {"go": STREET, "text": "还没写完", "kind": "noise"}).content.decode()
    assert "还没写完" in page
    assert f'name="place" value="{STREET}"' in page
    assert f'value="{A}"' in page
    assert not Matter.objects.exists()


def test_previews_who_sees_what(cast: Cast, client: Client) -> None:
    page = client.post(
        "/report/", {"do": "preview", "kind": "health", "text": "x", "place": A}
    ).content.decode()
    assert "看不到，只知道有一件事在办" in page
    assert not Matter.objects.exists()


def test_on_behalf_asks_for_consent(cast: Cast, client: Client) -> None:
    without = _report(client, behalf="1", name="李婆婆")
    assert without.status_code == 422
    assert "要本人知道并同意" in without.content.decode()
    number = _number(_report(client, behalf="1", name="李婆婆", consent="yes"))
    assert "交给本人" in client.get(f"/requests/{number}/receipt/").content.decode()


def _answer(cast: Cast, number: str, action: str = "answer", **fields: Any) -> None:
    at = _now()
    act(cast.by("secretary", at), number=number, action="report_in", fields={})
    act(cast.by("secretary", at), number=number, action=action, fields=fields)


def _post(client: Client, number: str, action: str, **typed: str) -> Any:
    page = client.get(f"/requests/{number}/").content.decode()
    form = re.search(
        rf'name="command" value="([^"]+)"><input type="hidden" name="action" value="{action}"', page
    )
    assert form, page
    return client.post(f"/requests/{number}/", {"command": form[1], "action": action, **typed})


def test_answers_rates_apart_and_reopens(cast: Cast, client: Client) -> None:
    number = _number(_report(client))
    _answer(cast, number, claim="solved", result="已经补好，涂了防水。")
    page = client.get(f"/requests/{number}/").content.decode()
    assert "答复：已经补好，涂了防水。（解决了）" in page
    assert _post(client, number, "rate", stars="2").status_code == 303
    assert _post(client, number, "confirm", answer="not", text="还在渗").status_code == 303
    page = client.get(f"/requests/{number}/").content.decode()
    assert "您说：没有解决" in page
    assert 'name="stars"' not in page
    assert _post(client, number, "reopen", text="下雨又渗了").status_code == 303
    assert "第 2 次办理" in client.get(f"/requests/{number}/").content.decode()


def test_a_refusal_shows_reason_and_the_last_day_of_a_verified_step(cast: Cast, client: Client) -> None:
    number = _number(_report(client))
    _answer(
        cast, number, "cannot", reason="外墙是业主共有的，街道没有权限直接修。", next_step="reconsideration"
    )
    page = client.get(f"/requests/{number}/").content.decode()
    for words in ("街道没有权限直接修", "申请行政复议", "最后一天", "还剩", "核对于"):
        assert words in page


def _resident(cast: Cast, number: str) -> Act:
    from baodao.people.selectors import person_of

    uid = person_of(Matter.objects.get(number=number).reporter, "handle")
    return Act(kind="person", person=uid, happened=_now(), noted=_now(), command=key("other-phone"))


def test_says_what_happened_meanwhile(cast: Cast, client: Client) -> None:
    number = _number(_report(client))
    page = client.get(f"/requests/{number}/").content.decode()
    seen = re.search(r'name="seen" value="(\d+)"', page)
    assert seen
    _answer(cast, number, claim="solved", result="好了")
    act(_resident(cast, number), number=number, action="withdraw", fields={})
    late = client.post(
        f"/requests/{number}/", {"command": key("late"), "action": "withdraw", "seen": seen[1]}
    )
    assert late.status_code == 409
    assert "现在是“已结束”" in late.content.decode()


def test_withdraws_and_is_left_alone(cast: Cast, client: Client) -> None:
    number = _number(_report(client))
    assert _post(client, number, "withdraw").status_code == 303
    page = client.get(f"/requests/{number}/").content.decode()
    assert "您撤回了" in page
    assert 'value="withdraw"' not in page


def test_too_many_tries_are_stopped(cast: Cast, client: Client) -> None:
    number = _number(_report(client))
    other = Client()
    answers = [other.post("/look/", {"number": number, "code": "22222222"}).status_code for _n in range(14)]
    assert answers[0] == 422
    assert answers[-1] == 429


def test_the_cookie_of_a_slip_opens_only_its_number(cast: Cast, client: Client) -> None:
    one, two = _number(_report(client)), _number(_report(Client()))
    assert client.get(f"/requests/{one}/").status_code == 200
    assert client.get(f"/requests/{two}/").status_code in {302, 404}
    client.cookies["slips"] = client.cookies["slips"].value[:-3] + "abc"
    assert client.get(f"/requests/{one}/").status_code == 302


def test_large_print_and_language_are_kept(cast: Cast, client: Client) -> None:
    assert client.get("/display/?large=1&next=/report/")["Location"] == "/report/"
    assert 'class="large"' in client.get("/").content.decode()
    assert client.get("/display/?lang=en&next=//evil.example/")["Location"] == "/"
    assert '<html lang="en"' in client.get("/").content.decode()


def test_the_list_of_ones_own_costs_the_same_for_one_as_for_many(cast: Cast, settings: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from baodao.kernel.act import system_act
    from baodao.matters.services import Draft, open_
    from baodao.people import door
    from baodao.people.services import demo, identity, sign_in

    settings.DEMO = True
    now = _now()
    entry = identity.Entry(ref="m", name="模拟", kind="resident")
    uid = identity.enrol(system_act(now, key("enrol"), "simulated"), entries=[entry]).uids["m"]
    opened = sign_in.open_session(demo.demo_account(uid, now), "demo", "test", now)
    client = Client()
    client.cookies[door.COOKIE] = opened.cookie
    assert "您还没有反映过事情" in client.get("/mine/").content.decode()
    counts = []
    for more in (1, 8):
        for _n in range(more):
            by = Act(kind="person", person=uid, happened=now, noted=now, command=key("own"))
            open_(by, matters=[Draft(procedure="request", org=A, kind="road", fields={"text": "路灯坏了"})])
        client.get("/mine/")
        with CaptureQueriesContext(connection) as queries:
            page = client.get("/mine/").content.decode()
        counts.append(len(queries))
    assert page.count("路灯坏了") == 9
    assert counts[0] == counts[1] <= 8, counts
