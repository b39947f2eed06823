"""Every door that takes a file, what it eats, and who stands there. Found by generation: each function of the product that reads an upload,
each endpoint that takes its body raw, each control of kind "file" on a page has to stand here (test_hostile)."""

from __future__ import annotations

import ast
import contextlib
import inspect
import io
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.core.handlers.wsgi import WSGIRequest

from baodao.kernel.tables.template import template_of, templates
from baodao.kernel.tables.write import write_xlsx
from tests.matters.test_importing import HEAD
from tests.support.town import A

from .hostile import File
from .routes import World
from .stock import by

ROOT = Path(__file__).resolve().parents[2]


class Door(NamedTuple):
    """``eats``: sheet, evidence or polygon; ``params`` of the address: what a family of the town holds, or a word; ``body``: what is sent
    beside the file; ``header``: titles of the columns that it reads."""

    key: str
    who: str
    eats: str
    field: str = "file"
    params: dict[str, str] = {}
    body: dict[str, Any] = {}
    header: Callable[[Any], list[str]] = lambda town: []


def _columns(name: str) -> Callable[[Any], list[str]]:
    return lambda town: [column.title for column in template_of(name).columns(by(town, "administrator"))]


def _plan(town: Any) -> list[str]:
    from baodao.orgs.plans.sheet import columns

    return [column.title for column in columns(by(town, "administrator"))]


def _legs(_town: Any) -> list[str]:
    from baodao.matters.legsheet.columns import columns

    return [column.title for column in columns()]


#: Who brings a sheet in where the administrator may not.
BRINGS = {
    "rolls": "psec",
    "service_members": "liaison",
    "households": "secretary",
    "talents": "secretary",
    "class_lists": "secretary",
    "offers": "clerk",
}
SHEETS = (
    Door("desk:import", "clerk", "sheet", header=lambda town: HEAD.strip().split(",")),
    Door("desk:duty-import", "supervisor", "sheet", header=_columns("duties")),
    Door("desk:legs", "secretary", "sheet", header=_legs),
    Door("desk:plan-import", "administrator", "sheet", params={"code": "plans"}, header=_plan),
    Door(
        "desk:alliance-import",
        "secretary",
        "sheet",
        params={"code": "alliances"},
        header=lambda town: ["单位代码", "角色", "加入日期"],
    ),
    Door(
        "desk:opinions",
        "secretary",
        "sheet",
        body={"do": "sheet"},
        header=lambda town: ["意见", "称呼", "电话"],
    ),
    Door("desk:return-give", "supervisor", "sheet"),
)
POLYGONS = (
    Door(
        "desk:grids-import",
        "administrator",
        "polygon",
        body={"org": A, "since": "2026-01-01", "datum": "wgs84"},
    ),
    Door("api:grid.draw", "administrator", "polygon", field=""),
    Door(
        "desk:grids-draw",
        "administrator",
        "polygon",
        field="",
        body={"org": A, "name": "格", "since": "2026-01-01"},
    ),
)
EVIDENCE = (
    Door("api:file.send", "administrator", "evidence", field=""),
    Door("api:device_alert.receive", "platform", "evidence", field=""),
    Door(
        "portal:report",
        "",
        "evidence",
        field="photo",
        body={"do": "preview", "kind": "road", "text": "路灯不亮"},
    ),
    Door(
        "portal:begin-one",
        "resident",
        "evidence",
        field="photo",
        params={"name": "service_order"},
        body={"do": "preview"},
    ),
    Door(
        "portal:apply",
        "resident",
        "evidence",
        field="photo",
        body={"do": "send", "title": "项目", "text": "想申报"},
    ),
    Door(
        "portal:ask-skill",
        "resident",
        "evidence",
        field="photo",
        body={"kind": "farming", "text": "叶子发黄"},
    ),
    Door(
        "portal:own",
        "resident",
        "evidence",
        field="photo",
        params={"number": "things"},
        body={"action": "add", "text": "在这里。"},
    ),
    Door(
        "portal:own",
        "resident",
        "evidence",
        field="photo",
        params={"number": "firms"},
        body={"action": "agree", "firm": "某公司"},
    ),
    Door("desk:report", "secretary", "evidence", field="photo", body={"behalf": "1", "do": "preview"}),
    Door(
        "desk:start-one",
        "secretary",
        "evidence",
        field="photo",
        params={"name": "whistle"},
        body={"do": "send"},
    ),
    Door(
        "desk:matter",
        "secretary",
        "evidence",
        field="photo",
        params={"number": "things"},
        body={"_do": "answer", "claim": "solved", "result": "好了"},
    ),
    Door(
        "desk:gathering",
        "secretary",
        "evidence",
        params={"code": "open_slots"},
        body={"do": "enclose", "name": "分工表"},
    ),
    Door(
        "desk:walk",
        "secretary",
        "evidence",
        field="photo",
        params={"slot": "walks"},
        body={"do": "find", "text": "灯坏了", "point": "1"},
    ),
    Door(
        "desk:check",
        "secretary",
        "evidence",
        field="photo",
        params={"slot": "checks"},
        body={"minutes": "好", "text": "灯坏了"},
    ),
    Door("desk:branch-record", "psec", "evidence", field="paper", body={"do": "check", "day": "2026-03-02"}),
)


def doors() -> list[Door]:
    """All of them; a sheet that is brought in is a door by its template."""
    brought = [
        Door(
            "desk:bring-one",
            BRINGS.get(one.name, "administrator"),
            "sheet",
            params={"name": f"={one.name}"},
            header=_columns(one.name),
        )
        for one in templates()
    ]
    return [*SHEETS, *brought, *POLYGONS, *EVIDENCE]


def address(door: Door, world: World) -> str:
    from django.urls import reverse

    filled = {}
    for name, source in door.params.items():
        held = getattr(world, source, None) or world.stock.get(source)
        filled[name] = next(iter(held)) if held else source.lstrip("=")
    return reverse(door.key, kwargs=filled)


# ── what is found by looking ──


def readers() -> set[str]:
    """ "module.function" of each function of the product whose source reads what was uploaded."""
    found = set()
    for file in sorted((ROOT / "baodao").rglob("*.py")):
        text = file.read_text("utf-8")
        if ".FILES" not in text:
            continue
        module = ".".join(file.relative_to(ROOT).with_suffix("").parts)
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef) and any(
                isinstance(one, ast.Attribute) and one.attr == "FILES" for one in ast.walk(node)
            ):
                found.add(f"{module}.{node.name}")
    return found


@contextlib.contextmanager
def watched() -> Iterator[set[str]]:
    """The functions that read an upload while this lasts."""
    found: set[str] = set()
    original = WSGIRequest.FILES

    def files(self: WSGIRequest) -> Any:
        frame = inspect.currentframe()
        caller = frame.f_back if frame else None
        if caller is not None and str(caller.f_globals.get("__name__", "")).startswith("baodao."):
            found.add(f"{caller.f_globals['__name__']}.{caller.f_code.co_qualname.partition('.<locals>')[0]}")
        return original.fget(self)  # type: ignore[attr-defined]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WSGIRequest, "FILES", property(files))
        yield found


# ── sheets whose columns are right and whose cells are not ──

_CELLS = ("", " ", "=1+1", "=cmd|' /C calc'!A0", "@SUM(1)", "1e999", "NaN", "-1", "9" * 40, "9999-12-31", "0001-01-01", "2026-02-30", "x" * 40_000,
          "\u202e甲", "\ud7ff", "'; DROP TABLE x; --", "<script>", A, "A" * 200, "是", "0", "１２", "500102", "{}", "[[1,2],[3]]", "true",
          '{"type":"Polygon","coordinates":[[[1e999,1],[2,2],[3,3],[1e999,1]]]}', "106.5,29.5", "13800000000", "11010519491231002X")  # fmt: skip


def fuzzed(chance: random.Random, header: list[str], rows: int) -> File:
    """A workbook with the titles that the door reads and cells that nobody types."""
    out = io.BytesIO()
    odd = [*_CELLS, 1e308, -1, 2**53 + 1, True, None]
    write_xlsx(out, "x", header, ([chance.choice(odd) for _title in header] for _n in range(rows)))
    return File("sheet", "fuzzed.xlsx", out.getvalue())


def feature(body: bytes) -> bytes:
    """A polygon as a file of grids would have it."""
    head = (
        b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"'
        + "格".encode()
        + b'"},"geometry":'
    )
    return head + body + b"}]}"


__all__ = ["Door", "address", "doors", "feature", "fuzzed", "readers", "watched"]
