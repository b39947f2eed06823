"""The parts that declarations of many systems share: guards that count, checklists, ledgers, grants, money in yuan."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import pytest

from baodao.kernel.errors import Invalid
from baodao.matters import checklists, guards
from baodao.matters.declare import Action, Checklist, Guard, Item, Procedure
from baodao.matters.desk.fields import typed_fields
from baodao.matters.forms import fill
from baodao.matters.state import Trace

from .scene import CALENDAR, RESIDENT, at
from .test_guards import ask, scene

ROOT = Path(__file__).resolve().parents[2]
LIST = Checklist("market", (Item("exits", "出口", "fire", "serious"), Item("drains", "下水", "hygiene")))
ROUND = Procedure(title="t", stages=("due", "ended"), checklists=(LIST,))
CHECK = Action(name="check", fields={"list": "checklist"})


def line(action: str, person: str = "", about: str = "", **fields: Any) -> Trace:
    return Trace(1, "acted", action, at("03-02 09:00"), "", "", about, person, fields)


@pytest.mark.parametrize(
    ("guard", "lines", "missing"),
    [
        (Guard(gathered="acted.consent", by="party", least=2), [line("consent", party="a")], 1),
        (Guard(gathered="acted.consent", by="party", least=2), [line("consent", party="a")] * 2, 1),
        (Guard(gathered="acted.consent", by="party", least=2), [line("consent", party=p) for p in "ab"], 0),
        (Guard(gathered="acted.score", least=3), [line("score", p) for p in "xyx"], 1),
        (Guard(gathered="acted.score", least=3), [line("score", p) for p in "xyz"], 0),
        (Guard(gathered="acted.score", least=3), [line("note", p) for p in "xyz"], 3),
    ],
)
def test_gathered_counts_what_differs(guard: Guard, lines: list[Trace], missing: int) -> None:
    state = scene()
    state.trail = [line("open"), *lines]
    reason = guards.gathered(ask(RESIDENT, state, action=Action(name="x", when=(guard,))), guard)
    assert (f"{missing} 份" in reason) == bool(missing)


def test_gathered_may_ask_the_opening_how_many() -> None:
    guard, state = Guard(gathered="acted.consent", by="party", of="parties"), scene()
    state.trail = [line("open", parties=3), line("consent", party="a"), line("consent", party="b")]
    assert "1 份" in guards.gathered(ask(RESIDENT, state), guard)
    state.trail.append(line("consent", party="c"))
    assert guards.gathered(ask(RESIDENT, state), guard) == ""


def test_gathered_of_codes_means_the_first_ones() -> None:
    """The consents of the first and a third side are not those of two sides."""
    guard, state = Guard(gathered="acted.consent", by="party", of="parties"), scene()
    consent = Action(name="consent", title="同意", fields={"party": "code:a|b|c"})
    procedure = Procedure(title="t", stages=("a",), actions=(consent,), words={"value.b": "乙方"})
    state.trail = [line("open", parties=2), line("consent", party="a"), line("consent", party="c")]
    assert guards.gathered(ask(RESIDENT, state, procedure=procedure), guard) == "“同意”还差：乙方"
    state.trail.append(line("consent", party="b"))
    assert guards.gathered(ask(RESIDENT, state, procedure=procedure), guard) == ""
    state.trail[:] = [line("open", parties=0)]
    assert guards.gathered(ask(RESIDENT, state, procedure=procedure), guard) != "", (
        "nobody asked is not all agreed"
    )
    state.trail += [line("consent", party="a"), line("consent", party="b"), line("consent", party="c")]
    # More sides than there are codes for: never enough, rather than without one of them.
    state.trail[0] = line("open", parties=4)
    assert "还差 1 份" in guards.gathered(ask(RESIDENT, state, procedure=procedure), guard)


def test_scopes_name_what_is_missing() -> None:
    state, guard = scene(scope="knows"), Guard(scopes=("knows", "does"))
    procedure = Procedure(title="t", stages=("a",), words={"scope.does": "谁去做"})
    assert guards.scopes(ask(RESIDENT, state, procedure=procedure), guard) == "还缺：谁去做"


@pytest.mark.parametrize(
    "wrong", ['{ gathered = "acted.x" }', "{ least = 3 }", '{ gathered = "acted.x", within = "1 day" }']
)
def test_a_guard_that_counts_says_how_many(wrong: str) -> None:
    import tomllib

    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(tomllib.loads(f"guard = {wrong}")["guard"], Guard)


def test_a_checklist_is_whole_and_keeps_codes_apart_from_texts() -> None:
    given = {"list": {"exits": {"result": "fail", "note": " 堵了 "}, "drains": "ok"}}
    filled = fill(ROUND, CHECK, given, at("03-02 09:00").date(), CALENDAR, kind="market")
    assert filled.codes == {"list.exits": "fail", "list.drains": "ok"}
    assert filled.texts == {"list.exits": "堵了"}
    (found,) = checklists.failed(ROUND, "market", "list", filled.codes, filled.texts)
    assert (found.item.name, found.note) == ("exits", "堵了")
    assert checklists.told(ROUND, "market", "list", filled.codes) == "看了 2 项，1 项不合格：出口"
    for wrong in (
        {"exits": "ok"},
        {"exits": "ok", "drains": "maybe"},
        {**given["list"], "roof": "ok"},
        {},
        "x",
    ):
        with pytest.raises(Invalid) as caught:
            fill(ROUND, CHECK, {"list": wrong}, at("03-02 09:00").date(), CALENDAR, kind="market")
        assert caught.value.faults[0].field == "list"


@pytest.mark.parametrize(
    ("typed", "fen"),
    [("12", "1200"), ("1,200.5", "120050"), ("0.05", "5"), ("一百", "一百"), ("1.234", "1.234")],
)
def test_money_is_typed_in_yuan_and_kept_in_fen(typed: str, fen: str) -> None:
    action = Action(name="x", fields={"amount": "money"})
    assert typed_fields(action, {"amount": typed}, None, None) == {"amount": fen}  # type: ignore[arg-type]


def test_no_python_carries_a_systems_id_or_a_packs_name() -> None:
    """A district's own way is data: outside tests no path and no identifier speaks of one system, or of one district."""
    files = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True)
    packs = "|".join(
        path.name for path in (ROOT / "packs").iterdir() if path.is_dir() and path.name != "base"
    )
    wrong = re.compile(rf"(?<![A-Za-z0-9])(?:[DYNFW]\d\d)(?![A-Za-z0-9])|(?:{packs})", re.I)
    found = []
    for name in files.stdout.split():
        if name.startswith(("tests/", "benchmarks/")) or not (ROOT / name).exists():
            continue
        if wrong.search(name):
            found.append(name)
        found += [f"{name}: {word}" for word in _identifiers(ROOT / name) if wrong.search(word)]
    assert found == []


def _identifiers(path: Path) -> set[str]:
    import tokenize

    with tokenize.open(path) as source:
        return {
            token.string for token in tokenize.generate_tokens(source.readline) if token.type == tokenize.NAME
        }
