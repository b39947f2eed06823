"""Alliances in forms: what a field of type `alliance` may name, asked of the alliances in orgs, and what it is called."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from baodao.kernel.errors import Fault, Invalid
from baodao.orgs.alliances.selectors import alliances_of, name_of
from baodao.orgs.selectors import forest

from .declare import Action

TYPE = "alliance"


def check_alliances(action: Action, fields: Mapping[str, Any], org: str, day: date) -> None:
    """Raise Invalid for each filled `alliance` field that names none in which ``org`` takes part on the day. No
    statement when none is named, else one."""
    named = {
        name: str(fields[name])
        for name, declared in action.fields.items()
        if declared.rstrip("?") == TYPE and fields.get(name)
    }
    if not named:
        return
    known = {one.code for one in alliances_of(org, day)}
    faults = [
        Fault(name, _("本单位那一天没有参加“%(code)s”") % {"code": code}, _("请从本单位参加的共同体里选"))
        for name, code in named.items()
        if code not in known
    ]
    if faults:
        raise Invalid(*faults)


def check_unnamed(action: Action, fields: Mapping[str, Any], day: date) -> None:
    """Raise Invalid where an organization was chosen whose kind a call of this action leaves out. No statement."""
    node = forest().nodes.get(str(fields.get("org") or ""))
    if node is not None and node.at(day) and node.kind in unnamed(action):
        raise Invalid.of("org", _("这样的单位不点名请"), _("请列成“公开的需要”，由愿意的单位自己接"))


def unnamed(action: Action) -> frozenset[str]:
    """Kinds of organization that this action never calls by name."""
    return frozenset(kind for effect in action.then for kind in effect.but)


def alliance_words(code: str) -> str:
    """An alliance's name in the reader's language; its code when there is none. One statement."""
    return name_of(code) or code
