"""docs/tutorial-district.md: its files, taken from the page as they stand there, make a district that works."""

import json
import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from baodao.kernel.declare import get_pack, pack_names
from baodao.matters.check import inspect
from baodao.orgs import selectors
from tests.support.districts import Districts, found
from tests.support.opening import photo, send
from tests.support.town import at, forget, words

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "tutorial-district.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^`packs/([\w./-]+)`\n\n```\w+\n(.*?)```", PAGE, re.S | re.M))
COMMANDS = [
    line.split() for block in re.findall(r"```bash\n(.*?)```", PAGE, re.S) for line in block.splitlines()
]
COMMUNITY, LANE = "990201001001", "990201001001-x1"
NEXT, TOWN = "990201001002", "990201002"


def write(home: Path) -> Path:
    """The folder of packs as the page tells to make it."""
    home.mkdir()
    (home / "base").symlink_to(ROOT / "packs" / "base")
    for name, text in FILES.items():
        (home / name).parent.mkdir(exist_ok=True)
        (home / name).write_text(text, encoding="utf-8")
    return home


def run(home: Path, line: list[str]) -> str:
    """One of the page's commands, `baodao` and the folder of packs being what they are here."""
    out = StringIO()
    assert line[0] == "baodao"
    call_command(*(word.replace("packs/", f"{home}/", 1) for word in line[1:]), stdout=out)
    return out.getvalue()


@pytest.fixture
def sixth(committed_db: Any, tmp_path: Path, settings: Any) -> Iterator[Districts]:
    """The made-up district, set up by nothing but the page's files and commands, and three people."""
    from baodao.people import vault

    settings.DATA, settings.PACKS = tmp_path / "data", write(tmp_path / "packs")
    (settings.DATA / "keys").mkdir(parents=True)
    vault._read.cache_clear()
    forget()
    told = [run(settings.PACKS, line) for line in COMMANDS]
    assert "没有问题" in told[0]
    assert "+6 =0" in told[1]
    made = Districts(settings.DATA)
    found((LANE, "桥头一巷", "lane", "lane", COMMUNITY))
    posts = (("secretary", COMMUNITY, "community_secretary"), ("lane", LANE, "lane_head"))
    made.people({"secretary": "何青", "lane": "罗巷", "resident": "水生"}, posts)
    yield made
    vault._read.cache_clear()
    forget()


def test_the_page_shows_six_files_and_two_commands() -> None:
    assert set(FILES) == {
        f"qinghe/{name}"
        for name in (
            "pack.toml",
            "levels.toml",
            "request.toml",
            "whistle.toml",
            "english.toml",
            "divisions.json",
        )
    }
    assert [line[1] for line in COMMANDS] == ["pack", "divisions"]


def test_the_sixth_district_runs_a_request_from_end_to_end(sixth: Districts) -> None:
    assert pack_names() == ["qinghe"]
    assert selectors.pack_of(LANE) == "qinghe"
    with at("11-23 09:00"):
        phone = sixth.phone()
        first = words(phone.browser.post("/report/", {"command": "c-sixth", "go": COMMUNITY}))
        assert "河道" in first
        assert "噪音" not in first
        number = phone.report(place=COMMUNITY, kind="river", text="桥下漂了一片泡沫箱。")
        assert number == "QH-2026-00001"
        # Two workdays of the pack, not the ten of base.
        assert "11月25日" in phone.own(number)
        assert number in sixth.todo("secretary")
        page = words(sixth.desk("secretary").get(f"/desk/orgs/{LANE}/"))
        assert "青河办事" in page
        assert "巷道 桥头一巷 巷长" in page
        sixth.do("secretary", number, "report_in")
    with at("11-24 10:00"):
        sixth.do("secretary", number, "answer", claim="solved", result="打捞干净了。")
        read = phone.do(number, "confirm", answer="solved")
        assert "打捞干净了。" in read
        assert "已结束" in read


def whistle(sixth: Districts) -> str:
    """The secretary whistles for the dyke and calls a community and a town, neither of which is the other's."""
    slip = send(
        sixth.office("secretary").browser,
        procedure="whistle",
        org=COMMUNITY,
        kind="dyke",
        title="桥头堤岸渗水",
        text="第三级台阶在冒水。",
        fields={"source": "community"},
        behalf=False,
        calls=[{"org": NEXT, "role": "lead"}, {"org": TOWN}],
    )
    return str(slip["number"])


def test_the_sixth_district_runs_a_whistle_from_end_to_end(sixth: Districts) -> None:
    posts = (("next", NEXT, "community_secretary"), ("town", TOWN, "desk_clerk"))
    sixth.people({"next": "江码", "town": "柳镇"}, posts)
    with at("11-23 09:00"):
        number = whistle(sixth)
        assert number == "QH-2026-00001"
        read = sixth.matter("next", number)
        assert "堤岸" in read
        # Two working hours of the pack, not the workday of base.
        assert "11月23日 周一 11:00" in read
        sixth.office("next").do(number, "report_in")
    with at("11-23 14:30"):
        sixth.work()
        # The late one is told on alone.
        read = sixth.matter("secretary", number)
        assert "河西镇没有按时报到，已经告诉它的上级。" in read
        assert "码头社区居民委员会没有按时报到" not in read
        step(sixth, "town", number, "report_in", 2)
        for who, leg in (("next", 1), ("town", 2)):
            file = photo(sixth.office(who))
            step(sixth, who, number, "answer", leg, claim="solved", result="堵住了。", photo=file)
        step(sixth, "secretary", number, "close", None, expect=409, outcome="solved", result="好了。")
        for leg in (1, 2):
            step(sixth, "secretary", number, "rule", leg, came="yes", did="yes", verdict="solved")
        assert (
            step(sixth, "secretary", number, "close", None, outcome="solved", result="不渗了。")["ended"]
            is True
        )
        assert "这次吹哨结束：不渗了。" in sixth.matter("town", number)


def step(sixth: Districts, who: str, number: str, action: str, leg: int | None, **typed: Any) -> Any:
    """One action over HTTP, on a leg or on the whole."""
    expect, office = typed.pop("expect", 200), sixth.office(who)
    answer = office.browser.post(
        f"/api/v1/matters/{number}/{action}/",
        json.dumps({"fields": typed, **({"leg": leg} if leg else {})}),
        content_type="application/json",
        headers={"Idempotency-Key": f"sixth-{who}-{action}-{leg}"},
    )
    assert answer.status_code == expect, answer.content.decode()
    return json.loads(answer.content)


#: What is broken in the whistle → (lines put behind it, code of the fault, part of its key).
DEAD = {
    "an action without an actor": (
        """
[[procedure.whistle.action]]
name = "applaud"
title = "鼓掌"
from = "joint"
reads = "鼓掌。"
""",
        "actor",
        "action[applaud]",
    ),
    "an action that no post may take": (
        """
[[procedure.whistle.action]]
name = "applaud"
title = "鼓掌"
from = "joint"
who = ["right(whistle.applaud)"]
reads = "鼓掌。"
""",
        "actor",
        "action[applaud].who",
    ),
    "a stage that nothing reaches": (
        """
[procedure.whistle]
stages = ["joint", "answered", "parked", "ended"]

[procedure.whistle.words]
"stage.parked" = "P"
"plain.parked" = "P"
""",
        "unreachable",
        "stages",
    ),
    "a dead end": (
        """
[procedure.whistle]
stages = ["joint", "answered", "parked", "ended"]

[procedure.whistle.words]
"stage.parked" = "P"
"plain.parked" = "P"

[[procedure.whistle.action]]
name = "call_off"
then = [{ goto = "parked" }]
""",
        "stuck",
        "stages",
    ),
}


@pytest.mark.parametrize("what", DEAD)
def test_a_whistle_with_a_dead_end_is_refused_with_file_key_reason_and_remedy(
    tmp_path: Path, what: str
) -> None:
    own = write(tmp_path / "packs") / "qinghe"
    lines, code, key = DEAD[what]
    file = own / "whistle.toml"
    file.write_text(file.read_text(encoding="utf-8") + lines, encoding="utf-8")
    faults = [fault for fault in inspect(own)[1] if fault.code == code]
    fault = next((one for one in faults if one.field == f"procedure.whistle.{key}"), None)
    assert fault is not None, [(one.code, one.field) for one in inspect(own)[1]]
    assert fault.file.startswith("qinghe/whistle.toml" if "action" in key else ("qinghe/", "base/"))
    assert fault.line > 0
    assert fault.reason
    assert fault.remedy


def test_each_mistake_in_it_is_told_with_file_key_reason_and_remedy(tmp_path: Path) -> None:
    own = write(tmp_path / "packs") / "qinghe"
    assert inspect(own)[1] == []
    breaks = {
        "pack.toml": ('code = "990201"', 'code = "99-02"', "district.code"),
        "levels.toml": ('at = ["lane"]', 'at = ["lain"]', "post.lane_head.at"),
        "request.toml": (
            'limit = "2 workdays"',
            'limit = "two days"',
            "procedure.request.clock[answer_by].limit",
        ),
        "whistle.toml": (
            'limit = "3 workdays"',
            'limit = "three days"',
            "procedure.whistle.clock[answer_by].limit",
        ),
    }
    for file, (right, wrong, key) in breaks.items():
        text = (own / file).read_text(encoding="utf-8")
        (own / file).write_text(text.replace(right, wrong), encoding="utf-8")
        faults = inspect(own)[1]
        (own / file).write_text(text, encoding="utf-8")
        assert [fault.file for fault in faults][:1] == [f"qinghe/{file}"], faults
        assert faults[0].field.startswith(key)
        assert faults[0].line > 1
        assert faults[0].reason
        assert faults[0].remedy


def test_a_pack_folder_elsewhere_is_found_by_the_setting(tmp_path: Path, settings: Any) -> None:
    settings.PACKS = write(tmp_path / "elsewhere")
    forget()
    assert get_pack("qinghe").layers == ("base", "qinghe")
    forget()
