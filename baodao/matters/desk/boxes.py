"""Sealed cards on the desk: the list of those that name this reader, without a title; and opening one, for a purpose."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.act import Act, new_key
from baodao.kernel.declare import get_pack
from baodao.kernel.errors import Refused
from baodao.kernel.pages import page, render
from baodao.kernel.selectors import current_calendar
from baodao.matters import story
from baodao.matters.clocks import TICK
from baodao.matters.declare import Procedure
from baodao.matters.facts import Step
from baodao.matters.models import Matter
from baodao.matters.selectors import Seen, sealed_for
from baodao.matters.services.renewing import only_with
from baodao.matters.services.sealing import UNSEAL, totals
from baodao.matters.switches import Switch
from baodao.matters.versions import version, words_of
from baodao.orgs import selectors as orgs
from baodao.orgs.handover.selectors import SOON
from baodao.orgs.policies import reach_of
from baodao.orgs.selectors import pack_of, today
from baodao.people.door import act_from
from baodao.people.portal.mine import look_lines
from baodao.people.selectors import looks_into

from .start import own_org

PAGE = 50


@page(
    "desk", "cards/", name="cards", nav=(84, gettext_lazy("密封卡片")), methods=("GET", "HEAD"), right=UNSEAL
)
def cards(request: HttpRequest) -> HttpResponse:
    """Number, stage and day of what names this post, the newest first; below, the counts of the whole district from ten on."""
    by = act_from(request, command=new_key())
    if not reach_of(by, UNSEAL).named:
        raise Refused.of("", _("密封的卡片只对点名的人开放"), _("请由线索管理、巡察的岗位查看"))
    after = request.GET.get("after", "")[:24]
    rows = sealed_for(by.post, after, PAGE + 1)
    pack = get_pack(pack_of(own_org(request)))
    return render(
        request,
        "matters/desk/cards.html",
        rows=[_row(by, row) for row in rows[:PAGE]],
        more=rows[PAGE - 1].number if len(rows) > PAGE else "",
        **_leaving(by),
        kinds=[
            _kind(name, procedure, pack.many(Switch, by.lang).get(name))
            for name, procedure in pack.many(Procedure, by.lang).items()
            if procedure.sealed
        ],
    )


def _leaving(by: Act) -> dict[str, Any]:
    """When this reader's appointment ends soon: its day, and what nobody else will be able to open."""
    post = None if by.deputy else orgs.post(by.post)
    if post is None or post.until is None or post.until > today() + SOON:
        return {"leaves": None, "alone": []}
    return {"leaves": post.until, "alone": only_with(post, post.until)}


def _row(by: Act, row: Matter) -> SimpleNamespace:
    spoken = words_of(row.pack, row.procedure, version(row.digest), by.lang)
    due = row.next_at - TICK if row.next_at is not None and row.ended is None else None
    return SimpleNamespace(
        number=row.number,
        kind=spoken.title,
        stage=spoken.words.get(f"value.{row.outcome}")
        if row.ended is not None
        else spoken.word(f"stage.{row.stage}"),
        tone="done" if row.ended is not None else "way",
        opened=row.opened,
        due=due,
        left=current_calendar().left_words(due, by.noted) if due is not None else "",
        near=story.tone_of(due, by.noted) if due is not None else "",
    )


def _kind(name: str, procedure: Procedure, switch: Switch | None) -> SimpleNamespace:
    words = {"": _("一共"), "open": _("还在办")}
    return SimpleNamespace(
        title=procedure.title,
        switch=switch,
        on=switch is not None and switch.since <= today() <= switch.until,
        counts=[
            (words.get(code) or procedure.words.get(f"value.{code}", code), n) for code, n in totals(name)
        ],
    )


def box_of(
    request: HttpRequest, by: Act, seen: Seen, opened: dict[int, dict[str, str]] | None
) -> SimpleNamespace | None:
    """What the page of a sealed matter shows beside its story: what was opened just now, and who opened it before."""
    if not seen.procedure.sealed:
        return None
    return SimpleNamespace(
        there=bool(seen.shut),
        named=_named(seen.state.named),
        lines=_lines(seen, opened) if opened is not None else None,
        looks=look_lines(request, looks_into(seen.state.subject)) if by.post in seen.state.named else [],
    )


def _named(posts: list[str]) -> list[str]:
    """Office and post of those named, never their names; how many, where several hold the same."""
    found = Counter(story.post_title(post) for post in posts)
    return [
        words if n == 1 else _("%(post)s（%(n)d 人）") % {"post": words, "n": n} for words, n in found.items()
    ]


def _lines(seen: Seen, opened: dict[int, dict[str, str]]) -> list[Any]:
    """(act, when, by whom, [(field, value) in words]) of every fact that has something in the box."""
    found = []
    for fact in seen.facts:
        if fact.id not in opened or not isinstance(fact.data, Step):
            continue
        action = seen.procedure.action(fact.data.action)
        # What was chosen first, what was written last.
        slots = sorted(opened[fact.id].items(), key=lambda held: (_is_text(action, held[0]), held[0]))
        values = [
            (seen.procedure.word(f"field.{slot}"), _words(seen, action, slot, text)) for slot, text in slots
        ]
        title = action.title if action is not None else fact.data.action
        found.append((title, fact.happened, story.post_title(fact.post) if fact.post else "", values))
    return found


def _is_text(action: Any, slot: str) -> bool:
    return action is None or action.fields.get(slot, "text").rstrip("?") in ("text", "longtext")


def _words(seen: Seen, action: Any, slot: str, text: str) -> str:
    if _is_text(action, slot):
        return text
    declared = action.fields[slot].rstrip("?")
    return story.value_words(seen.procedure, action, slot, text == "True" if declared == "bool" else text)
