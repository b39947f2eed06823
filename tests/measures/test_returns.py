"""The form of the level above: filled from facts at a position, signed by two, frozen as bytes, corrected beside the old."""

from __future__ import annotations

import hashlib
import io
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Border, Side

from baodao.kernel.act import new_key
from baodao.kernel.errors import Conflict, Invalid, Missing, Refused
from baodao.kernel.tables.forms import word_lines
from baodao.measures.returns import services
from baodao.measures.returns.declare import Cell, ReturnForm, Rows
from baodao.measures.returns.filling import named, shifted
from baodao.measures.returns.fits import faults
from baodao.measures.returns.models import Copy, Return
from baodao.measures.returns.selectors import see
from baodao.measures.returns.services import Wish, Words
from tests.measures.conftest import (
    A2,
    HOME,
    LATER,
    STREET,
    A,
    B,
    Cast,
    Enter,
    answered,
    called,
    settled,
    write,
)
from tests.support.town import Town, town, words  # noqa: F401

QUARTER = date(2026, 1, 1), date(2026, 3, 31)
WISH = Wish(HOME, "city_quarter", *QUARTER)


def lived() -> None:
    """A quarter: 20 legs, 18 of them in time; 12 answers, 9 of them solved; five calls."""
    write(
        *[settled(n, org=A, late=n < 2) for n in range(20)],
        *[answered(n, "solved" if n < 9 else "not", org=A2) for n in range(12)],
        *[called(60 + n, B, A, 30) for n in range(5)],
    )


def shown(desk: Client, number: str) -> str:
    return words(desk.get(f"/desk/returns/{number}/"))


def post(desk: Client, number: str, do: str, expect: int = 303, **typed: str) -> Any:
    """Send the form of the page as it stands."""
    there = f"/desk/returns/{number}/"
    body = desk.get(there).content.decode()
    digest = re.search(r'name="digest" value="(\w+)"', body)
    plain = {
        "digest": digest[1] if digest else "",
        "command": f"c-{number}-{do}-{len(body)}-{hash(str(typed)) % 9999}",
    }
    answer = desk.post(there, {**plain, **typed, "do": do})
    assert answer.status_code == expect, words(answer)
    return answer


def agree(desk: Client, number: str, do: str = "agree") -> None:
    """The second person opens the return, reads, and signs on it."""
    body = desk.get(f"/desk/returns/{number}/").content.decode()
    code = re.search(r'name="code" value="([\w-]+)"', body)
    assert code, "nothing waits here"
    answer = desk.post("/desk/seconds/", {"code": code[1], "do": do, "command": f"a-{code[1]}"})
    assert answer.status_code == 303, words(answer)


def taken(desk: Client, number: str, version: int) -> bytes:
    answer = desk.post(f"/desk/returns/{number}/copy/{version}/", {"command": new_key("t")})
    assert answer.status_code == 200, answer
    return b"".join(answer.streaming_content)


def test_the_clerks_thursday(staff: Enter, cast: Cast) -> None:
    """The level above wants its own template by Thursday; later a published figure turns out to be wrong."""
    lived()
    clerk, leader = staff("supervisor", HOME), staff("district_leader", HOME)
    page = words(clerk.get("/desk/returns/"))
    today = timezone.localdate()
    over = (today.month - 1) // 3
    last = f"{today.year}年第{over}季度" if over else f"{today.year - 1}年第4季度"
    assert f"城市基层治理情况统计表（季报） 市里（示例） {last}" in page
    assert f"{3 * over + 1}月10日" in page, "ten days after the quarter"
    assert "还没有填过" in page
    begun = clerk.post(
        "/desk/returns/", {"org": HOME, "form": "city_quarter", "period": "2026-Q1", "command": "b1"}
    )
    number = begun["Location"].split("/")[3]
    # The machine filled what it knows, and says what it does not.
    page = shown(clerk, number)
    assert "表一!E5 按时办结率 · 数值 90 " in page, page[:3000]
    assert "表一!C5 按时办结率 · 分子 18 " in page
    assert "表一!E7 解决率 · 数值 75 " in page
    assert "表一!E14 志愿服务队有几支，向民政部门要 要手填" in page
    assert "要手填" in page and "未测" in page, "the quarter before was not measured, and is not 0"
    # From a number to its rows.
    body = clerk.get(f"/desk/returns/{number}/").content.decode()
    why = re.search(r'href="(/desk/measures/on_time/[^"]+)"', body)
    assert why and "18/20" in words(clerk.get(why[1].replace("&amp;", "&")))
    registry = re.findall(rf'href="(/desk/returns/{number}/why/[^"]+)"', body)
    listed = [words(clerk.get(one.replace("&amp;", "&"))) for one in registry]
    assert any(f"名{A}" in one and f"名{A2}" in one for one in listed), "the communities counted, by name"
    # A hand needs a reason, and stays marked.
    post(clerk, number, "write", 422, key="1:E14", value="31")
    post(clerk, number, "write", key="1:E14", value="31", reason="民政局 3 月底的台账")
    assert "31 手填" in shown(clerk, number) and "民政局 3 月底的台账" in shown(clerk, number)
    # Two sign: never the same person, never without the right.
    assert post(clerk, number, "sign", 202).status_code == 202
    page = shown(clerk, number)
    assert "您签了，等另一个人签" in page and "我也签" not in page
    agree(leader, number)
    page = shown(leader, number)
    assert "第 1 版，已定稿" in page and "签的人：" in page
    body_1 = taken(leader, number, 1)
    assert hashlib.sha256(body_1).hexdigest() == Copy.objects.get(number=number, version=1).file
    one, two = load_workbook(io.BytesIO(body_1)).worksheets
    assert (one["E5"].value, one["C5"].value, one["D5"].value, one["E14"].value) == (90, 18, 20, 31)
    assert one["F5"].value is None, "not measured stays blank"
    assert one["E11"].value == 2 and one["B2"].value == f"名{HOME}"
    assert [two[f"{column}4"].value for column in "ACDF"] == [f"名{STREET}", 18, 20, 2]
    assert two["B44"].value == "=SUM(B4:B43)" and two["A5"].value is not None
    # Later facts change nothing that was frozen.
    write(*[settled(100 + n, org=A, late=True) for n in range(5)])
    assert taken(clerk, number, 1) == body_1
    post(clerk, number, "write", 409, key="1:E14", value="32", reason="晚了")
    # A wrong published figure: beside the old, with its reason, signed by two again.
    post(leader, number, "correct", 403, reason="不归我")
    post(clerk, number, "correct", 422, reason=" ")
    post(clerk, number, "correct", reason="漏了五件迟到的承办")
    post(clerk, number, "fill")
    assert "表一!E5 按时办结率 · 数值 72 " in shown(clerk, number)
    post(leader, number, "sign", 202)
    agree(clerk, number)
    page = shown(leader, number)
    assert "更正的原因：漏了五件迟到的承办" in page
    assert "表一!E5 90 72" in page, "old and new side by side"
    assert "领过的：" in page
    body_2 = taken(leader, number, 2)
    assert load_workbook(io.BytesIO(body_2)).worksheets[0]["E5"].value == 72
    assert taken(leader, number, 1) == body_1, "the old one is still there, unchanged"
    # Those concerned are told: who took it, who signed it.
    from baodao.ledger.audience import audience_of
    from baodao.ledger.selectors import facts_of

    signed = [fact for fact in facts_of(f"return:{number}", effective=False) if fact.kind == "return.signed"]
    assert signed[1].supersedes == signed[0].id
    told = audience_of(signed[1])
    assert {tell.template for tell in told} == {"return.corrected"}
    assert {tell.post for tell in told if tell.post} == {signed[0].post, signed[0].data.second}
    assert [tell.org for tell in audience_of(signed[0])] == [HOME]
    # Grounds go along as a sheet.
    book = load_workbook(io.BytesIO(clerk.get(f"/desk/returns/{number}/grounds/").content))
    assert any("民政局 3 月底的台账" in row for row in book.worksheets[0].iter_rows(values_only=True))
    assert "第 2 版，已定稿" in words(clerk.get("/desk/returns/"))
    # A mark of the next part that somebody cut short gives the first part.
    for spoilt in ("²|RT-1", "2026-02-30|RT-1", "0001-01-01", "|"):
        assert "第 2 版，已定稿" in words(clerk.get("/desk/returns/", {"before": spoilt})), spoilt
    assert "第 2 版，已定稿" not in words(clerk.get("/desk/returns/", {"before": "2020-03-31|RT-1"}))


def sign(cast: Cast, number: str, first: str = "supervisor", second: str = "leader") -> Any:
    """Both sign by the verbs."""
    from baodao.kernel.errors import Problem
    from baodao.kernel.evidence import store
    from baodao.orgs.powers import seconds

    state = see(cast.by(first, LATER), number)
    body, digest = services.prepared(state)
    ref = store(io.BytesIO(body), "x.xlsx", now=LATER)
    with pytest.raises(Problem) as waits:
        services.sign(cast.by(first, LATER), number=number, file=ref.hash, digest=digest)
    assert waits.value.status == 202, waits.value
    return seconds.agree(cast.by(second, LATER), str(waits.value.extra["code"]))


@pytest.fixture
def office(cast: Cast) -> Cast:
    """The cast, and a leader of the district."""
    from baodao.kernel.act import system_act
    from baodao.orgs.ruling import NewPost
    from baodao.orgs.services import begin_posts

    post_ = NewPost("p-leader", HOME, "district_leader", cast.uids["secretary"], date(2024, 1, 1))
    begin_posts(system_act(LATER - timedelta(days=200), "leader"), posts=[post_])
    cast.uids["leader"], cast.posts["leader"] = cast.uids["secretary"], ("p-leader", HOME)
    lived()
    return cast


def test_who_may_do_what(office: Cast) -> None:
    number = services.fill(office.by("supervisor", LATER), wish=WISH)
    with pytest.raises(Conflict):
        services.fill(office.by("supervisor", LATER), wish=WISH)
    verbs: list[Any] = [
        lambda by: services.fill(by, wish=WISH, number=number),
        lambda by: services.write(by, number=number, cells=[Words("1:E14", "3", "数的")]),
        lambda by: services.sign(by, number=number, file="", digest=""),
        lambda by: services.correct(by, number=number, reason="错了"),
        lambda by: services.take(by, number=number, version=1),
        lambda by: services.drop(by, number=number),
        lambda by: services.give_form(by, org=HOME, file="", form=ReturnForm(title="表")),
    ]
    # superior: a street's head, below the district; sibling, below, outsider, resident: nobody else's form.
    for who in ("superior", "sibling", "secretary", "handler", "outsider", "resident", "stranger"):
        for number_, do in enumerate(verbs):
            with pytest.raises(Refused):
                do(office.by(who, LATER))
            assert see(office.by("supervisor", LATER), number).state == "draft", number_
        with pytest.raises(Missing):
            see(office.by(who, LATER), number)
    # Above a street stands the district: it reads the street's, and does not fill or sign it.
    street = services.fill(
        office.by("superior", LATER), wish=Wish(STREET, given(office, STREET, "superior"), *QUARTER)
    )
    assert see(office.by("supervisor", LATER), street).org == STREET
    for do in (services.drop, lambda by, number: services.sign(by, number=number, file="", digest="")):
        with pytest.raises(Refused):
            do(office.by("supervisor", LATER), number=street)
    with pytest.raises(Missing):
        see(office.by("outsider", LATER), street)
    services.drop(office.by("supervisor", LATER), number=number)
    with pytest.raises(Missing):
        see(office.by("supervisor", LATER), number)


def test_two_persons_sign_the_very_bytes(office: Cast) -> None:
    from baodao.kernel.errors import Problem
    from baodao.kernel.evidence import store
    from baodao.orgs.powers import seconds

    number = services.fill(office.by("supervisor", LATER), wish=WISH)
    body, digest = services.prepared(see(office.by("supervisor", LATER), number))
    ref = store(io.BytesIO(body), "x.xlsx", now=LATER)
    with pytest.raises(Problem) as waits:
        services.sign(office.by("supervisor", LATER), number=number, file=ref.hash, digest=digest)
    code = str(waits.value.extra["code"])
    with pytest.raises(Refused):
        seconds.agree(office.by("supervisor", LATER), code)
    # Something changes between the first and the second signature: nothing is signed.
    services.write(office.by("supervisor", LATER), number=number, cells=[Words("1:E14", "3", "数的")])
    with pytest.raises(Conflict) as changed:
        seconds.agree(office.by("leader", LATER), code)
    assert "变了" in changed.value.as_text()
    assert Return.objects.get(number=number).state == "draft"
    # Another file than the one that the cells make is refused as well.
    other = store(io.BytesIO(body), "x.xlsx", now=LATER)
    digest = services.prepared(see(office.by("supervisor", LATER), number))[1]
    with pytest.raises(Problem) as waits:
        services.sign(office.by("supervisor", LATER), number=number, file=other.hash, digest=digest)
    with pytest.raises(Conflict) as wrong:
        seconds.agree(office.by("leader", LATER), str(waits.value.extra["code"]))
    assert "对不上" in wrong.value.as_text()
    assert not Copy.objects.exists()
    sign(office, number)
    with pytest.raises(Conflict):
        services.drop(office.by("supervisor", LATER), number=number)


def test_a_return_is_owed_like_all_else(office: Cast) -> None:
    """Its form stands among the dues of the organization: asked for, late, made up by the signature; a correction meets nothing more, a
    form of an older period nothing at all."""
    from django.core.management import call_command

    from baodao.dues import board
    from baodao.dues.models import Met
    from baodao.measures.returns.filling import period_of

    day = timezone.localdate(LATER)
    last = period_of("quarter", period_of("quarter", day).first - timedelta(days=1))
    older = period_of("quarter", last.first - timedelta(days=1))

    def state(on: date) -> str:
        name = "return_city_quarter"
        lines = [line for line in board.lines([HOME], on, [name]) if line.requirement == name]
        return next(
            line.stand.state for line in lines if line.stand.window.first == last.last + timedelta(days=1)
        )

    assert state(last.last + timedelta(days=3)) == "due"
    assert state(last.last + timedelta(days=11)) == "missing"
    number = services.fill(
        office.by("supervisor", LATER), wish=Wish(HOME, "city_quarter", older.first, older.last)
    )
    sign(office, number)
    assert not Met.objects.filter(requirement="return_city_quarter").exists()
    number = services.fill(
        office.by("supervisor", LATER), wish=Wish(HOME, "city_quarter", last.first, last.last)
    )
    sign(office, number)
    in_time = day <= last.last + timedelta(days=10)
    assert state(day) == ("met" if in_time else "made_up")
    services.correct(office.by("supervisor", LATER), number=number, reason="漏了一件")
    sign(office, number)
    kept = list(
        Met.objects.filter(requirement="return_city_quarter").values("subject", "day", "ref", "amount")
    )
    assert kept == [{"subject": f"org:{HOME}", "day": day, "ref": f"return:{number}", "amount": 1}]
    call_command("rebuild")
    assert kept == list(
        Met.objects.filter(requirement="return_city_quarter").values("subject", "day", "ref", "amount")
    )


def test_returns_over_http(town: Town) -> None:  # noqa: F811
    """What is due, the list and one with its cells, to whoever reads them on the desk and to nobody else: sibling, below, outside."""
    from tests.support.town import DISTRICT

    office = town.token("supervisor", ["return.read", "due.read"])

    def get(path: str, who: Any = office) -> Any:
        return who.browser.get(f"/api/v1/returns/{path}")

    due = get(f"due/{DISTRICT}/")
    assert due.status_code == 200, words(due)
    assert {one["form"] for one in due.json()} == {"city_quarter", "city_month"}
    begun = town.desk("supervisor").post(
        "/desk/returns/", {"org": DISTRICT, "form": "city_quarter", "period": "2026-Q1", "command": "h1"}
    )
    number = begun["Location"].split("/")[3]
    post(town.desk("supervisor"), number, "write", key="1:E14", value="31", reason="民政局的台账")
    listed_ = get(f"?org={DISTRICT}").json()
    assert [row["number"] for row in listed_["rows"]] == [number] and listed_["next"] == ""
    held = get(f"{number}/").json()
    assert held["head"]["state"] == "draft" and held["copies"] == []
    cells = {one["key"]: one for one in held["cells"]}
    assert cells["1:E14"] == {"key": "1:E14", "text": "31", "machine": "", "reason": "民政局的台账"}
    assert cells["1:E5"]["text"] == cells["1:E5"]["machine"]
    # A community, a department: neither below nor beside is told that it is there.
    for who in ("secretary", "handler"):
        other = town.token(who, ["matter.read"])
        assert get(f"{number}/", other).status_code == 404
        assert get(f"?org={DISTRICT}", other).json()["rows"] == []
        assert get(f"due/{DISTRICT}/", other).json() == []
    # It stands with all else that the district owes, and leads to where it is made.
    owed = office.browser.get(f"/api/v1/dues/{DISTRICT}/").json()["dues"]
    assert {one["requirement"] for one in owed} >= {"return_city_quarter", "return_city_month"}


def test_a_correction_may_be_given_up(office: Cast) -> None:
    number = services.fill(office.by("supervisor", LATER), wish=WISH)
    services.write(office.by("supervisor", LATER), number=number, cells=[Words("1:E14", "3", "数的")])
    sign(office, number)
    services.correct(office.by("supervisor", LATER), number=number, reason="看错了")
    services.write(office.by("supervisor", LATER), number=number, cells=[Words("1:E14", "")])
    services.drop(office.by("supervisor", LATER), number=number)
    state = see(office.by("supervisor", LATER), number)
    assert (state.version, state.state, list(state.hands)) == (1, "frozen", ["1:E14"])
    assert Return.objects.get(number=number).state == "frozen"


def test_hands_write_only_where_the_form_shows_it(office: Cast) -> None:
    number = services.fill(office.by("supervisor", LATER), wish=WISH)
    for key in (
        "1:D3",
        "1:G5",
        "3:A1",
        "nothing",
        "w:org",
        "1:C2",
    ):  # merged away, a formula, no sheet, no cell
        with pytest.raises(Invalid):
            services.write(office.by("supervisor", LATER), number=number, cells=[Words(key, "3", "数的")])
    for words_ in (
        Words("1:E14", "3"),
        Words("1:E14", "打 13812345678", "数的"),
        Words("1:E14", "3", "x" * 501),
    ):
        with pytest.raises(Invalid):
            services.write(office.by("supervisor", LATER), number=number, cells=[words_])
    # A hand over the machine: both stay visible.
    services.write(office.by("supervisor", LATER), number=number, cells=[Words("1:E5", "91", "含两件补录")])
    body, _digest = services.prepared(see(office.by("supervisor", LATER), number))
    assert load_workbook(io.BytesIO(body)).worksheets[0]["E5"].value == 91
    services.fill(office.by("supervisor", LATER), wish=WISH, number=number)
    assert "1:E5" in see(office.by("supervisor", LATER), number).hands, "filled anew, what a hand wrote stays"


def test_a_word_form_repeats_its_lines(office: Cast) -> None:
    wish = Wish(HOME, "city_month", date(2026, 3, 1), date(2026, 3, 31))
    number = services.fill(office.by("supervisor", LATER), wish=wish)
    services.write(
        office.by("supervisor", LATER), number=number, cells=[Words("w:remark", "没有", "处里定的")]
    )
    told = word_lines(services.prepared(see(office.by("supervisor", LATER), number))[0])
    assert f"名{HOME}　2026-03" in told
    assert any("按时办结率 90%（18/20）" in line and "占 75%" in line for line in told)
    assert f"名{STREET}" in told and "远街道" in told
    assert "需要说明的情况：没有" in told
    sign(office, number)
    assert Copy.objects.get(number=number).second == "p-leader"


def test_the_same_position_gives_the_same_cells(office: Cast) -> None:
    from baodao.measures.returns.filling import Filling
    from baodao.measures.returns.selectors import form_of, values_of

    number = services.fill(office.by("supervisor", LATER), wish=WISH)
    state = see(office.by("supervisor", LATER), number)
    write(*[settled(200 + n, org=A, late=True) for n in range(30)])
    found = form_of(HOME, "city_quarter")
    by = office.by("supervisor", LATER)
    again = Filling(by, found.form, HOME, named(*QUARTER), origin="live", position=state.position).values(
        found.raw
    )
    assert again == values_of(state.filled)
    now = Filling(by, found.form, HOME, named(*QUARTER), origin="live", position=state.position + 1000)
    assert now.values(found.raw) != again


def test_simulated_figures_are_marked_on_the_file(office: Cast) -> None:
    number = services.fill(
        office.by("supervisor", LATER), wish=Wish(HOME, "city_quarter", *QUARTER, source="simulated")
    )
    book = load_workbook(io.BytesIO(services.prepared(see(office.by("supervisor", LATER), number))[0]))
    assert "模拟数据" in str(book.worksheets[0].oddHeader.center.text)
    with pytest.raises(Invalid):
        services.fill(
            office.by("supervisor", LATER), wish=Wish(HOME, "city_quarter", *QUARTER, source="import")
        )


def test_rebuild_dump_doctor_and_erasure(office: Cast) -> None:
    from baodao.ledger.caches import dump
    from baodao.ledger.doctor import examine
    from baodao.ledger.models import Content
    from baodao.ledger.services import rebuild

    number = services.fill(office.by("supervisor", LATER), wish=WISH)
    sign(office, number)
    services.take(office.by("leader", LATER), number=number, version=1)
    services.correct(office.by("supervisor", LATER), number=number, reason="金丝雀原因")
    services.fill(
        office.by("superior", LATER), wish=Wish(STREET, given(office, STREET, "superior"), *QUARTER)
    )
    gone = services.fill(office.by("supervisor", LATER), wish=Wish(HOME, "city_month", *QUARTER))
    services.drop(office.by("supervisor", LATER), number=gone)
    before = list(dump(with_caches=True))
    assert sum("measures." in line.split('"')[3] for line in before if '"' in line) >= 0
    assert not [line for line in examine() if "return" in line]
    rebuild()
    assert list(dump(with_caches=True)) == before
    assert any("金丝雀" in text for text in Content.objects.values_list("text", flat=True))
    assert not any("金丝雀" in line for line in before), "texts are content, no table holds them"
    Return.objects.filter(number=number).update(state="frozen")
    assert any(f"return {number}" in line for line in examine())


# ── forms that a clerk gives ────────────────────────────────────────────────────────────────────────────


def sheet(*rows: tuple[str, ...]) -> bytes:
    """A small form: every cell drawn."""
    side, book = Side(style="thin"), Workbook()
    for n, row in enumerate(rows, 1):
        for column, text in enumerate(row, 1):
            cell = book.worksheets[0].cell(n, column, text or None)
            cell.border = Border(left=side, top=side)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


SMALL = sheet(("指标", "本期", "上期"), ("按时办结率", "", ""), ("志愿服务队", "", ""))


def given(cast: Cast, org: str, who: str) -> str:
    """A form given by the verb."""
    from baodao.kernel.evidence import store

    ref = store(io.BytesIO(SMALL), "x.xlsx", now=LATER)
    cells = (Cell("B2", measure="on_time"), Cell("B3", hand="几支"))
    return services.give_form(
        cast.by(who, LATER),
        org=org,
        file=ref.hash,
        form=ReturnForm(title="街道小表", cells=cells, every="month"),
    )


def test_a_clerk_gives_a_form_and_it_falls_due(staff: Enter) -> None:
    lived()
    clerk = staff("supervisor", HOME)
    assert "表样（.xlsx 或 .docx）" in words(clerk.get("/desk/returns/give/"))
    wrong = clerk.post("/desk/returns/give/", {"org": HOME, "file": SimpleUploadedFile("a.txt", b"no")})
    assert wrong.status_code == 422
    page = clerk.post(
        "/desk/returns/give/", {"org": HOME, "file": SimpleUploadedFile("a.xlsx", SMALL), "command": "g1"}
    )
    body = page.content.decode()
    assert "按时办结率 · 本期" in words(page)
    assert re.search(r'name="cell.C2".*?value="measure:on_time:value.before" selected', body, re.S), (
        "suggested"
    )
    file = re.search(r'name="file" value="(\w+)"', body)
    assert file
    typed = {
        "org": HOME, "file": file[1], "title": "小表", "every": "month", "within": "3", "command": "g2",
        "cell.B2": "measure:on_time:value", "cell.C2": "measure:on_time:value.before", "cell.B3": "", "cell.C3": "",
    }  # fmt: skip
    assert clerk.post("/desk/returns/give/", typed | {"title": "", "command": "g3"}).status_code == 422
    assert clerk.post("/desk/returns/give/", typed).status_code == 303
    assert "小表" in words(clerk.get("/desk/returns/"))
    begun = clerk.post(
        "/desk/returns/", {"org": HOME, "form": "bf-000001", "period": "2026-03", "command": "b2"}
    )
    page_ = shown(clerk, begun["Location"].split("/")[3])
    assert "B2 按时办结率 · 本期 90" in page_
    assert "C3" in page_ and "要手填" in page_
    secretary = staff("community_secretary", A)
    for place in ("", "give/"):
        assert secretary.get(f"/desk/returns/{place}").status_code == 403
    assert "/desk/returns/" not in secretary.get("/desk/").content.decode()


@pytest.mark.parametrize(
    ("cells", "at", "said"),
    [
        ([Cell("D3", measure="on_time")], "D3", "合并单元格"),
        ([Cell("G5", measure="on_time")], "G5", "公式"),
        ([Cell("表九!A1", hand="x")], "表九!A1", "没有这一格"),
        ([Cell("no_such_name", hand="x")], "no_such_name", "没有这个名字"),
        ([Cell("E5", hand="x"), Cell("表一!E5", hand="y")], "表一!E5", "两次"),
        ([Cell("E6", hand="x")], "表一!E5", "没有对上"),
    ],
)
def test_every_cell_that_does_not_fit_is_named_with_its_reason(cells: list[Cell], at: str, said: str) -> None:
    from tests.kernel.test_forms import QUARTER as RAW

    form = ReturnForm(title="t", file="x.xlsx", cells=tuple(cells))
    assert any(one.at == at and said in one.reason and one.remedy for one in faults(form, RAW))
    lines = ReturnForm(
        title="t", file="x.xlsx", rows=(Rows("street", 4, "表九", 3, (Cell("A", say="org"),)),)
    )
    assert any("没有这张表" in one.reason for one in faults(lines, RAW))


def test_a_pack_with_a_wrong_mapping_is_told(tmp_path: Path, settings: Any) -> None:
    from baodao.kernel.declare import BadPack, load_pack

    folder = tmp_path / "packs"
    (folder / "odd").mkdir(parents=True)
    (folder / "base").symlink_to(Path(settings.PACKS) / "base")
    settings.PACKS = str(folder)
    told = {
        'cell = [{ at = "D3", measure = "on_time" }]': "D3: 这是合并单元格",
        'cell = [{ at = "E5", measure = "nothing" }]': "E5: 没有指标 nothing",
        'cell = [{ at = "E5" }]': "E5: 一格只能有一个来处",
        'cell = [{ at = "E5", count = "orgs.nothing" }]': "E5: 没有这种数",
        'cell = [{ at = "E5", due = "nothing" }]': "E5: 没有这项该做的",
        'file = "returns/nothing.xlsx"': "没有这个文件",
    }
    for line, said in told.items():
        text = f'extends = "base"\nsource = "assumed"\n[return.city_quarter]\n{line}\n'
        (folder / "odd" / "pack.toml").write_text(text, "utf-8")
        with pytest.raises(BadPack) as found:
            load_pack(folder / "odd")
        assert said in found.value.as_text()


def test_periods_of_cells() -> None:
    quarter = named(*QUARTER)
    assert quarter.name == "2026-Q1"
    assert [shifted(quarter, how).name for how in ("this", "before", "year", "last_year")] == [
        "2026-Q1", "2025-Q4", "2026-Q1", "2025-Q1",
    ]  # fmt: skip
    month = named(date(2028, 2, 1), date(2028, 2, 29))
    assert [shifted(month, how).name for how in ("before", "last_year")] == ["2028-01", "2027-02"]
    days = named(date(2026, 3, 5), date(2026, 3, 9))
    assert shifted(days, "before").name == "2026-02-28..2026-03-04"


def test_statements_do_not_grow_with_returns(office: Cast, staff: Enter) -> None:
    clerk, counts = staff("supervisor", HOME), []
    for n in range(1, 8):
        wish = Wish(HOME, "city_month", date(2026, n, 1), date(2026, n, 28))
        services.fill(office.by("supervisor", LATER), wish=wish)
        if n in (1, 7):
            clerk.get("/desk/returns/")
            with CaptureQueriesContext(connection) as asked:
                assert clerk.get("/desk/returns/").status_code == 200
            counts.append(len(asked))
    assert counts[0] == counts[1] <= 14
