"""Sheets that came in and jobs that work at them, each begun on the page of who may: for her alone they are there."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from baodao.kernel.jobs import run_due
from baodao.kernel.tables.store import keep
from baodao.kernel.tables.write import write_xlsx
from tests.matters.test_importing import BAD, GOOD, HEAD
from tests.support.town import OFFICE, OTHER_STREET, SINCE, STREET, A, B, Town, square, words

from .kept import Held, lies

Found = dict[str, dict[str, Held]]
ORG_HEAD = ("组织代码", "名称", "层级", "类别", "上级", "成立日", "配置包")
NEW_ORG = (f"{STREET}008", "丁社区", "社区、村", "社区", STREET, SINCE, None)
BAD_ORG = (f"{STREET}009", "戊社区", "没有的层级", "社区", STREET, SINCE, None)


def book(title: str, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    """A filled sheet."""
    out = io.BytesIO()
    write_xlsx(out, title, header, rows)
    return out.getvalue()


def upload(body: bytes, name: str = "a.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, body)


def letters() -> bytes:
    return (HEAD + GOOD + BAD).encode()


def orgs() -> bytes:
    return book("组织", ORG_HEAD, [NEW_ORG, BAD_ORG])


def plan_lines() -> bytes:
    """B moves under the other street; and a change that there is not."""
    head = ("调整", "单位代码", "上级或接手单位的代码")
    return book("调整", head, [("移到", B, OTHER_STREET), ("没有这一种", A, "")])


def shapes() -> bytes:
    """A grid in the free ground of A, and one that has no name."""
    new = {
        "type": "Feature",
        "properties": {"name": "新网格", "code": f"{A}-07"},
        "geometry": json.loads(square(8, 1, 1)),
    }
    return json.dumps({"type": "FeatureCollection", "features": [new]}).encode()


def kept_sheets(town: Town) -> dict[str, str]:
    """family → name of the stored file that the door of this family reads."""
    from .stock import now

    members = book("成员", ("单位", "身份", "加入日"), [(OFFICE, "", None), ("没有这个单位", "", None)])
    legs = town.desk("secretary").get("/desk/legs.xlsx")
    assert legs.status_code == 200, words(legs)
    bodies = {
        "letters": letters(),
        "brought": orgs(),
        "members": members,
        "legs_sheet": bytes(legs.content),
        "shapes": shapes(),
        "plan_sheet": plan_lines(),
    }
    return {family: keep(io.BytesIO(body), now()) for family, body in bodies.items()}


def sheets(town: Town) -> Found:
    found = {family: {name: lies(A)} for family, name in kept_sheets(town).items()}
    for make in (_todo, _imported, _brought, _legs):
        found |= make(town, found)
    while run_due(timezone.now()):
        pass
    # Begun, and not yet taken up by a worker: these can be stopped.
    return found | {
        "waiting_todo": _todo(town, found)["todo_jobs"],
        "waiting_import": _imported(town, found, "letters-2")["import_jobs"],
        "waiting_legs": _legs(town, found, "legs-2")["legs_jobs"],
    }


def _job(answer: Any, who: str) -> dict[str, Held]:
    assert answer.status_code == 303, words(answer)
    return {str(answer["Location"]).rstrip("/").rpartition("/")[2]: lies(A, persons=(who,))}


def _todo(town: Town, _found: Found) -> Found:
    return {"todo_jobs": _job(town.desk("secretary").post("/desk/todo/sheet/", {"query": ""}), "secretary")}


def _imported(town: Town, found: Found, command: str = "letters-1") -> Found:
    (name,) = found["letters"]
    form = {"command": command, "do": "load", "good": "1"}
    return {"import_jobs": _job(town.desk("clerk").post(f"/desk/import/{name}/", form), "clerk")}


def _brought(town: Town, found: Found) -> Found:
    (name,) = found["brought"]
    desk = town.desk("administrator")
    load = desk.post(f"/desk/bring/orgs/{name}/", {"command": "bring-1", "do": "load", "good": "1"})
    export = desk.post("/desk/bring/", {"command": "bring-2", "names": ["orgs"], "purpose": "roster"})
    return {"bring_jobs": _job(load, "administrator"), "exports": _job(export, "administrator")}


def _legs(town: Town, found: Found, command: str = "legs-1") -> Found:
    (name,) = found["legs_sheet"]
    answer = town.desk("secretary").post(f"/desk/legs/{name}/", {"command": command, "do": "apply"})
    return {"legs_jobs": _job(answer, "secretary")}


__all__ = ["OFFICE", "Found", "book", "date", "sheets", "upload"]
