"""Now and next of matters that several units have: pure, over the shipped procedures."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from baodao.kernel.jinja import day
from baodao.matters import openly, present, story
from baodao.matters.guards import Actor
from baodao.matters.move import Called
from tests.matters.scene import HANDLER, OTHER, SHIPPED, TOP, A, B, Stage, at

CALLER = Actor(token="secretary", post="c-sec", org="500102009", may=lambda right: True)


@pytest.fixture(autouse=True)
def _packs(db: Any) -> None:
    """Names of organizations are asked of an empty tree: a code stands for itself."""


def whistle(**opening: Any) -> Stage:
    return Stage(
        procedure=SHIPPED["whistle"],
        name="whistle",
        org=CALLER.org,
        actor=CALLER,
        reporter="resident",
        behalf=False,
        kind="facility",
        fields={"source": "residents", "kind": "facility", "title": "路灯", "text": "不亮"},
        calls=(Called(A, "", "lead"), Called(B, "", "co")),
        **opening,
    )


def words(stage: Stage, when: str) -> list[str]:
    return [part.words for part in present.parts(stage.procedure, stage.state, at(when))]


def test_each_unit_is_told_with_its_own_date() -> None:
    stage = whistle()
    assert words(stage, "03-02 10:00") == ["待报到", "待报到"]
    stage.act("report_in", HANDLER, "03-02 11:00", {}, leg=1)
    assert words(stage, "03-02 12:00") == ["办理中", "待报到"]
    now = present.now_words(stage.procedure, stage.state, at("03-02 12:00"))
    assert now == "几个单位正在一起办：请了 2 个，到了 1 个，办完 0 个。"
    dates = present.next_dates(stage.procedure, stage.state, at("03-02 12:00"))
    offices = [one.words for one in dates if one.words.startswith((A, B))]
    assert sorted(offices) == [f"{A}：办结时限", f"{B}：办结时限"]
    assert dates == sorted(dates, key=lambda one: one.at)
    assert present.stage_tone(stage.procedure, stage.state) == "way"


def test_absent_returned_and_paused_are_said_as_they_are() -> None:
    stage = whistle()
    stage.act("return", OTHER, "03-02 12:00", {"reason": "不归我办", "duty_item": "X-1"}, leg=2)
    assert words(stage, "03-02 13:00")[1] == "已退回，等吹哨单位回应"
    stage.wait("03-04 09:00")
    assert "过了时限，已经告诉它的上级" in words(stage, "03-04 09:00")[0]
    stage.wait("03-31 09:00")
    assert words(stage, "03-31 09:00") == ["到最后期限也没有办，按缺席裁定，别的单位接着办", "已退出"]
    now = present.now_words(stage.procedure, stage.state)
    assert now.startswith("各单位的部分都办完了，等")


def test_a_pause_of_one_is_not_the_others() -> None:
    stage = whistle()
    stage.act("report_in", HANDLER, "03-02 11:00", {}, leg=1)
    stage.act("pause", HANDLER, "03-02 12:00", {"cause": "weather", "reason": "下雨"}, leg=1)
    first, second = present.parts(stage.procedure, stage.state, at("03-02 13:00"))
    assert first.words == "现在等天气，这段时间不计时"
    assert first.by is None
    assert second.by is not None


def test_a_proposal_under_way_names_its_day_and_that_it_will_be_asked_again() -> None:
    stage = Stage(
        procedure=SHIPPED["proposal"],
        name="proposal",
        kind="",
        fields={"source": "web", "title": "装水表", "text": "装水表", "anonymous": False},
    )
    stage.act("report_in", HANDLER, "03-02 11:00")
    stage.act("under_way", HANDLER, "03-03 11:00", {"text": "先装两栋", "until": "2026-04-10"})
    now = present.now_words(stage.procedure, stage.state, at("03-03 12:00"))
    assert "采纳了，正在办；到说好的日子会再问它，再告诉您" in now
    found = [one.words for one in present.next_dates(stage.procedure, stage.state, at("03-03 12:00"))]
    assert set(found) == {"说好的日子", "再问的日子"}
    stage.wait("05-10 09:00")
    assert present.now_words(stage.procedure, stage.state).endswith("收到了，正在办。")


def test_a_sentence_told_after_its_day_promises_it_no_more() -> None:
    stage = Stage()
    run = present.due_run(stage.state)
    assert run is not None
    late = present.fill_due("{org}收到了，{due}前答复您。", run, at("04-01 09:00"))
    assert late == f"{{org}}收到了，定好的日子 {day(date(2026, 3, 16))} 已经过了。"
    english = present.fill_due("{org} has taken it up and will answer you by {due}.", run, at("04-01 09:00"))
    assert english.startswith("{org} has taken it up and ")
    assert "by" not in english
    assert f"{day(date(2026, 3, 16))}前答复您" in present.fill_due("{due}前答复您。", run, at("03-03 09:00"))
    stage.act("report_in", HANDLER, "04-01 09:00")
    words = present.now_words(stage.procedure, stage.state, at("04-01 10:00"))
    assert words.endswith("还没有办完，答复的日子已经过了。")


def test_what_everybody_reads_speaks_to_nobody() -> None:
    stage = Stage().reported().answered()
    assert "您" not in openly.now_plain(stage.procedure, stage.state)
    assert openly.next_plain(stage.procedure, stage.state, at("03-04 12:00")) is None
    other = whistle()
    assert openly.now_plain(other.procedure, other.state).startswith("几个单位一起办：请了 2 个")
    assert TOP not in openly.now_plain(other.procedure, other.state)


def test_a_part_that_ended_with_the_whole_never_shows_its_code() -> None:
    stage = whistle()
    leg = stage.state.legs[1]
    leg.state, leg.ended = "finish", at("03-03 09:00")
    assert present.leg_state(stage.procedure, leg) == "随整件事一起结束了"
    leg.state = "released"
    assert present.leg_state(stage.procedure, leg) == stage.procedure.words["state.released"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("The street lamp at the gate went out again yesterday", "The street lamp at the gate went out……"),
        ("门口的路灯" * 9, ("门口的路灯" * 9)[:38] + "……"),
        ("x" * 50, "x" * 38 + "……"),
        ("The street lamp at the gate", "The street lamp at the gate"),
    ],
)
def test_a_long_title_is_cut_between_words(line: str, told: str) -> None:
    assert story.cut(line) == told
