"""Class lists from a sheet: one line, one post in one class."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.act import Act
from baodao.kernel.tables.columns import Column, as_code
from baodao.kernel.tables.template import Given, Template, Verdicts, register_template
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs
from baodao.orgs.policies import reach_of
from baodao.people.selectors import persons_of, tokens_for
from baodao.people.services.reading import read_identity

from .models import Klass
from .selectors import WAY, enrolled, of_class, seats_of, sessions, trait
from .services import Line, enrol_posts


def columns(by: Act) -> Sequence[Column]:
    """What a sheet may bring: posts, never names."""
    return (
        Column("code", _("班的编号"), as_code(), required=True, example="c-000001"),
        Column("post", _("岗位代码"), as_code(), required=True, hint=_("写岗位，不写人；组织页上能看到代码")),
    )


def judge(by: Act, rows: Sequence[Given], verdicts: Verdicts) -> None:
    """The class is open and ours and has sessions, the post has a holder; who is in the class already, or twice in one sheet, is
    known. Two statements, and three for each class."""
    classes = Klass.objects.in_bulk(sorted({row.text("code") for row in rows}))
    holders = orgs.holders_now([row.text("post") for row in rows])
    inside = {code: _inside(code, holders.values()) for code in classes}
    seen: set[tuple[str, str]] = set()
    for row in rows:
        code, post = row.text("code"), row.text("post")
        klass = classes.get(code)
        if klass is None or klass.until is not None:
            verdicts.wrong(row.row, "code", code, _("没有这个班，或已经结束"), _("请从培训页上抄班的编号"))
        elif not allowed(by, "class.enrol", of_class(str(klass.org_id))):
            verdicts.wrong(row.row, "code", code, _("这个班不归您定名单"), _("请由主办单位导入"))
        elif post not in holders:
            verdicts.wrong(
                row.row, "post", post, _("没有这个岗位，或现在没有人"), _("请从组织页上抄岗位代码")
            )
        elif (code, holders[post]) in seen or holders[post] in inside[code][0]:
            verdicts.known(row.row)
        elif not inside[code][1]:
            verdicts.wrong(row.row, "code", code, _("这个班还没有排课"), _("请先排课，再定名单"))
        else:
            seen.add((code, holders[post]))
            verdicts.good(row.row, Line(code, post))


def _inside(code: str, persons: Iterable[str]) -> tuple[set[str], bool]:
    """Who of these persons is in a class, and whether more can be entered. Three statements."""
    slots = sessions(code)
    tokens = tokens_for(persons, slots[0].domain) if slots else {}
    there = set(enrolled(code))
    open_ = any(slot.state == "open" and trait(slot, WAY) != "on_line" for slot in slots)
    return {uid for uid, token in tokens.items() if token in there}, open_


def load(by: Act, items: list[Line]) -> object:
    """One command; who is in the class already stays as she is."""
    return enrol_posts(by, lines=items)


def rows(by: Act) -> Iterable[Mapping[str, Any]]:
    """Who is in the open classes that the actor convenes, by a post that she holds today, opened for the act's purpose and logged.
    Without names; who holds no post is not in a sheet of posts."""
    for klass in _ours(by):
        tokens = enrolled(klass.code)
        read_identity(by, tokens, ("name",), of_class(str(klass.org_id)), right="class.enrol")
        uids = persons_of(tokens, by.purpose)
        posts = orgs.posts_now(uids.values())
        for token in tokens:
            if post := posts.get(uids.get(token, "")):
                yield {"code": klass.code, "post": post}


def _ours(by: Act) -> list[Klass]:
    if not reach_of(by, "class.enrol"):
        return []
    found = Klass.objects.filter(until__isnull=True).order_by("code")
    return [row for row in found if allowed(by, "class.enrol", of_class(str(row.org_id)))]


def count(by: Act) -> int:
    """How many lines of open classes. Two statements."""
    return seats_of([row.code for row in _ours(by)])


register_template(
    Template(
        name="class_lists",
        title=gettext_lazy("培训班名单"),
        about=gettext_lazy("一行一个岗位，进哪个班"),
        order=120,
        columns=columns,
        judge=judge,
        load=load,
        rows=rows,
        may_load=lambda by: bool(reach_of(by, "class.enrol")),
        may_see=lambda by: bool(reach_of(by, "class.enrol")),
        count=count,
        personal=True,
    )
)
