"""Measures as people meet them: the desk's pages, exports that are recomputed by the script of the docs, the interface."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from pathlib import Path

from django.test import Client
from openpyxl import load_workbook

from tests.measures.conftest import (
    A2,
    HOME,
    STREET,
    A,
    B,
    Enter,
    answered,
    called,
    settled,
    step,
    write,
)
from tests.support.town import Town, town, words  # noqa: F401

DOCS = Path(__file__).resolve().parents[2] / "docs" / "measures.md"
MARCH = f"?org={A}&period=2026-03&origin=live"


def lived() -> None:
    """A community in time, a department late, silence, an exclusion."""
    write(
        *[settled(n, late=n < 2, first=None if n < 3 else 600, called_late=n < 1) for n in range(14)],
        *[settled(20 + n, org=B, late=n < 9, wall=90_000) for n in range(12)],
        *[settled(40 + n, org=A2, scope="stage", stage="handling", wall=5000 + n) for n in range(12)],
        *[answered(n, "solved" if n < 8 else "not") for n in range(12)],
        *[answered(60 + n, "silent") for n in range(5)],
        *[step("matter.rated", n, level=3, value=5 - n % 2) for n in range(12)],
        step("matter.excluded", 3),
        *[settled(80 + n, origin="simulated", late=True) for n in range(11)],
        *[settled(300 + n, level=2) for n in range(11)],
        *[called(400 + n, B, A, 35 * n) for n in range(4)],
        called(404, B, A, 999, level=2),
    )


def test_the_pages_walk_from_the_number_to_its_facts(staff: Enter) -> None:
    lived()
    desk = staff("supervisor", HOME)
    told = words(desk.get(f"/desk/measures/{MARCH}"))
    assert "按时办结率" in told and "22/24" in told
    assert "解决率 居民说解决了的轮次 ÷ 居民答复了的轮次 63.6 % 7/11" in told
    assert "没有回音的轮次 5" in told
    assert "4.5 星" in told
    one = words(desk.get(f"/desk/measures/on_time/{MARCH}"))
    for said in ("22/24", "本单位以外的人裁定不计入的", "合计里有 11 件", "口径版本", "95% 的区间"):
        assert said in one, said
    facts = words(desk.get(f"/desk/measures/on_time/facts/{MARCH}&which=missed"))
    assert len(set(re.findall(r"HQ-2026-\d+", facts))) == 2
    excluded = words(desk.get(f"/desk/measures/on_time/facts/{MARCH}&which=exc"))
    assert re.findall(r"HQ-2026-\d+", excluded) == ["HQ-2026-000003"]
    table = words(
        desk.get(f"/desk/measures/on_time/?org={HOME}&period=2026-03&origin=live&sort=value&level=department")
    )
    assert "25 % 3/12" in table
    for group in ("role", "month", "procedure"):
        assert "22/24" in words(desk.get(f"/desk/measures/on_time/{MARCH}&group={group}")), (
            "the number stays the same"
        )
    assert "办理中 " in words(
        desk.get(f"/desk/measures/stage_time/?org={HOME}&period=2026-03&origin=live&group=stage")
    )
    assert f"名{A}" in words(desk.get(f"/desk/measures/leg_time/{MARCH}&group=holder"))


def test_what_is_simulated_says_so(staff: Enter) -> None:
    lived()
    desk = staff("supervisor", HOME)
    asked = f"?org={A}&period=2026-03&origin=simulated"
    assert "模拟数据" not in words(desk.get(f"/desk/measures/on_time/{MARCH}"))
    page = desk.get(f"/desk/measures/on_time/{asked}")
    assert "模拟数据" in words(page)
    assert 'class="simulated"' in page.content.decode()
    taken = desk.get(f"/desk/measures/on_time/export/{asked}&as=xlsx")
    assert "simulated-on_time" in taken["Content-Disposition"]
    book = load_workbook(io.BytesIO(taken.content))
    assert book.sheetnames[0].startswith("模拟数据")
    assert ("watermark", "模拟数据") in {row[:2] for row in book["meta"].iter_rows(values_only=True)}
    # The same in words, for whoever opens it and runs no script.
    said = dict(row[:2] for row in book["说明"].iter_rows(min_row=2, values_only=True))
    assert said["来源"] == "模拟"
    assert said["按时办结率"] in words(page)
    assert said["happened"] == "发生的时间"
    assert set(next(book.worksheets[0].iter_rows(max_row=1, values_only=True))) <= set(said)


def test_the_script_of_the_docs_makes_every_number_again(staff: Enter, tmp_path: Path) -> None:
    lived()
    desk = staff("supervisor", HOME)
    script = next(
        block for block in re.findall(r"```python\n(.*?)```", DOCS.read_text(), re.S) if "csv.reader" in block
    )
    assert len(script.splitlines()) <= 24
    for org in (HOME, A, B):
        for name in (
            "on_time",
            "response",
            "report_in",
            "resolution",
            "reopen",
            "silence",
            "stage_time",
            "leg_time",
            "hours_asked",
        ):
            file = tmp_path / f"{name}-{org}.csv"
            answer = desk.get(f"/desk/measures/{name}/export/?org={org}&period=2026-03&origin=live&as=csv")
            assert answer.status_code == 200
            file.write_bytes(answer.content)
            done = subprocess.run(
                [sys.executable, "-c", script, str(file)], capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, (name, org, done.stdout, done.stderr)
    # And it does find a wrong number.
    changed = (tmp_path / f"on_time-{A}.csv").read_text("utf-8-sig").replace("numerator,22", "numerator,23")
    (tmp_path / "wrong.csv").write_text(changed, "utf-8-sig")
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "wrong.csv")], capture_output=True, check=False
    )
    assert done.returncode == 1


def test_restricted_rows_leave_without_a_name(staff: Enter) -> None:
    lived()
    desk = staff("supervisor", HOME)
    body = desk.get(f"/desk/measures/on_time/export/{MARCH}&as=csv").content.decode("utf-8-sig")
    rows = [line.split(",") for line in body.splitlines() if not line.startswith(("#", "fact"))]
    blank = [row for row in rows if not row[0]]
    assert len(blank) == 11
    assert all(row[:4] == ["", "", "", ""] for row in blank)
    assert not re.search(r"HQ-2026-0003\d\d", body)


def test_pages_ask_the_same_rule(staff: Enter) -> None:
    lived()
    above, sibling, handler = (
        staff("department_head", STREET),
        staff("community_secretary", A2),
        staff("handler", B),
    )
    for place in ("", "on_time/", "on_time/facts/", "on_time/export/"):
        assert above.get(f"/desk/measures/{place}{MARCH}").status_code == 200, place
        assert sibling.get(f"/desk/measures/{place}{MARCH}").status_code == 404, place
        assert handler.get(f"/desk/measures/{place}{MARCH}").status_code == 404, place
        assert Client().get(f"/desk/measures/{place}{MARCH}").status_code == 302
    assert handler.get("/desk/measures/").status_code == 403
    assert "/desk/measures/" not in handler.get("/desk/").content.decode()
    assert "/desk/measures/" in above.get("/desk/").content.decode()
    desk = staff("supervisor", HOME)
    for place in ("facts/", "export/"):
        assert desk.get(f"/desk/measures/satisfaction/{place}{MARCH}").status_code == 403
    for wrong in ("period=2026-13", "period=x", "origin=mine", "position=-1", "org=nowhere"):
        assert desk.get(f"/desk/measures/?{wrong}").status_code in (404, 422), wrong
    assert desk.get("/desk/measures/nothing/").status_code == 404


def test_the_interface_gives_the_same(town: Town) -> None:  # noqa: F811
    office, outsider = town.office("secretary"), town.office("sibling")
    made = office.browser.get("/api/v1/measures/?period=2026-03&origin=live")
    assert made.status_code == 200, made.content.decode()
    told = {one["name"]: one for one in json.loads(made.content)["measures"]}
    assert {"response", "report_in", "on_time", "resolution", "satisfaction", "whistles"} <= set(told)
    figure = told["on_time"]["figures"][0]
    assert (figure["org"], figure["standing"], figure["value"]) == ("500102001001", "none", None)
    one = office.browser.get(
        "/api/v1/measures/on_time/?org=500102001001&period=2026-Q1&origin=live&group=role"
    )
    assert json.loads(one.content)["formula"] == told["on_time"]["formula"]
    rows = office.browser.get("/api/v1/measures/on_time/facts/?period=2026-03")
    assert json.loads(rows.content) == {"rows": [], "next": ""}
    for path in ("measures/", "measures/on_time/", "measures/on_time/facts/"):
        assert outsider.browser.get(f"/api/v1/{path}?org=500102001001").status_code == 404
        assert office.browser.get(f"/api/v1/{path}?what=1").status_code == 422


def test_an_outcome_of_a_pack_is_told_in_its_words() -> None:
    """On the page of facts a leg that nobody ruled on stood as `unruled`."""
    from baodao.kernel.declare import get_pack
    from baodao.matters.declare import Procedure
    from baodao.measures.words import outcome_words

    whistle = get_pack("base").many(Procedure, "zh-hans")["whistle"]
    assert outcome_words("unruled", whistle) == "无人裁定"
    assert outcome_words("unruled") == "unruled"
    # What a pack says of an outcome goes before the word that all share.
    assert outcome_words("absent", whistle) == whistle.words["value.absent"] == "缺席"
    assert outcome_words("absent") == "没有到"
