"""What does not fit is told with its size, its place and a map on which a person sees it: by the interface for machines and by a sheet as
by the import of a file (D04)."""

from __future__ import annotations

import io
import json
import re
from datetime import date
from typing import Any

import msgspec
import openpyxl

from baodao.kernel.tables import write_xlsx
from tests.desk.test_bring import send
from tests.stories.test_D04_grids import ring
from tests.support.town import GRID_A, A, B, at, town, words

__all__ = ["town"]

HEAD = ("网格编号", "名称", "社区、村", "负责组织", "哪天起", "边界")
DAY = "2026-11-01"


def polygon(*place: float) -> str:
    return msgspec.json.encode({"type": "Polygon", "coordinates": [ring(*place)]}).decode()


#: Over the grid that is there, a strip of five metres beside the next one, half of it beyond the border.
WRONG = (
    ("x-1", A, polygon(2.9, 1, 1, 2)),
    ("x-2", B, polygon(3.905, 1, 1, 2)),
    ("x-3", B, polygon(9.5, 9.5, 1, 0.4)),
)


def told(reason: str, what: str) -> None:
    """A reason in words: what, how large, where."""
    assert what in reason, reason
    assert re.search(r"\d+ 平方米|\d\.\d\d 平方公里", reason), reason
    assert re.search(r"在 107\.\d+, 29\.\d+ 一带", reason), reason


def see(desk: Any, href: str) -> bool:
    """Whether the page behind the link has a map with a pin inside it at that place."""
    page = desk.get(href)
    assert page.status_code == 200, href
    text = page.content.decode()
    assert text.count('<circle cx="') == 1, href
    lon, lat = href.partition("spot=")[2].split(",")
    assert f"红点在 {lon}, {lat}" in words(page)
    x, y = map(float, re.search(r'<circle cx="([-\d.]+)" cy="([-\d.]+)"', text).groups())  # type: ignore[union-attr]
    left, top, wide, high = map(float, re.search(r'class="bd-map"[^>]*viewBox="([^"]+)"', text)[1].split(" "))  # type: ignore[index]
    return left <= x <= left + wide and top <= y <= top + high


def test_the_interface_tells_size_place_and_map(town: Any) -> None:
    with at("11-23 09:00"):
        api, desk = town.office("administrator").browser, town.desk("administrator")

        def draw(*rows: tuple[str, str, str]) -> Any:
            grids = [
                {"code": code, "org": org, "name": code, "polygon": text, "since": DAY}
                for code, org, text in rows
            ]
            return api.post(
                "/api/v1/grids/", json.dumps({"grids": grids}), content_type="application/json",
                headers={"Idempotency-Key": f"misfits-of-{len(rows)}-grids-0123456789"},
            )  # fmt: skip

        answer = draw(*WRONG)
        assert answer.status_code == 422, answer.content
        [fault] = json.loads(answer.content)["faults"]
        assert fault["field"] == "grids[2].polygon"
        told(fault["reason"], "在区界之外")
        assert see(desk, fault["href"])
        answer = draw(*WRONG[:2])
        assert answer.status_code == 409, answer.content
        faults = json.loads(answer.content)["faults"]
        assert [fault["field"] for fault in faults] == ["grids[0].polygon", "grids[0].polygon"]
        told(faults[0]["reason"], f"与网格 {GRID_A} 重叠")
        told(faults[1]["reason"], "之间空着")
        for fault in faults:
            assert fault["href"].startswith(f"/desk/grids/?org={A}&spot=107.3")
            assert see(desk, fault["href"])
        assert api.get("/api/v1/places/at/", {"lon": 107.345, "lat": 29.62}).status_code == 404


def test_a_sheet_tells_size_place_and_map(town: Any) -> None:
    with at("11-23 09:00"):
        desk = town.desk("administrator")
        out = io.BytesIO()
        rows = [[code, code, org, None, date(2026, 11, 1), text] for code, org, text in WRONG[:2]]
        write_xlsx(out, "网格", HEAD, rows)
        done = desk.get(send(town, "administrator", "grids", out.getvalue()))
        read = words(done)
        told(read, f"与网格 {GRID_A} 重叠")
        told(read, "之间空着")
        assert "新网格都不收" in read
        links = re.findall(r'href="(/desk/grids/\?org=[^"]+spot=[^"]+)"', done.content.decode())
        assert len(links) == 2
        for link in links:
            assert see(desk, link.replace("&amp;", "&"))
        errors = re.search(r'href="(/desk/[^"]*errors[^"]*)"', done.content.decode())
        assert errors
        book = openpyxl.load_workbook(io.BytesIO(b"".join(desk.get(errors[1]).streaming_content)))
        cells = " ".join(str(cell) for row in book.active.iter_rows(values_only=True) for cell in row)
        assert "/desk/grids/?org=" in cells
        assert re.search("平方米|平方公里", cells)


def test_a_spot_that_is_none_is_no_pin(town: Any) -> None:
    with at("11-23 09:00"):
        desk = town.desk("administrator")
        for spot in ("", "x", "1,2", "107.3", "nan,nan", "107.3,29.6,1", "inf,29", "120.5,35.2"):
            page = desk.get("/desk/grids/", {"org": A, "spot": spot})
            assert page.status_code == 200, spot
            assert (
                "<circle" not in page.content.decode().partition('class="bd-map"')[2].partition("</svg>")[0]
            ), spot
