"""Y01: sheets, lists of problems, a leaders' meeting, as far as matters and first measures carry them. A figure opens to
its facts; a problem has an owner and a date; the meeting closes with decisions that are tasks, and the next one opens with
the account of them.

Waits for Boards: the eight sheets as sheets with imported figures and their source, the race of the mechanisms, the
evaluation of leading groups, the ledger of distorted performance. Waits for Ballots: the public's word.
"""

import json
import re
from typing import Any

from tests.support.opening import send
from tests.support.town import OFFICE, STREET, A, B, at, words

PROBLEM = "三个小区没有消防水源"


def test_a_figure_opens_to_its_facts(town: Any) -> None:
    with at("11-23 09:00"):
        numbers = [town.phone().report(text=f"第{n}盏路灯不亮。", kind="road") for n in (1, 2, 3)]
        for number in numbers[:2]:
            town.do("secretary", number, "report_in")
            town.do("secretary", number, "answer", claim="solved", result="修好了。")
    with at("11-24 09:00"):
        town.work()
        desk = town.desk("supervisor")
        sheet = words(desk.get("/desk/measures/"))
        assert "按时办结率" in sheet
        page = words(desk.get("/desk/measures/on_time/", {"from": "2026-11-01", "until": "2026-11-30"}))
        assert "没有超过时限的承办" in page
        opened = desk.get("/desk/measures/on_time/facts/", {"from": "2026-11-01", "until": "2026-11-30"})
        assert opened.status_code == 200
        read = words(opened)
        for number in numbers[:2]:
            assert number in read
        assert numbers[2] not in read
        # From the fact to the matter itself.
        assert f"/desk/matters/{numbers[0]}/" in opened.content.decode()
        # Whoever has no right to figures of the district does not get there by the address.
        assert town.desk("handler").get("/desk/measures/on_time/facts/").status_code == 403


def council(town: Any, title: str, text: str, *orgs: str) -> str:
    """The street's leaders meet."""
    calls = [{"org": org, "role": "lead" if n == 0 else "co"} for n, org in enumerate(orgs)]
    body = {"title": title, "text": text, "behalf": False, "calls": calls, "fields": {}}
    return str(send(town.office("clerk").browser, procedure="council", org=STREET, **body)["number"])


def test_a_problem_on_a_list_has_an_owner_and_a_date(town: Any) -> None:
    with at("11-23 09:00"):
        number = council(town, PROBLEM, "清单第 1 条。", OFFICE, A)
        town.do("clerk", number, "hold", held="2026-11-23", present="2", decision="列入清单，按月销号。")
        town.do("clerk", number, "task", leg=1, text="装三处消火栓", by="2026-12-18")
        town.do("clerk", number, "task", leg=2, text="腾出取水口前的车位", by="2026-12-04")
        sheet = json.loads(town.office("clerk").browser.get(f"/api/v1/matters/{number}/").content)
        assert [(leg["org_name"], leg["state"], leg["due"][:10]) for leg in sheet["legs"]] == [
            ("区住建委", "tasked", "2026-12-21"),
            ("甲社区", "tasked", "2026-12-21"),
        ]
        # Each finds it on its own list with its day; the street reads both owners on one page.
        for who in ("handler", "secretary"):
            rows = town.todo(who)
            assert PROBLEM in rows
            assert "12月21日" in rows
        read = town.matter("clerk", number)
        assert "主办 区住建委" in read
        assert "协办 甲社区" in read
        assert "区住建委的任务：装三处消火栓" in read
        assert PROBLEM in town.todo("clerk")


def account(town: Any, who: str, number: str) -> list[tuple[str, str]]:
    """What the page of the meeting before says of its tasks: unit and state, one line each."""
    page = town.desk(who).get(f"/desk/matters/{number}/").content.decode()
    legs = re.search(r'<ul class="legs">(.*?)</ul>\s*</div></section>', page, re.S)
    assert legs
    found = [words(row) for row in re.findall(r'<li id="leg-\d+">.*?(?=<li id="leg-|$)', legs[1], re.S)]
    states = ("已裁定", "已答复，等裁定", "在办", "没有任务")
    return [(row.split()[1], next(state for state in states if state in row)) for row in found]


def test_the_meeting_closes_with_tasks_and_the_next_opens_with_their_account(town: Any) -> None:
    with at("11-23 09:00"):
        first = council(town, "十一月街道班子例会", "清单里的三件事。", OFFICE, A, B)
        town.do("clerk", first, "hold", held="2026-11-23", present="3", decision="三件事各有一家。")
        for leg, text in enumerate(("装消火栓", "腾车位", "劝离占道"), 1):
            town.do("clerk", first, "task", leg=leg, text=text)
    with at("12-14 09:00"):
        town.do("handler", first, "answer", leg=1, claim="solved", result="装好了。")
        town.do("clerk", first, "rule", leg=1, did="yes", verdict="solved")
        town.do("secretary", first, "answer", leg=2, claim="partly", result="腾了一半。")
        # The next meeting names the one before; everybody called can open it and reads how each task stands.
        second = council(town, "十二月街道班子例会", f"先听上次 {first} 的办理情况。", OFFICE, A, B)
        assert account(town, "clerk", first) == [
            ("区住建委", "已裁定"),
            ("甲社区", "已答复，等裁定"),
            ("乙社区", "在办"),
        ]
        for who in ("handler", "secretary", "sibling"):
            assert first in town.matter(who, second)
            assert account(town, who, first) == account(town, "clerk", first)
        assert town.opens("outsider", first) == 404
        # It is the one with open tasks that cannot be closed over.
        town.office("clerk").do(first, "close", expect=409, outcome="solved", result="都好了。")
        assert "还有单位没有办结" in town.matter("clerk", first)
    with at("12-22 09:00"):
        # Who did nothing by its day is told on: the account of the meeting says so by itself.
        town.work()
        assert "乙社区没有按时办结，已经告诉它的上级。" in town.matter("clerk", first)
