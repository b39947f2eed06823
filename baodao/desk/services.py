"""Keeping and dropping views of the to-do list."""

from __future__ import annotations

import hashlib

from django.utils.translation import gettext as _

from baodao.kernel.act import Act, Subject
from baodao.kernel.errors import Conflict, Invalid, Missing
from baodao.kernel.verbs import Tx, verb

from .models import SavedView
from .selectors import SHARE, shared_of

#: Views of one person, and signs of a name.
MOST, LONGEST = 20, 20
_QUERY = 300


@verb("view.keep")
def keep(tx: Tx, by: Act, *, name: str, query: str, shared: bool = False) -> str:
    """Keep the list as it is now filtered, ordered and laid out, under a name; an own view of the name is replaced.
    ``shared``: the office has it too, which asks the right `view.share`. Gives its code. Raises Invalid, Conflict."""
    tx.ask("view.keep", Subject(ref="view", persons=(by.person,)))
    office = by.office if shared else ""
    if shared:
        tx.ask(SHARE, shared_of(office))
    title = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    if not 1 <= len(title) <= LONGEST:
        raise Invalid.of("name", _("视图要有名字，最多 %(n)d 个字") % {"n": LONGEST}, _("例如“逾期的漏水”"))
    if len(query) > _QUERY:
        raise Invalid.of("query", _("这个视图的条件太长"), _("请少选几项"))
    others = SavedView.objects.filter(owner=by.person).exclude(name=title)
    if others.count() >= MOST:
        raise Conflict.of("name", _("已经存了 %(n)d 个视图") % {"n": MOST}, _("请先删掉一个不用的"))
    code = hashlib.sha256(f"view\0{by.person}\0{title}".encode()).hexdigest()[:32]
    tx.upsert(
        SavedView,
        ("owner", "name"),
        code=code,
        owner=by.person,
        org=office,
        name=title,
        query=query,
        made=by.noted,
    )
    return code


@verb("view.drop")
def drop(tx: Tx, by: Act, *, code: str) -> str:
    """Drop an own view, or one that the office shares by whoever may share. Gives its name. Raises Missing for one that
    is not there or another's (the two are not told apart)."""
    row = SavedView.objects.filter(code=code).first()
    if row is None or (row.owner != by.person and row.org != by.office):
        raise Missing.of("code", _("没有这个视图"), _("请刷新页面"))
    if row.owner == by.person:
        tx.ask("view.keep", Subject(ref="view", persons=(by.person,)))
    else:
        tx.ask(SHARE, shared_of(row.org))
    tx.delete(SavedView, code=code)
    return row.name
