"""Requests answered elsewhere: through the desk's pages and the command line, as one batch that can be taken back."""

import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from baodao.kernel.errors import Invalid
from baodao.ledger.models import Fact
from baodao.ledger.readers import readers, wants
from baodao.ledger.selectors import facts_of
from baodao.matters.models import Leg, Matter, Stake
from tests.support.town import OFFICE, STREET, Town, forget, town, words

__all__ = ["town"]

HEAD = "留言编号,留言用户,留言主题,留言时间,留言详情,答复意见,答复时间\n"
GOOD = (
    "1,U1,路灯不亮,2019/4/25 9:32:09,三号楼前的路灯半个月不亮。,已更换灯泡。,2019/4/29 10:00:00\n"
    "2,U2,噪音扰民,2019/5/6 21:00:00,夜里施工到很晚。,已责令停工。,2019/5/20 16:00:00\n"
    "3,U1,垃圾没人清,2018/3/1 8:00:00,楼下垃圾堆了一周。,已清理。,2018/3/2\n"
)
BAD = (
    "4,U3,日期不对,某年某月,没有日期。,已答复。,2019/5/20 16:00:00\n"
    "5,U3,倒着走,2019/5/6 21:00:00,答复在前。,已答复。,2019/5/1 16:00:00\n"
    "6,U3,没有答复,2019/5/6 21:00:00,还没有人答复。,,2019/5/8 16:00:00\n"
)


@pytest.fixture
def sheet(tmp_path: Path) -> Any:
    """Writes a CSV file and gives its path."""

    def write(rows: str, name: str = "letters.csv") -> Path:
        path = tmp_path / name
        path.write_text(HEAD + rows)
        return path

    return write


def run(path: Path, *options: str) -> str:
    """`baodao import requests`, as read in the terminal."""
    out = io.StringIO()
    call_command("import", "requests", str(path), "--org", OFFICE, *options, stdout=out, stderr=out)
    return out.getvalue()


def batch_of(told: str) -> str:
    """The batch that an import printed."""
    found = re.search(r"requests-\w+-\d+", told)
    assert found, told
    return found[0]


def test_closed_matters_with_true_times(town: Town, sheet: Any) -> None:
    """Three letters: times to the second or to the day, lateness by today's limit, nothing said of satisfaction."""
    told = run(sheet(GOOD))
    assert "新增 3 件" in told
    assert "未测（文件里没有居民的答复）" in told
    assert re.search(r"2018\s+│\s+1\s+│\s+未测", told), told
    assert re.search(r"2019\s+│\s+2\s+│[^│]*小时[^│]*│\s+2\s+│\s+50%", told), told
    row = Matter.objects.get(org=OFFICE, opened="2019-04-25T01:32:09Z")
    assert (row.stage, row.origin, row.procedure, row.place) == ("ended", "import", "replayed", "")
    settled = [fact for fact in facts_of(f"matter:{row.number}") if fact.kind == "matter.settled"]
    assert {fact.origin for fact in settled} == {"import"}
    by_day = Matter.objects.get(org=OFFICE, opened="2018-03-01T00:00:00Z")
    assert {f.precision for f in facts_of(f"matter:{by_day.number}")} == {"day"}


def test_nobody_is_told_and_nothing_waits(town: Town, sheet: Any) -> None:
    """No reader with effects outside takes an imported fact; no leg waits; the user is a token without account."""
    run(sheet(GOOD))
    assert not Stake.objects.exists()
    outside = [reader for reader in readers() if reader.live_only]
    facts = [f for m in Matter.objects.all() for f in facts_of(f"matter:{m.number}")]
    assert outside and facts
    assert not any(wants(reader, fact) for reader in outside for fact in facts)
    reporters = list(Matter.objects.order_by("opened").values_list("reporter", flat=True))
    assert reporters[0] == reporters[1] != reporters[2]  # U1, U1, U2
    from baodao.people.models import Account, Person

    assert not Account.objects.filter(person__in=Person.objects.filter(kind="imported")).exists()


def test_the_same_file_again_adds_nothing(town: Town, sheet: Any) -> None:
    """Also when rows were added to it: only the new ones come."""
    run(sheet(GOOD))
    again = run(sheet(GOOD))
    assert "已经在库 3" in again and "新增 0 件" in again
    more = run(
        sheet(GOOD + "9,U9,停水,2019/7/1 9:00:00,停水两天。,已恢复供水。,2019/7/2 9:00:00\n", "more.csv")
    )
    assert "新增 1 件" in more
    assert Matter.objects.filter(procedure="replayed").count() == 4


def test_faulty_rows_load_nothing_or_the_good_ones(town: Town, sheet: Any, tmp_path: Path) -> None:
    """Every fault is told with its row; the error file is the same sheet with what is wrong."""
    path = sheet(GOOD + BAD)
    with pytest.raises(Invalid) as caught:
        run(path)
    told = caught.value.as_text()
    assert "第 5 行 留言时间" in told and "第 6 行 答复时间" in told and "第 7 行 答复意见" in told
    assert not Matter.objects.filter(procedure="replayed").exists()
    from openpyxl import load_workbook

    rows = list(load_workbook(tmp_path / "letters-errors.xlsx").active.values)
    assert rows[0][:3] == ("留言编号", "留言用户", "留言主题")
    assert len(rows) == 7
    wrong = next(row for row in rows if row[2] == "倒着走")
    assert "答复早于来信" in str(wrong)
    assert "新增 3 件" in run(path, "--good")


def test_a_dry_run_writes_nothing(town: Town, sheet: Any) -> None:
    """It says what it would do."""
    before = Fact.objects.count()
    assert "会新增 3 件" in run(sheet(GOOD), "--dry-run")
    assert Fact.objects.count() == before


def test_a_batch_is_taken_back_and_may_come_again(town: Town, sheet: Any) -> None:
    """After takeback no list shows it; rebuilt caches agree; the rows may be imported anew."""
    path = sheet(GOOD)
    batch = batch_of(run(path))
    out = io.StringIO()
    call_command("takeback", batch, stdout=out)
    assert "of 3 subjects voided" in out.getvalue()
    assert not Matter.objects.filter(procedure="replayed").exists() and not Leg.objects.exists()
    call_command("rebuild", stdout=io.StringIO())
    assert not Matter.objects.filter(procedure="replayed").exists()
    again = run(path)
    assert "新增 3 件" in again and batch_of(again) != batch
    call_command("doctor", stdout=io.StringIO())


def test_columns_are_mapped_by_option(town: Town, tmp_path: Path) -> None:
    """Unknown titles need a map; a mistyped field is told with the nearest right one."""
    path = tmp_path / "odd.csv"
    path.write_text("甲,乙,丙,丁\n2019/4/25 9:00:00,没有路灯。,已装。,2019/4/26 9:00:00\n")
    with pytest.raises(Invalid):
        run(path)
    options = ["sent_at=甲", "text=乙", "reply=丙", "replied_at=丁"]
    assert "新增 1 件" in run(path, *[part for option in options for part in ("--column", option)])
    with pytest.raises(Invalid, match="sent_at"):
        run(path, "--column", "sent_ta=甲")
    with pytest.raises(CommandError):
        run(path, "--column", "sent_at")


def upload(town: Town, who: str, rows: str) -> Any:
    """Choose a file on the desk."""
    desk = town.desk(who)
    file = io.BytesIO((HEAD + rows).encode())
    file.name = "letters.csv"
    return desk.post("/desk/import/", {"file": file, "command": "import-1"})


def test_the_page_shows_mapping_preview_progress_and_errors(town: Town) -> None:
    """Upload, look, run, read the result; the error file comes as a sheet."""
    answer = upload(town, "clerk", GOOD + BAD)
    assert answer.status_code == 303
    desk = town.desk("clerk")
    shown = words(desk.get(answer["Location"]))
    assert "三号楼前的路灯半个月不亮。" in shown and "答复早于来信" in shown
    form = {"command": "import-2", "do": "load", "good": "1"}
    job = desk.post(answer["Location"], form)["Location"]
    assert "排队等着办" in words(desk.get(job))
    town.work()
    told = words(desk.get(job))
    assert "新增 3" in told and "有错 3" in told and "满意：未测" in told
    sheet = desk.get(job.rstrip("/") + "/errors.xlsx")
    assert b"".join(sheet.streaming_content)[:2] == b"PK"
    assert Matter.objects.filter(procedure="replayed", org=STREET).count() == 3


@pytest.mark.parametrize("who", ["secretary", "superior", "auditor", "outsider"])
def test_only_the_request_desk_imports(town: Town, who: str) -> None:
    """Others are refused, and it is not in their navigation."""
    desk = town.desk(who)
    assert desk.get("/desk/import/").status_code == 403
    assert upload(town, who, GOOD).status_code == 403
    assert "导入来信" not in town.todo(who)
    assert "导入来信" in town.todo("clerk")


def test_another_ones_job_is_not_to_be_seen(town: Town) -> None:
    """Nor its error file."""
    answer = upload(town, "clerk", GOOD)
    job = town.desk("clerk").post(answer["Location"], {"command": "import-3", "do": "load"})["Location"]
    assert town.desk("secretary").get(job).status_code in {403, 404}


def test_the_real_file_whole(town: Town, shared: Path) -> None:
    """2,000 letters of 2011–2020; one reply without clock time takes no part in hours."""
    told = run(shared / "data" / "requests" / "replied_2000.csv")
    forget()
    assert "新增 2000 件" in told
    total = re.search(r"合计\s+│\s+2000\s+│[^│]*│\s+1999\s+│[^│]*/2000", told)
    assert total, told
    assert re.search(r"2020\s+│\s+2\s+│", told)
