"""The picture of a procedure: complete, well-formed, and no text on another."""

import re
import xml.etree.ElementTree as ET
from itertools import combinations
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from baodao.kernel.declare import load_pack, pack_names
from baodao.matters.chart import as_text, chart_of
from baodao.matters.declare import Procedure
from baodao.matters.draw import svg, width
from tests.matters.test_check import build

SVG = "{http://www.w3.org/2000/svg}"


def all_charts():
    for pack_name in pack_names():
        pack = load_pack(Path(settings.PACKS) / pack_name)
        for name in pack.many(Procedure):
            for lang in ("zh-hans", "en"):
                yield f"{pack_name}.{name}.{lang}", chart_of(pack, name, lang)


def texts(document):
    """(left, top, right, bottom, text) of each text, by the drawing's own measure."""
    for node in document.iter(f"{SVG}text"):
        x, y, size = (float(node.get(key)) for key in ("x", "y", "font-size"))
        right = x + width(node.text or "", size)
        for part in node.iter(f"{SVG}tspan"):
            right += float(part.get("dx")) + width(part.text or "", float(part.get("font-size")))
        yield x, y - size * 0.85, right, y + size * 0.2, node.text


def test_every_shipped_procedure_is_drawn_without_text_on_text():
    seen = 0
    for name, chart in all_charts():
        document = ET.fromstring(svg(chart))
        wide, high = float(document.get("width")), float(document.get("height"))
        placed = list(texts(document))
        seen += len(placed)
        for left, top, right, bottom, text in placed:
            assert left >= 0, (name, text)
            assert top >= 0, (name, text)
            assert right <= wide, (name, text)
            assert bottom <= high, (name, text)
        for one, other in combinations(placed, 2):
            apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
            assert apart, (name, one, other)
    assert seen > 100


def test_every_action_clock_and_stage_is_in_the_picture():
    pack = load_pack(Path(settings.PACKS) / "fuling")
    procedure = pack.many(Procedure)["request"]
    drawn = {node.text for node in ET.fromstring(svg(chart_of(pack, "request"))).iter(f"{SVG}text")}
    assert {action.title for action in procedure.actions} <= drawn
    assert {procedure.word(f"stage.{stage}") for stage in procedure.stages} <= drawn
    for clock in procedure.clocks:
        assert any(text and text.startswith(clock.title) for text in drawn), clock.name


def test_the_picture_uses_attributes_only():
    """It stands in pages whose policy forbids inline style and script."""
    for name, chart in all_charts():
        picture = svg(chart)
        assert not re.search(r"<(style|script|foreignObject|image)|style=|href|on[a-z]+=", picture), name


def test_what_is_declared_cannot_break_out_of_the_picture(tmp_path):
    folder = build(tmp_path / "small", {"ask": ('title = "Answer"', 'title = "<script>&\\"</text>"')})
    chart = chart_of(load_pack(folder), "ask")
    document = ET.fromstring(svg(chart))
    assert '<script>&"</text>' in {node.text for node in document.iter(f"{SVG}text")}
    assert not list(document.iter(f"{SVG}script"))


def test_the_text_view_says_who_where_and_until_when(tmp_path):
    chart = chart_of(load_pack(build(tmp_path / "small")), "ask")
    lines = as_text(chart).splitlines()
    assert lines[0] == "Ask"
    assert "    Answer · 承办单位 → answered" in lines
    assert "    Late · 系统" in lines
    assert any(line.startswith("[In hand · called]  ◷ answer_by 5 ") for line in lines), lines


def test_a_chinese_character_is_one_em():
    assert width("涪陵", 14) == pytest.approx(28)
    assert width("ab", 10) < width("涪陵", 10)


def test_the_command_writes_the_picture(tmp_path, capsys):
    target = tmp_path / "request.svg"
    call_command("pack", "show", "request", "--pack", "fuling", "--svg", str(target))
    assert ET.fromstring(target.read_text(encoding="utf-8")).tag == f"{SVG}svg"
    call_command("pack", "show", "request", "--pack", "fuling", "--lang", "en")
    assert "Arrange a visit" in capsys.readouterr().out
