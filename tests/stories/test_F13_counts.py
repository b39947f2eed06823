"""F13: Fuling's special rectification: 158 problems on one ledger, and counts alone (24 cases with 28 people, 54 with 60, 81 with
89) by five fields; a sum under ten is told to nobody but the office that runs the drive.

Waits for other rooms: the counts on a public page, with the same floor (bulletin).
"""

from typing import Any

import pytest

from tests.support.ledgers import begin, entries, ledger
from tests.support.town import OFFICE, A, at, words

FIELDS = ("land", "works", "funds", "service", "village")
#: Cases and people of three drives, shared out over five fields.
DRIVES = (
    ((24, 28), (5, 4, 6, 5, 4), (6, 5, 7, 6, 4)),
    ((54, 60), (11,) * 4 + (10,), (12,) * 5),
    ((81, 89), (20, 16, 15, 15, 15), (21, 17, 17, 17, 17)),
)
PROBLEMS = 158


def drive(town: Any, title: str) -> str:
    number = begin(town, "superior", "campaign", kind="near_people", title=title, text="五个领域。")
    town.do("superior", number, "plan", plan="逐件查。", until="2027-03-31")
    return number


def test_counts_only_and_never_under_ten_to_others(town: Any) -> None:
    with at("11-23 09:00"):
        number = drive(town, "专项整治一")
        town.do("superior", number, "count", field="land", cases="4", people="6")
        # The office that runs it reads its own figure; the district reads that it is smaller than ten.
        assert "查处案件（件） 4（1 项合计）" in town.matter("superior", number)
        above = town.matter("supervisor", number)
        assert "不到 10，不显示" in above
        assert "4（1 项合计）" not in above
        assert "4" not in above.split("查处案件（件）")[1].split("不显示")[0].replace("10", "")
        # What was given for a field is given anew, not added.
        town.do("superior", number, "count", field="land", cases="5", people="6")
        (cases, people), *shares = DRIVES[0]
        for field, some, heads in list(zip(FIELDS, *shares, strict=True))[1:]:
            town.do("superior", number, "count", field=field, cases=str(some), people=str(heads))
        for who in ("superior", "supervisor"):
            read = town.matter(who, number)
            assert f"查处案件（件） {cases}（5 项合计）" in read
            assert f"涉及人数（人） {people}（5 项合计）" in read
            # The line in the history says that a count came, never the count.
            assert "土地征收领域报了数" in read
            assert f"{cases} 件" not in read
        form = town.desk("superior").get(f"/desk/matters/{number}/?do=count").content.decode()
        for name in ("name", "person", "phone", "text", "file"):
            assert f'name="{name}"' not in form.partition('value="count"')[2]
        for who in ("outsider", "secretary", "handler"):
            assert town.opens(who, number) == 404
        with pytest.raises(AssertionError):
            town.do("supervisor", number, "count", field="land", cases="1", people="1")


def test_three_drives_each_with_its_own_sums(town: Any) -> None:
    """Each counts for itself: nothing of one runs into another, and no sum over all three is made."""
    with at("11-23 09:00"):
        for n, ((cases, people), *shares) in enumerate(DRIVES):
            number = drive(town, f"专项 {n}")
            for field, some, heads in zip(FIELDS, *shares, strict=True):
                town.do("superior", number, "count", field=field, cases=str(some), people=str(heads))
            read = town.matter("supervisor", number)
            assert f"查处案件（件） {cases}（5 项合计）" in read
            assert f"涉及人数（人） {people}（5 项合计）" in read
            assert "收官报告" in town.do("superior", number, "close", text="制度立起来了。")


def test_what_is_begun_from_a_drive_stays_about_it(town: Any) -> None:
    with at("11-23 09:00"):
        number = drive(town, "专项整治三")
        href = f"/desk/start/problem/?about={number}"
        page = town.desk("superior").get(href).content.decode()
        # Its number stands there as a link, not as something to type.
        assert 'name="about"' not in page
        assert f'href="/desk/matters/{number}/"' in page
        sent = {"do": "send", "command": "about-1", "about": "FL-2026-999999", "kind": "money", "title": "没有公示", "text": "两月。", "org": A}  # fmt: skip
        answer = town.desk("superior").post(href, sent)
        assert answer.status_code == 303, words(answer)
        assert "没有公示" in ledger(town, "superior", number)
        # Begun from nowhere, the number is typed.
        assert 'name="about"' in town.desk("superior").get("/desk/start/problem/").content.decode()


def test_a_hundred_and_fifty_eight_problems_on_one_ledger(town: Any) -> None:
    from baodao.matters.services import Draft, open_
    from tests.matters.test_checklists import act_of

    with at("11-23 09:00"):
        number = drive(town, "专项整治二")
        drafts = [
            Draft(
                procedure="problem",
                org="500102001",
                kind="money",
                about=number,
                fields={"title": f"第 {n} 个问题", "text": "没有公示。", "org": A if n % 2 else OFFICE},
            )
            for n in range(1, PROBLEMS + 1)
        ]
        open_(act_of(town, "superior", "f13-problems"), matters=drafts)
        read = ledger(town, "superior", number)
        assert f"共 {PROBLEMS} 件，已结束 0 件" in read
        assert "第 1 到 100 件，共 158 件" in read
        first = entries(town, "superior", number)
        assert len(first) == 100
        page = town.desk("superior").get(f"/desk/matters/{number}/?after={first[-1]}").content.decode()
        assert "第 101 到 158 件，共 158 件" in words(page)
        sheet = town.desk("superior").get(f"/desk/matters/{number}/ledger/")
        assert sheet.status_code == 200
