"""Duty items in forms: what a field of type `duty_item` may name, asked of the lists in orgs.

Forms stay pure: they only read a code. Services call `check_duty_items` with the addressee and the day. An item
is named by its code, or as ``<org>:<code>`` when it is of another organization's list.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from baodao.kernel.errors import Fault, Invalid
from baodao.orgs import duties
from baodao.orgs.duties import CALLABLE, KINDS, TAKEN_BACK, Duty
from baodao.orgs.selectors import holders, name_of

from .declare import Action
from .move import Called

TYPE = "duty_item"


def duty_of(org: str, named: str, day: date) -> Duty | None:
    """The item that a code names for an organization: of its own list, of the list that it names, or of another
    list of the district. Once its own list was taken back a bare code is no longer read as another list's: it may have meant
    what is gone. One statement, three for another list's bare code."""
    other, colon, code = named.rpartition(":")
    if colon:
        return duties.find_duty(other, code, day)
    own = duties.find_duty(org, code, day)
    return own if own is not None or duties.was_taken_back(org) else duties.find_elsewhere(org, code, day)


def check_duty_items(action: Action, fields: Mapping[str, Any], org: str, day: date) -> None:
    """Raise Invalid for each filled `duty_item` field that names no item which fits the action. Nothing is asked
    when the action has no such field, or it is empty and nothing is sent back.

    :param org: the addressee: whose leg it is, or who is called; a field ``org`` of the action goes before it.
    :param day: the local day on which the act happened.

    Who is called is called for a basic or cooperating item of its own list. Who sends a leg back cites an item
    of its own list that was taken back, or one of another organization's list; without a list of its own it may
    give a reason alone. Any other action names any item that there is.
    """
    addressee = str(fields.get("org") or org)
    faults = []
    for name, declared in action.fields.items():
        named = str(fields.get(name) or "")
        if declared.rstrip("?") != TYPE:
            continue
        if named:
            wrong = _wrong(action, addressee, named, duty_of(addressee, named, day))
            faults += [Fault(name, *wrong)] if wrong else []
        elif action.fact == "leg_returned" and must_cite(action, addressee, day):
            reason = _("%(org)s有履职清单，退回要引用一项") % {"org": name_of(addressee)}
            faults.append(Fault(name, reason, _("请从列表里选依据")))
    if faults:
        raise Invalid(*faults)


def _wrong(action: Action, org: str, named: str, duty: Duty | None) -> tuple[str, str] | None:
    if duty is None:
        unknown = _("那一天没有哪份清单有“%(named)s”这一项") % {"named": named}, _("请从履职清单里选")
        return _taken_back(named.rpartition(":")[0] or org, named) or unknown
    words = {"item": duty.title, "org": name_of(org), "kind": KINDS[duty.kind]}
    if action.fact == "leg_returned":
        if duty.org != org or duty.kind == TAKEN_BACK:
            return None
        reason = _("“%(item)s”在%(org)s的清单里是%(kind)s，不能据此退回") % words
        return reason, _("请引用已经收回的一项，或别的单位清单里的一项")
    if action.fact == "leg_called" or "org" in action.fields:
        if duty.org != org:
            return _("%(org)s的清单里没有这一项") % words, _("请选它清单里的一项")
        if duty.kind not in CALLABLE:
            reason = _("“%(item)s”已经由上级收回，不能派给%(org)s") % words
            return reason, _("请选基本履职或配合履职的一项")
    return None


def _taken_back(org: str, named: str) -> tuple[str, str] | None:
    """Reason and remedy when the list that had an item was taken back. One statement."""
    if not duties.was_taken_back(org):
        return None
    words = {"named": named, "org": name_of(org)}
    reason = _("%(org)s的清单撤回过，“%(named)s”现在不在清单里，不能引用") % words
    return reason, _("请从现行的履职清单里选")


def must_cite(action: Action, org: str, day: date) -> bool:
    """Whether a return has to cite an item: the organization has a list, and there is something to cite. One to
    three statements."""
    return duties.version_on(org, day) is not None and bool(duty_choices(action, org, day))


def check_calls(calls: Sequence[Called], day: date) -> None:
    """Raise Invalid naming each row whose duty item is not one for which its addressee may be called. No statement
    when no row names one, else one, and one for each that no list has."""
    wanted = {n: (called.org, _own_code(called)) for n, called in enumerate(calls) if called.duty}
    found = duties.find_many(wanted.values(), day) if wanted else {}
    faults = []
    for n, (org, code) in wanted.items():
        words = {"org": name_of(org), "named": code}
        duty = found.get((org, code))
        if duty is None:
            unknown = _("%(org)s的清单里没有“%(named)s”这一项") % words, _("请选它清单里的一项")
            faults.append(Fault(f"calls.{n}.duty", *(_taken_back(org, code) or unknown)))
        elif duty.kind not in CALLABLE:
            reason = _("“%(named)s”已经由上级收回，不能派给%(org)s") % words
            faults.append(Fault(f"calls.{n}.duty", reason, _("请选基本履职或配合履职的一项")))
    if faults:
        raise Invalid(*faults)


def check_posts(named: Mapping[str, tuple[str, str]], day: date) -> None:
    """Raise Invalid for each field whose (organization, post) is no appointment in force: nobody could report in. No
    statement when no post is named, else one."""
    wanted = {name: (org, post) for name, (org, post) in named.items() if post}
    held = (
        {(str(post.org_id), post.code) for post in holders([org for org, _post in wanted.values()], day)}
        if wanted
        else ()
    )
    faults = [
        Fault(name, _("%(org)s没有这个岗位，或现在没有人任") % {"org": name_of(org)}, _("请从它的岗位里选"))
        for name, (org, post) in wanted.items()
        if (org, post) not in held
    ]
    if faults:
        raise Invalid(*faults)


def _own_code(called: Called) -> str:
    """The code as its own list has it; another organization's keeps its mark and is not found there."""
    org, _colon, code = called.duty.rpartition(":")
    return code if org in ("", called.org) else called.duty


def duty_words(org: str, named: str, day: date) -> str:
    """What a code is called: code, title, class and whose list, if another's; the code itself when no list has it, with a word when
    its list was taken back. One statement, three for another list's bare code and for one that is gone."""
    duty = duty_of(org, named, day)
    if duty is None:
        return said_gone(named, named.rpartition(":")[0] or org)
    return _shown(duty) + ("" if duty.org == org else f" · {name_of(duty.org)}")


def said_gone(code: str, org: str) -> str:
    """An item that no list has: a citation stays as it was made, and says so when its list was taken back. One statement."""
    return _("%(code)s（所引的清单已撤回）") % {"code": code} if duties.was_taken_back(org) else code


def duty_choices(action: Action, org: str, day: date) -> list[tuple[str, str]]:
    """(code, words) of the items that a field of this action may name, for the form: the addressee's own first.
    One statement, two for an action that may name another organization's."""
    own = duties.duties_of(org, day)
    if action.fact == "leg_returned":
        own = [duty for duty in own if duty.kind == TAKEN_BACK]
    elif action.fact == "leg_called" or "org" in action.fields:
        return [(duty.code, _shown(duty)) for duty in own if duty.kind in CALLABLE]
    home = duties.district_of(org, day)
    others = duties.callable_orgs(day, [home]) if home else {}
    found = [(duty.code, _shown(duty)) for duty in own]
    for other, items in others.items():
        if other != org:
            found += [(f"{other}:{duty.code}", f"{_shown(duty)} · {name_of(other)}") for duty in items]
    return found


def _shown(duty: Duty) -> str:
    return f"{duty.code} {duty.title}（{KINDS[duty.kind]}）"
