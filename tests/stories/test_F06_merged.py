"""F06: forty complaints about one burst pipe. One repair, one answer; each keeps number, clock, thread, answer and rating.

Waits for other rooms: nothing.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.town import at

ROOT = Path(__file__).resolve().parents[2]
FORTY = 40
#: Of the forty these come a day later, so that their clocks end a day later.
LATER = 10


def reported(town: Any, how_many: int, first: int = 0) -> list[tuple[str, Any]]:
    """So many people report the same pipe, each on her own phone; gives number and phone."""
    found = []
    for n in range(first, first + how_many):
        phone = town.phone()
        number = phone.report(
            kind="utilities", text=f"{n + 1} 号楼门口水管爆了，水漫到台阶。", phone=f"1390000{n:04}"
        )
        found.append((number, phone))
    return found


def merge(town: Any, numbers: list[str], into: str) -> None:
    """The secretary puts them together on the desk."""
    for number in numbers:
        read = town.do("secretary", number, "merge", into=into, reason="同一根水管")
        assert f"并到 {into} 一起办" in read
        # Nobody's turn here any more: the other is handled.
        assert f"甲社区：随 {into} 办" in read
        assert "轮到本单位" not in read


def dumped(database: str, data: Path, *also: str) -> list[str]:
    """`baodao dump` as an operator runs it."""
    done = subprocess.run(
        [sys.executable, "-m", "baodao.cli", "dump", *also],
        cwd=ROOT,
        env={**os.environ, "BAODAO_DATABASE": database, "BAODAO_DATA": str(data)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_forty_complaints_one_pipe_forty_answers(town: Any) -> None:
    with at("11-23 09:00"):
        people = reported(town, FORTY - LATER)
        main = people[0][0]
        merge(town, [number for number, _phone in people[1:]], main)
    with at("11-24 09:00"):
        late = reported(town, LATER - 1, FORTY - LATER)
        known = town.phone("resident")
        late.append((known.report(kind="utilities", text="40 号楼门口水管爆了，水漫到台阶。"), known))
        people += late
        merge(town, [number for number, _phone in late], main)
        # People and matters are counted apart: one of the forty reported it twice.
        again = known.report(kind="utilities", text="40 号楼门口的水还在流。")
        merge(town, [again], main)
        assert "41 件一起办，40 人反映" in town.matter("secretary", main)
        numbers = [number for number, _phone in people]
        assert len(set(numbers)) == FORTY
        # The work is one: only the main one has steps to take.
        read = town.matter("secretary", numbers[5])
        assert f"这件事和 {main} 是同一件，一起办" in read
        # What is tied says what it is about, and not its procedure alone.
        assert f"并到这一件一起办： {main} 群众诉求 1 号楼门口水管爆了，水漫到台阶。" in read
        refused = town.office("secretary").do(numbers[5], "report_in", expect=409)
        assert f"已并入 {main}" in refused["detail"]
    with at("11-24 10:00"):
        town.do("secretary", main, "report_in")
        # Each clock began when she reported, and ends when hers ends.
        (first, one), (other, two) = people[5], late[3]
        assert "11月30日 周一前答复" in one.own(first)
        assert "12月1日 周二前答复" in two.own(other)
        # What she adds is hers.
        one.do(first, "add", text="老人不敢下楼。")
        assert "老人不敢下楼。" in one.own(first)
        assert "老人不敢下楼。" not in two.own(other)
        assert "老人不敢下楼。" not in people[0][1].own(main)
        assert "老人不敢下楼。" in town.matter("secretary", first)
    with at("11-25 15:00"):
        town.do("secretary", main, "answer", claim="solved", result="换了 20 米水管。")
        for number, phone in people:
            read = phone.own(number)
            assert "甲社区答复：换了 20 米水管。（解决了）" in read
            assert {"confirm", "rate"} <= phone.offers(number)
            # Nobody reads another one's words.
            assert read.count("号楼门口水管爆了") >= 1
            assert sum(other in read for other in numbers if other not in {number, main}) == 0
    with at("11-26 09:00"):
        say(town, people, main)


def say(town: Any, people: list[tuple[str, Any]], main: str) -> None:
    """Some are content, one is not, the rest are silent."""
    (unhappy, her), (content, him) = people[7], people[8]
    read = him.do(content, "confirm", answer="solved")
    assert "您说：解决了" in read
    him.do(content, "rate", stars="5")
    # What has ended is not handled apart any more: neither the button nor the sentence that leads to it.
    assert "split" not in him.offers(content)
    assert "分开来办" not in him.own(content)
    assert "分开来办" not in town.matter("secretary", content)
    assert "您说：没有解决" in her.do(unhappy, "confirm", answer="not", text="7 号楼还在漏。")
    assert "您说：" not in people[0][1].own(main)
    assert "您说：" not in people[9][1].own(people[9][0])
    # She reopens: her matter goes its own way, under its number.
    read = her.do(unhappy, "reopen", text="7 号楼还在漏。")
    assert "第 2 次办理" in read
    assert f"还是编号 {unhappy}" in read
    assert "split" not in her.offers(unhappy)
    assert "40 件一起办，39 人反映" in town.matter("secretary", main)
    told = town.office("secretary").see(unhappy)
    assert (told["matter"]["stage"], told["matter"]["round"]) == ("handling", 2)
    others = [number for number, _phone in people if number not in {unhappy, content}]
    stages = {town.office("secretary").see(number)["matter"]["stage"] for number in others}
    assert stages == {"answered"}
    town.do("secretary", unhappy, "report_in")
    town.do("secretary", unhappy, "answer", claim="solved", result="7 号楼的支管也换了。")
    assert "7 号楼的支管也换了。" in her.own(unhappy)
    assert "7 号楼的支管也换了。" not in people[0][1].own(main)
    # The first answers of all are still theirs, and no star is anybody's to read.
    ends = [
        fact for fact in town.office("secretary").see(content)["facts"] if fact["fact"] == "answer_settled"
    ]
    assert [fact["fields"]["outcome"] for fact in ends] == ["solved"]
    assert "stars" not in json.dumps(town.office("secretary").see(content))


def test_whoever_wants_it_handled_alone_splits_it_off(town: Any) -> None:
    with at("11-23 09:00"):
        (main, _first), (number, phone), (third, _other) = reported(town, 3)
        town.do("secretary", number, "merge", into=main, reason="同一根水管")
        town.do("secretary", third, "merge", into=main, reason="同一根水管")
        assert "3 件一起办，3 人反映" in town.matter("secretary", main)
        read = phone.own(number)
        assert f"这件事和 {main} 是同一件，一起办；您的编号、时限、评价都还是您自己的" in read
        assert "split" in phone.offers(number)
    with at("11-23 10:00"):
        read = phone.do(number, "split")
        assert "这件事又单独办了，编号和时限不变。" in read
        assert "11月30日" in read
        assert "split" not in phone.offers(number)
        assert "2 件一起办" in town.matter("secretary", main)
        # What is done on the main one is no longer done on hers.
        town.do("secretary", main, "report_in")
        town.do("secretary", main, "answer", claim="solved", result="换了水管。")
        assert "换了水管。" not in phone.own(number)
        assert "confirm" not in phone.offers(number)
        town.do("secretary", number, "report_in")
        town.do("secretary", number, "answer", claim="partly", result="另一处也在修。")
        assert "另一处也在修。" in phone.own(number)


@pytest.mark.parametrize("who", ["sibling", "handler", "outsider"])
def test_nobody_else_merges(town: Any, who: str) -> None:
    with at("11-23 09:00"):
        (main, _first), (number, _phone) = reported(town, 2)
        assert town.opens(who, number) == 404
        answer = town.desk(who).post(
            f"/desk/matters/{number}/",
            {"_do": "merge", "into": main, "reason": "同一件", "_command": "story-merge"},
        )
        assert answer.status_code == 404
        assert "2 件一起办" not in town.matter("secretary", main)


def test_merged_and_split_again_nothing_is_left_but_the_facts_that_tell_it(
    town: Any, committed_db: Any
) -> None:
    database = committed_db.url(committed_db.current)
    with at("11-23 09:00"):
        (main, _first), (number, phone) = reported(town, 2)
        town.do("secretary", main, "report_in")
        before, facts = (dumped(database, town.data, *also) for also in (["--caches"], ["--facts"]))
        assert any(number in line for line in before)
    with at("11-23 10:00"):
        town.do("secretary", number, "merge", into=main, reason="同一根水管")
        assert dumped(database, town.data, "--caches") != before
    with at("11-23 11:00"):
        phone.do(number, "split")
    assert dumped(database, town.data, "--caches") == before
    after = dumped(database, town.data, "--facts")
    told = [json.loads(line) for line in after if line not in set(facts)]
    assert {row["kind"] for row in told if "kind" in row} == {"matter.merged", "matter.split"}
    assert set(facts) <= set(after)
