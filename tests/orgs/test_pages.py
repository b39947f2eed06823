"""The desk's pages of organizations and rights, and the command that prints the matrix."""

import csv
import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from baodao.kernel.declare import get_pack
from baodao.kernel.errors import Invalid
from baodao.orgs.declare import PostKind
from baodao.orgs.rights import matrix
from baodao.orgs.ruling import Move
from baodao.orgs.services import bind_pack, move_orgs
from tests.orgs.conftest import START, system


def test_staff_walk_the_organizations_as_they_lay_on_a_day(staff: Callable[..., Any]) -> None:
    browser = staff("handler", "zjw-fw")
    move_orgs(system(), moves=[Move("zjw-fw", "990101001", date(2026, 6, 1))])
    page = browser.get("/desk/orgs/zjw-fw/?on=2026-05-31")
    assert page.status_code == 200
    assert "名zjw</a>" in page.content.decode()
    now = browser.get("/desk/orgs/zjw-fw/?on=2026-06-01").content.decode()
    assert "名990101001</a>" in now
    assert "名zjw</a>" not in now
    assert "承办人" in now
    assert browser.get("/desk/orgs/?q=名zjw").content.decode().count(">名zjw-fw</a>") == 1
    assert browser.get("/desk/orgs/nowhere/").status_code == 404
    assert browser.get("/desk/orgs/?on=yesterday").status_code == 422


def test_the_page_of_an_organization_costs_the_same_for_one_post_as_for_many(
    staff: Callable[..., Any],
) -> None:
    browser = staff("handler", "zjw-fw")
    browser.get("/desk/orgs/zjw-fw/")
    counts = []
    for more in (0, 8):
        for _number in range(more):
            staff("handler", "zjw-fw")
        browser.get("/desk/orgs/zjw-fw/")
        with CaptureQueriesContext(connection) as queries:
            assert browser.get("/desk/orgs/zjw-fw/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 6, counts


def test_a_name_is_shown_as_text_never_as_markup(staff: Callable[..., Any]) -> None:
    browser = staff("handler", "zjw-fw")
    page = browser.get("/desk/orgs/", {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert(1)" not in page


def test_the_matrix_is_for_those_who_may_read_it(staff: Callable[..., Any]) -> None:
    assert staff("handler", "zjw-fw").get("/desk/rights/").status_code == 403
    page = staff("office_head", "zjw-fw").get("/desk/rights/")
    assert page.status_code == 200
    text = page.content.decode()
    assert "受理员" in text
    assert "matter.read" in text and "Request desk clerk" not in text, "in one language, the reader's"


def test_nobody_without_a_post_gets_to_the_desk(client: Any, district: None) -> None:
    for address in ("/desk/orgs/", "/desk/orgs/zjw/", "/desk/rights/"):
        answer = client.get(address)
        assert answer.status_code in (302, 403)


def test_the_command_prints_every_line_of_the_pack_of_the_district(district: None) -> None:
    bind_pack(system(), org="990101", pack="drawn", since=START)
    out = io.StringIO()
    call_command("rights", stdout=out)
    lines = out.getvalue().splitlines()
    wanted = matrix(dict(get_pack("drawn").many(PostKind)))
    assert len(lines) == len(wanted) + 1
    assert "经办员" in out.getvalue()
    assert "Clerk in charge" in out.getvalue()


def test_the_command_writes_a_sheet_with_the_levels_that_are_really_opened(district: None) -> None:
    raw = io.BytesIO()
    text = io.TextIOWrapper(raw, encoding="utf-8", write_through=True)
    call_command("rights", "--pack", "base", "--csv", stdout=text)
    rows = list(csv.DictReader(io.StringIO(raw.getvalue().decode("utf-8-sig"))))
    wanted = matrix(dict(get_pack("base").many(PostKind)))
    assert [(r["Post"], r["right"], int(r["level"])) for r in rows] == [
        (w.title_en, w.right, w.level) for w in wanted
    ]
    reading = [r for r in rows if not r["right"].endswith(".open")]  # to open is to hand in, not to see
    assert all(int(r["level"]) <= 1 for r in reading if r["范围"] in ("本单位的", "本单位和下级的"))
    with pytest.raises(Invalid) as told:
        call_command("rights", "--pack", "bas")
    assert "base" in told.value.faults[0].remedy


def test_a_post_without_a_title_of_its_own_is_said_in_english_too(staff: Callable[..., Any]) -> None:
    browser = staff("handler", "zjw-fw")
    assert "承办人" in browser.get("/desk/week/").content.decode()
    browser.get("/display/?lang=en")
    page = browser.get("/desk/week/").content.decode()
    assert "Handler · " in page and "承办人" not in page
