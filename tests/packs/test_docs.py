"""The changes that docs/packs.md shows a clerk: each is laid over Fuling and must be sound."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from baodao.matters.check import inspect
from baodao.matters.declare import Procedure
from baodao.orgs.declare import PostKind

PAGE = Path(__file__).resolve().parents[2] / "docs" / "packs.md"
BLOCKS = [
    block
    for block in re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
    if "stages =" not in block
]


def laid_over_fuling(tmp_path: Path, block: str):
    home = tmp_path / "packs"
    home.mkdir()
    for name in ("base", "fuling"):
        (home / name).symlink_to(Path(settings.PACKS) / name)
    own = home / "mine"
    own.mkdir()
    (own / "change.toml").write_text(f'extends = "fuling"\nsource = "district"\n{block}', encoding="utf-8")
    for file in ("divisions.json", "border.geojson"):
        (own / file).write_text("{}", encoding="utf-8")
    return inspect(own)


@pytest.mark.parametrize("place", range(len(BLOCKS)))
def test_a_change_that_the_page_shows_is_sound(tmp_path, place):
    _pack, faults = laid_over_fuling(tmp_path, BLOCKS[place])
    assert [fault.as_line() for fault in faults] == []


def test_the_changes_do_what_the_page_says(tmp_path):
    whole = "\n".join(BLOCKS)
    assert len(BLOCKS) >= 4
    pack, _faults = laid_over_fuling(tmp_path, whole)
    request = pack.many(Procedure)["request"]
    clock = request.clock("answer_by")
    assert clock is not None
    assert (clock.limit, clock.source) == ("3 workdays", "district")
    assert request.word("stage.handling") == "正在处理"
    assert "noise" not in {kind.name for kind in request.kinds}
    assert "weather" not in {pause.name for pause in request.pauses}
    # The list is replaced whole; what grants give comes behind it.
    assert [line.right for line in pack.many(PostKind)["grid_worker"].rights][:2] == [
        "request.open",
        "request.note",
    ]
    granted = {line.right for line in pack.many(PostKind)["grid_worker"].rights[2:]}
    assert "round.check" in granted
    assert not {right for right in granted if right.startswith(("request.", "whistle."))}


def test_a_district_takes_an_action_out_with_one_line(tmp_path):
    """Words, rights and English of the lower layer for it stay silent; its own are told."""
    _pack, faults = laid_over_fuling(
        tmp_path, '[procedure.request]\nremove = ["action.rate", "action.visited"]\n'
    )
    assert [fault.as_line() for fault in faults] == []


def test_its_own_words_for_what_is_not_there_are_told(tmp_path):
    _pack, faults = laid_over_fuling(tmp_path, '[procedure.request.words]\n"stage.handlin" = "x"\n')
    assert [(fault.code, fault.file, fault.line, fault.nearest) for fault in faults] == [
        ("reference", "mine/change.toml", 4, "stage.handling")
    ]


def test_what_the_clerk_s_guide_shows_is_sound_together(tmp_path):
    text = (PAGE.parent / "guide-clerk.md").read_text(encoding="utf-8")
    shown = re.findall(r"```toml\n(.*?)```", text, re.S)
    assert len(shown) == 4
    pack, faults = laid_over_fuling(tmp_path, "\n".join(shown))
    assert [fault.as_line() for fault in faults] == []
    request = pack.many(Procedure)["request"]
    assert request.clock("answer_by").limit == "3 workdays"
    assert [kind.title for kind in request.kinds if kind.name == "river"] == ["河道"]
    assert "上门看" in request.action("visit").reads
