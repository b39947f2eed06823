"""Reading packs: positions, merging, strictness, sources, words, English, versions."""

import random
import threading
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

import msgspec
import pytest
from msgspec import Struct

from baodao.kernel.declare import (
    BadPack,
    Pack,
    forget_packs,
    get_pack,
    lines_of,
    load_pack,
    pack_names,
    register_section,
    sections,
    suggest,
)
from baodao.kernel.declare.sections import _SECTIONS, Section

DISTRICT = """
source = "public"
[district]
code = "500102"
name = "涪陵区"
name_en = "Fuling"
number = "FL-{year}-{n:06}"
office_hours = ["09:00-12:00"]
"""


class Step(Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    limit: int = 0
    kind: Literal["short", "long"] = "short"
    title: str = ""
    source: str = ""


class Game(Struct, frozen=True, forbid_unknown_fields=True):
    title: str
    steps: tuple[Step, ...] = msgspec.field(name="step", default=())
    tags: tuple[str, ...] = ()
    options: dict[str, int] = msgspec.field(default_factory=dict)
    source: str = ""


@pytest.fixture(autouse=True)
def game(monkeypatch):
    """A section of our own beside the product's; gone after the test."""
    monkeypatch.setitem(_SECTIONS, "game", Section("game", Game, many=True))


def write(folder: Path, **files: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


def load(tmp_path: Path, own: str, base: str | None = None) -> Pack:
    if base is not None:
        write(tmp_path / "base", a=base)
        own = f'extends = "base"\n{own}'
    return load_pack(write(tmp_path / "own", pack=own, place=DISTRICT))


def faults(tmp_path: Path, own: str, base: str | None = None) -> list[tuple[str, str, int, str, str]]:
    with pytest.raises(BadPack) as caught:
        load(tmp_path, own, base)
    return [(fault.code, fault.file, fault.line, fault.field, fault.nearest) for fault in caught.value.faults]


# --- positions ---------------------------------------------------------------------------------------------------

TOML = '''# a comment with [brackets] and "quotes"
top = 1
[a.b]
"odd.key" = "x # no comment"
long = """
one
two"""
list = [
  1, # first
  { name = "in", deep = [2, 3] },
]
a.dotted.key = true
[[a.c]]
name = "one"
[[a.c.d]]
x = 1
[[a.c]]
name = 'two'
[[a.c.d]]
x = 2
[[a.c.d]]
x = 3
'''


def test_each_key_path_has_its_line():
    lines = lines_of(TOML)
    assert lines["top",] == 2
    assert lines["a", "b"] == 3
    assert lines["a", "b", "odd.key"] == 4
    assert lines["a", "b", "long"] == 5
    assert lines["a", "b", "list"] == 8
    assert lines["a", "b", "list", 0] == 9
    assert lines["a", "b", "list", 1, "deep", 1] == 10
    assert lines["a", "b", "a", "dotted", "key"] == 12
    assert lines["a", "c", 0, "d", 0, "x"] == 16
    assert lines["a", "c", 1, "name"] == 18
    assert lines["a", "c", 1, "d", 1, "x"] == 22


def leaves(value, path=()):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from leaves(inner, (*path, place))
    else:
        yield path, value


@pytest.mark.parametrize("seed", range(60))
def test_lines_agree_with_tomllib_on_drawn_texts(seed):
    """Oracle: every leaf that tomllib sees lies on the line where the drawing put its own number."""
    draw = random.Random(seed)
    rows, line, used = [], 1, set()

    def put(text):
        nonlocal line
        rows.append(text)
        line += text.count("\n") + 1

    def value(depth=0):
        shape = draw.choice(["int", "int", "str", "long", "list", "table"] if depth < 3 else ["int", "str"])
        if shape == "int":
            return str(draw.randrange(9))
        if shape == "str":
            return draw.choice(['"a # ] } b"', "'it\\'", '"\\" ]"', '"é中"'])
        if shape == "long":
            return draw.choice(['"""x ] "q" y"""', "'''a, b = {'''", '"""end"""'])
        inner = [value(depth + 1) for _ in range(draw.randrange(4))]
        if shape == "list":
            return "[" + ", ".join(inner) + draw.choice([",]", "]"]) if inner else "[]"
        return "{ " + ", ".join(f"k{n} = {one}" for n, one in enumerate(inner)) + " }" if inner else "{}"

    expected = {}
    table: tuple = ()
    counts: dict[str, int] = {}
    for turn in range(25):
        move = draw.choice(["key", "key", "key", "table", "array", "blank"])
        if move == "blank":
            put(draw.choice(["", "# x = [1", "  # {"]))
        elif move == "table":
            put(f"[t{turn}.s]  # [no]")
            table = (f"t{turn}", "s")
        elif move == "array":
            name = draw.choice(["many", "more"])
            put(f"[[{name}]]")
            counts[name] = counts.get(name, -1) + 1
            table = (name, counts[name])
        else:
            expected[(*table, f"v{turn}")] = line
            used.add(turn)
            put(f"v{turn} = {value()}")
    text = "\n".join(rows) + "\n"
    data = tomllib.loads(text)
    lines = lines_of(text)
    assert expected, "the drawing has keys"
    for path, at in expected.items():
        assert lines[path] == at, (path, text)
    for path, _value in leaves(data):
        assert path in lines, (path, text)


# --- strictness: every fault, located ------------------------------------------------------------------------------


def test_all_faults_at_once_with_line_and_nearest_name(tmp_path):
    text = """source = "public"
[game.chess]
titel = "Chess"
step = [{ name = "one", limit = "3" }, { name = "two", kind = "shrt" }]
tags = [1]
options = { a = "b" }
[gmae.go]
title = "Go"
"""
    assert faults(tmp_path, text) == [
        ("missing", "own/pack.toml", 2, "game.chess.title", ""),
        ("key", "own/pack.toml", 3, "game.chess.titel", "title"),
        ("type", "own/pack.toml", 4, "game.chess.step[one].limit", ""),
        ("value", "own/pack.toml", 4, "game.chess.step[two].kind", "short"),
        ("type", "own/pack.toml", 5, "game.chess.tags[0]", ""),
        ("type", "own/pack.toml", 6, "game.chess.options.a", ""),
        ("section", "own/pack.toml", 7, "gmae", "game"),
    ]


def test_a_fault_reads_as_one_line_with_remedy(tmp_path):
    with pytest.raises(BadPack) as caught:
        load(tmp_path, 'source = "public"\n[game.chess]\ntitle = "C"\ntagz = []\n')
    line = caught.value.faults[0].as_line()
    assert line.startswith("own/pack.toml:4 game.chess.tagz: ")
    assert "tags" in line.partition("→")[2]
    assert line in caught.value.as_text()


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ('source = "public"\n[game.chess]\ntitle = "C\n', "toml", 3),
        ('source = "public"\n[game.chess]\nsteps = ["a",\n', "toml", 3),
        ('source = "public"\ngame = 3\n', "shape", 2),
        ('source = "public"\n[game]\nchess = "C"\n', "shape", 3),
        ('source = "publik"\n[game.chess]\ntitle = "C"\n', "source", 1),
        ('[game.chess]\ntitle = "C"\n', "source", 1),
        (
            'source = "public"\n[game.chess]\ntitle = "C"\nstep = [{ name = "a" }, { name = "a" }]\n',
            "twice",
            4,
        ),
        ('source = "public"\n[words]\ndesk = 3\n[words.en]\ndesk = "D"\n', "word", 3),
        ('source = "public"\n[words]\ndesk = "台"\n', "word", 3),
        ('source = "public"\n[words.en]\ndesk = "D"\n', "word", 3),
        ('source = "public"\n[game.chess]\ntitle = "棋"\n', "english", 3),
        ('source = "public"\n[game.c]\ntitle = "C"\n[english.game.c]\ntag = "D"\n', "english", 5),
        (
            'source = "public"\n[game.c]\ntitle = "棋 {who}"\n[english.game.c]\ntitle = "Chess {whom}"\n',
            "slots",
            5,
        ),
    ],
)
def test_each_kind_of_fault_has_its_code_and_line(tmp_path, text, code, line):
    found = faults(tmp_path, text)
    assert (code, line) in {(row[0], row[2]) for row in found}, found


def test_two_files_may_share_a_section_but_not_an_entry(tmp_path):
    write(tmp_path / "own", more='source = "public"\n[game.go]\ntitle = "Go"\n')
    pack = load(tmp_path, 'source = "public"\n[game.chess]\ntitle = "Chess"\n')
    assert set(pack.many(Game)) == {"chess", "go"}
    write(tmp_path / "own", twice='source = "public"\n[game.go]\ntitle = "Go"\n')
    with pytest.raises(BadPack) as caught:
        load_pack(tmp_path / "own")
    assert [(fault.code, fault.file, fault.line) for fault in caught.value.faults] == [
        ("twice", "own/twice.toml", 2)
    ]
    assert "more.toml:2" in caught.value.faults[0].reason


def test_an_empty_folder_and_a_missing_base_are_faults(tmp_path):
    (tmp_path / "none").mkdir()
    with pytest.raises(BadPack) as caught:
        load_pack(tmp_path / "none")
    assert {fault.code for fault in caught.value.faults} == {"empty", "missing"}
    write(tmp_path / "base", a='source = "public"\n')
    write(tmp_path / "other", pack='extends = "bose"\n' + DISTRICT)
    with pytest.raises(BadPack) as caught:
        load_pack(tmp_path / "other")
    assert [(fault.code, fault.nearest) for fault in caught.value.faults] == [("extends", "base")]


def test_packs_that_extend_each_other_are_told_apart(tmp_path):
    write(tmp_path / "a", pack='extends = "b"\n' + DISTRICT)
    write(tmp_path / "b", pack='extends = "a"\n' + DISTRICT)
    with pytest.raises(BadPack) as caught:
        load_pack(tmp_path / "a")
    assert "extends" in {fault.code for fault in caught.value.faults}


def test_district_files_must_lie_in_the_pack(tmp_path):
    write(tmp_path / "own", place=DISTRICT + 'border = "../border.geojson"\n')
    with pytest.raises(BadPack) as caught:
        load_pack(tmp_path / "own")
    assert [(fault.code, fault.field) for fault in caught.value.faults] == [("file", "district.border")]


# --- merging ------------------------------------------------------------------------------------------------------

BASE = """source = "public"
[game.chess]
title = "Chess"
tags = ["old", "board"]
options = { a = 1, b = 2 }
step = [{ name = "one", limit = 1 }, { name = "two", limit = 2 }, { name = "three", limit = 3 }]
[game.go]
title = "Go"
"""


def test_tables_merge_deep_named_lists_by_name_other_lists_whole(tmp_path):
    own = """source = "district"
[game.chess]
tags = ["new"]
options = { b = 9, c = 3 }
[[game.chess.step]]
name = "two"
kind = "long"
[[game.chess.step]]
name = "four"
"""
    chess = load(tmp_path, own, BASE).many(Game)["chess"]
    assert chess.title == "Chess"
    assert chess.tags == ("new",)
    assert chess.options == {"a": 1, "b": 9, "c": 3}
    assert [(step.name, step.limit, step.kind) for step in chess.steps] == [
        ("one", 1, "short"),
        ("two", 2, "long"),
        ("three", 3, "short"),
        ("four", 0, "short"),
    ]


def test_remove_takes_out_entries_members_and_keys(tmp_path):
    own = """source = "district"
[game]
remove = ["go"]
[game.chess]
remove = ["step.two", "options.a", "tags"]
"""
    games = load(tmp_path, own, BASE).many(Game)
    assert list(games) == ["chess"]
    assert [step.name for step in games["chess"].steps] == ["one", "three"]
    assert (games["chess"].options, games["chess"].tags) == ({"b": 2}, ())


def test_removing_what_is_not_there_names_the_nearest(tmp_path):
    own = 'source = "district"\n[game.chess]\nremove = ["step.tow"]\n'
    assert faults(tmp_path, own, BASE) == [("remove", "own/pack.toml", 4, "game.chess.remove", "step.two")]


def test_a_fault_from_the_base_is_told_where_the_base_stands(tmp_path):
    found = faults(tmp_path, 'source = "district"\n', BASE.replace("limit = 3", 'limit = "3"'))
    assert found == [("type", "base/a.toml", 6, "game.chess.step[three].limit", "")]


# --- sources ------------------------------------------------------------------------------------------------------


def test_a_source_is_inherited_from_the_file_and_the_layer_that_changed_a_rule_answers_for_it(tmp_path):
    base = BASE.replace("[game.go]", '[game.go]\nsource = "assumed"')
    own = """source = "district"
[[game.chess.step]]
name = "two"
limit = 5
[game.ludo]
title = "Ludo"
source = "assumed"
"""
    pack = load(tmp_path, own, base)
    games = pack.many(Game)
    assert [games[name].source for name in ("chess", "go", "ludo")] == ["public", "assumed", "assumed"]
    assert [step.source for step in games["chess"].steps] == ["public", "district", "public"]
    assert pack.source("game", "chess", "step", "two", "limit") == "district"
    assert pack.source("game", "chess", "step", "one", "limit") == "public"
    assert pack.where("game", "chess", "step", "two") == ("own/pack.toml", 3)
    assert [(row.key, row.file, row.line) for row in pack.assumed()] == [
        ("game.go", "base/a.toml", 7),
        ("game.ludo", "own/pack.toml", 6),
    ]


def test_a_changed_rule_in_an_assumed_file_is_listed_by_itself(tmp_path):
    own = 'source = "assumed"\n[[game.chess.step]]\nname = "two"\nlimit = 5\n'
    pack = load(tmp_path, own, BASE)
    assert [row.key for row in pack.assumed()] == ["game.chess.step[two]"]


# --- words and English --------------------------------------------------------------------------------------------


def test_words_fall_back_from_english_to_chinese_to_the_key(tmp_path):
    pack = load(tmp_path, 'source = "public"\n[words]\ndesk = "窗口"\n[words.en]\ndesk = "Desk"\n')
    assert (pack.word("desk"), pack.word("desk", "en"), pack.word("other", "en")) == ("窗口", "Desk", "other")


def test_english_lies_over_the_same_struct_by_path_and_name(tmp_path):
    own = """source = "public"
[game.chess]
title = "棋"
[[game.chess.step]]
name = "one"
title = "走"
[english.game.chess]
title = "Chess"
step = { one = { title = "Move" } }
"""
    pack = load(tmp_path, own)
    told = pack.many(Game, "en")["chess"]
    assert (told.title, told.steps[0].title) == ("Chess", "Move")
    assert pack.many(Game)["chess"].steps[0].title == "走"
    older = Game(title="旧棋", steps=(Step("one", title="旧走"), Step("gone", title="没了")))
    spoken = pack.speak(older, "game", "chess")
    assert [step.title for step in spoken.steps] == ["Move", "没了"]


# --- versions and the cache -----------------------------------------------------------------------------------------


def test_the_digest_follows_what_is_declared_and_not_how_it_is_written(tmp_path):
    first = load(tmp_path / "1", BASE)
    moved = load(
        tmp_path / "2",
        BASE.replace('title = "Chess"\n', "\n# moved\n").replace("options", 'title = "Chess"\noptions'),
    )
    other = load(tmp_path / "3", BASE.replace("limit = 3", "limit = 4"))
    assert first.digest("game", "chess") == moved.digest("game", "chess") != other.digest("game", "chess")
    assert first.digest("game", "go") == other.digest("game", "go")
    assert first.digest() == moved.digest() != other.digest()
    assert msgspec.json.decode(first.canonical("game", "chess"), type=Game) == first.many(Game)["chess"]


def test_a_pack_is_read_once_until_forgotten(tmp_path, settings):
    settings.PACKS = tmp_path
    forget_packs()
    folder = write(tmp_path / "own", pack=DISTRICT + '[game.go]\ntitle = "Go"\n')
    (tmp_path / "base").mkdir()
    (tmp_path / "notes").mkdir()
    try:
        assert pack_names() == ["own"]
        first = get_pack("own")
        write(folder, pack=DISTRICT + '[game.go]\ntitle = "Weiqi"\n')
        assert get_pack("own") is first
        forget_packs()
        assert get_pack("own").many(Game)["go"].title == "Weiqi"
    finally:
        forget_packs()


def test_threads_that_want_a_pack_at_once_read_it_once(tmp_path, settings, monkeypatch):
    from baodao.kernel.declare import load as loading

    settings.PACKS = tmp_path
    forget_packs()
    write(tmp_path / "own", pack=DISTRICT)
    begun = threading.Barrier(6)
    read, real = [], loading.load_pack

    def slowly(folder, home=None):
        read.append(folder.name)
        time.sleep(0.05)
        return real(folder, home)

    def want(_n):
        begun.wait(10)
        return get_pack("own")

    monkeypatch.setattr(loading, "load_pack", slowly)
    try:
        with ThreadPoolExecutor(6) as pool:
            assert len({id(pack) for pack in pool.map(want, range(6))}) == 1
        assert read == ["own"]
    finally:
        forget_packs()


def test_a_section_has_one_struct():
    register_section("game", Game)
    with pytest.raises(ValueError, match="game"):
        register_section("game", Step)
    assert sections()["game"].struct is Game
    assert "district" in sections()


def test_suggestions_name_the_nearest_or_list_what_there_is():
    assert suggest("anwser", ["answer", "cannot"])[0] == "answer"
    near, remedy = suggest("zzz", ["answer", "cannot"])
    assert near == ""
    assert "answer" in remedy
    assert "cannot" in remedy
    assert suggest("x", [])[1]
