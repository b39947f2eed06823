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

from .models import Klass
from .selectors import of_class
from .services import Line, enrol_posts


def columns(by: Act) -> Sequence[Column]:
    """What a sheet may bring: posts, never names."""
    return (
        Column("code", _("班的编号"), as_code(), required=True, example="c-000001"),
        Column("post", _("岗位代码"), as_code(), required=True, hint=_("写岗位，不写人；组织页上能看到代码")),
    )


def judge(by: Act, rows: Sequence[Given], verdicts: Verdicts) -> None:
    """The class is open and ours, the post is there; twice in one sheet is once. Two statements."""
    classes = Klass.objects.in_bulk([row.text("code") for row in rows])
    posts = orgs.post_words([row.text("post") for row in rows])
    seen: set[tuple[str, str]] = set()
    for row in rows:
        code, post = row.text("code"), row.text("post")
        klass = classes.get(code)
        if klass is None or klass.until is not None:
            verdicts.wrong(row.row, "code", code, _("没有这个班，或已经结束"), _("请从培训页上抄班的编号"))
        elif not allowed(by, "class.enrol", of_class(str(klass.org_id))):
            verdicts.wrong(row.row, "code", code, _("这个班不归您定名单"), _("请由主办单位导入"))
        elif post not in posts:
            verdicts.wrong(row.row, "post", post, _("没有这个岗位"), _("请从组织页上抄岗位代码"))
        elif (code, post) in seen:
            verdicts.known(row.row)
        else:
            seen.add((code, post))
            verdicts.good(row.row, Line(code, post))


def load(by: Act, items: list[Line]) -> object:
    """One command; who is in the class already stays as she is."""
    return enrol_posts(by, lines=items)


def rows(by: Act) -> Iterable[Mapping[str, Any]]:
    """Open classes without names: a list of a class is read on its page, for a purpose."""
    reach = reach_of(by, "class.enrol")
    for klass in Klass.objects.filter(until__isnull=True).order_by("code") if reach else ():
        if allowed(by, "class.enrol", of_class(str(klass.org_id))):
            yield {"code": klass.code, "post": ""}


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
        count=lambda by: sum(1 for _row in rows(by)),
    )
)
