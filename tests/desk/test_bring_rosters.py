"""Rosters that one office keeps by itself, from Excel and back: a branch's roll, a village's talents."""

import io
from datetime import date
from typing import Any

import openpyxl
import pytest

from tests.desk.test_bring import book, export, send, told
from tests.support.branches import BRANCH, MEMBERS, NEXT, Branches, branches, town
from tests.support.town import A, words

__all__ = ["branches", "town"]
ROLL, TALENTS = (
    ("党支部", "姓名", "手机号", "组织关系转入日"),
    ("村（社区）", "专长", "姓名", "手机号", "入册日", "本人同意"),
)
DAY = date(2026, 3, 1)


def sheet(town: Branches, who: str, name: str) -> tuple[bytes, list[tuple[Any, ...]]]:
    """What somebody exports, as bytes and as rows without the heads."""
    answer = export(town, who, names=[name])
    assert answer.status_code == 200, words(answer)
    content = b"".join(answer.streaming_content)
    return content, list(openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].values)[1:]


def test_a_branch_brings_its_roll_in_and_takes_it_out(branches: Branches) -> None:
    """What it took out adds nothing; a row beside it adds one; what a sheet may not do is said row by row."""
    content, rows = sheet(branches, "psec", "rolls")
    assert sorted(str(row[1]) for row in rows) == sorted(MEMBERS) and {row[0] for row in rows} == {BRANCH}
    again = told(branches, "psec", send(branches, "psec", "rolls", content))
    assert "新增 0" in again and "有错 0" in again
    phone = str(rows[0][2])
    more = book(
        "党员名册", ROLL, [[None, "新党员", "13700000001", DAY], [NEXT, "别处的", "13700000002", DAY]]
    )
    page = told(branches, "psec", send(branches, "psec", "rolls", more, good="1"))
    assert "有错 1" in page and "不归您登记" in page
    # The neighbour's branch cannot take her over, and is not told whose roll it is.
    theirs = book("党员名册", ROLL, [[None, "换个名字", phone, DAY], [None, "写两次", "13700000003", DAY],
                                     [None, "写两次", "13700000003", DAY]])  # fmt: skip
    page = told(branches, "pnext", send(branches, "pnext", "rolls", theirs))
    assert "这个人已经在一个支部的名册上" in page and "写了两次" in page and "新增 0" in page
    assert BRANCH not in page and str(rows[0][1]) not in page
    # The secretary above keeps her own branch's roll and no other; a community keeps none.
    assert sheet(branches, "pabove", "rolls")[1] == []
    assert branches.desk("secretary").get("/desk/bring/rolls/").status_code == 403
    # Each member reads who took her telephone out, and why.
    from baodao.people.models import AccessLog

    assert AccessLog.objects.filter(subject=f"roll:{BRANCH}", purpose="roster").count() == len(MEMBERS)


@pytest.mark.parametrize(
    ("who", "may"), [("secretary", True), ("sibling", True), ("clerk", False), ("psec", False)]
)
def test_a_village_brings_its_talents_in(branches: Branches, who: str, may: bool) -> None:
    """Its own people with their word; the street above and a branch beside bring nobody."""
    content = book("本土人才", TALENTS, [[None, "种植养殖", "果农", "13700000009", DAY, "同意"],
                                         [None, "种植养殖", "没问过", "13700000008", DAY, None],
                                         [None, "算命", "某人", "13700000007", DAY, "同意"]])  # fmt: skip
    if not may:
        assert branches.desk(who).get("/desk/bring/talents/").status_code == 403
        return
    page = told(branches, who, send(branches, who, "talents", content, good="1"))
    assert "新增 1" in page and "有错 2" in page
    out, rows = sheet(branches, who, "talents")
    assert [row[1:4] for row in rows] == [("种植养殖", "果农", "+8613700000009")]
    assert (rows[0][0] == A) == (who == "secretary")
    again = told(branches, who, send(branches, who, "talents", out))
    assert "新增 0" in again and "有错 0" in again
    assert "果农" not in words(branches.desk(who).get("/desk/talents/")), "names open for a purpose"
