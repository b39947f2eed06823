"""What everybody may read of a matter of public space once staff released a title: title, stage, unit, next date, steps
by their names, with the figures that they show to all. Texts are never loaded here, so that no resident's words can get out; who reported, confirmed or rated
is not told.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from msgspec import Struct
from msgspec.structs import replace

from baodao.kernel.act import Act
from baodao.kernel.declare import get_pack
from baodao.kernel.errors import Missing
from baodao.kernel.selectors import current_calendar
from baodao.kernel.show import Happening, Tone
from baodao.ledger.selectors import Recorded, facts_of
from baodao.orgs.selectors import forest, home_pack, name_of, today
from baodao.people.selectors import token_for

from .declare import LEG_STATE_AFTER, Action, Procedure
from .facts import (
    TO_PROCEDURE,
    Acted,
    Closed,
    Extended,
    HandedOver,
    LegAnswered,
    LegCalled,
    LegReported,
    LegRuled,
    Opened,
    Paused,
    Reopened,
    Resumed,
    Step,
    moved_to,
)
from .lapses import advance
from .meanings import FOLLOW, UNFOLLOW
from .models import Follower, Matter
from .present import Promise, awaits_reporter, is_joint, next_dates, shares
from .selectors import follower_count
from .services.tokens import DOMAIN
from .services.writing import own
from .state import State
from .story import value_words
from .versions import unfold, version, words_of

#: Steps that are told by their name. Of the acts that have no kind of their own only those that are told to residents.
TOLD = (
    LegCalled,
    LegReported,
    LegAnswered,
    LegRuled,
    Paused,
    Resumed,
    Extended,
    HandedOver,
    Reopened,
    Closed,
    Acted,
)


class Shown(Struct, frozen=True):
    """A released matter as everybody may see it. ``state`` holds codes only; ``steps`` are told without texts."""

    row: Matter
    procedure: Procedure
    """In the reader's language."""
    state: State
    steps: list[Happening]
    followers: int
    follows: bool
    """Whether the reader follows it."""


def released() -> QuerySet[Matter]:
    """All matters whose title staff released."""
    return Matter.objects.exclude(shown="")


def shown_page(
    *, org: str = "", kind: str = "", words: str = "", after: str = "", most: int = 30
) -> list[Matter]:
    """Released matters, the newest first, from behind the number ``after``: in an organization and below it, of one
    kind, whose released title holds ``words``. One statement, two behind the first page."""
    rows = released()
    if org:
        tree, day = forest(), today()
        rows = rows.filter(org__in=[org, *tree.below(org, day)])
    if kind:
        rows = rows.filter(kind=kind)
    if words:
        rows = rows.filter(shown__icontains=words)
    last = released().filter(number=after).values_list("opened", flat=True).first() if after else None
    if last is not None:
        rows = rows.filter(Q(opened__lt=last) | Q(opened=last, number__gt=after))
    return list(rows.order_by("-opened", "number")[:most])


def followed_page(by: Act, after: str, most: int) -> list[Matter]:
    """Released matters that this person follows, the newest first, from behind the number ``after``. Whose title was taken back is
    not shown to her either. Three statements, two on the first page."""
    token = token_for(by.person, DOMAIN) if by.person else ""
    if not token:
        return []
    rows = released().filter(number__in=Follower.objects.filter(token=token).values("matter"))
    last = rows.filter(number=after).values_list("opened", flat=True).first() if after else None
    if last is not None:
        rows = rows.filter(Q(opened__lt=last) | Q(opened=last, number__gt=after))
    return list(rows.order_by("-opened", "number")[:most])


def shown_one(by: Act, number: str) -> Shown:
    """One released matter. Raises Missing for one that is not there and for one that is not shown: the two are not told
    apart. Five statements."""
    row = released().filter(number=number).first()
    if row is None:
        raise Missing.of("number", _("没有这个编号，或没有公开"), _("请核对编号"))
    calendar = current_calendar()
    facts = own(facts_of(f"matter:{number}"))
    procedure, state = unfold(facts, calendar, number)
    if by.noted > state.last:
        state = advance(procedure, state, by.noted, calendar).state
    spoken = words_of(row.pack, row.procedure, procedure, by.lang)
    token = token_for(by.person, DOMAIN) if by.person else ""
    return Shown(
        row,
        spoken,
        state,
        steps(row, facts, by.lang),
        follower_count(state),
        bool(token) and token in state.followers,
    )


def public_kinds(lang: str) -> list[tuple[str, str]]:
    """(kind, words) of the kinds of the home pack that concern a place that everybody uses."""
    found: dict[str, str] = {}
    for procedure in get_pack(home_pack()).many(Procedure, lang).values():
        for kind in procedure.kinds:
            if procedure.is_public(kind.name):
                found.setdefault(kind.name, kind.title)
    return list(found.items())


def kind_words(procedure: Procedure, kind: str) -> str:
    """What a kind is called; the procedure's title for a kind that it does not declare (it was changed on the way)."""
    return next((row.title for row in procedure.kinds if row.name == kind), procedure.title)


# ── words ───────────────────────────────────────────────────────────────────────────────────────────────


def now_plain(procedure: Procedure, state: State) -> str:
    """Who has it and how far it is, as told to people whose matter it is not."""
    if state.ended is not None:
        return _("办理已经结束。")
    if is_joint(procedure):
        legs = shares(state)
        if awaits_reporter(procedure, state):
            return _("%(office)s已经给了答复。") % {"office": name_of(state.caller or state.org)}
        return _("几个单位一起办：请了 %(all)d 个，到了 %(came)d 个，办完 %(over)d 个。") % {
            "all": len(legs),
            "came": sum(leg.reported is not None for leg in legs),
            "over": sum(leg.ended is not None and bool(leg.verdict) for leg in legs),
        }
    lead = state.lead
    if lead is None:
        return procedure.word(f"stage.{state.stage}")
    words = {"office": name_of(lead.org)}
    if lead.ended is not None:
        return _("%(office)s已经给了答复。") % words
    if lead.cause:
        return _("%(office)s在办，现在%(cause)s。") % {**words, "cause": _pause(procedure, lead.cause)}
    return (
        _("%(office)s正在办。") % words
        if lead.reported is not None or lead.state != LEG_STATE_AFTER["leg_called"]
        else _("已经交给%(office)s，等它收到。") % words
    )


def _pause(procedure: Procedure, cause: str) -> str:
    return next((row.title for row in procedure.pauses if row.name == cause), cause)


def next_plain(procedure: Procedure, state: State, now: datetime) -> Promise | None:
    """The next date that others may wait for; none once only the resident's own word is missing."""
    if state.ended is not None or awaits_reporter(procedure, state):
        return None
    found = next(iter(next_dates(procedure, state, now)), None)
    # It is not the reader who is answered.
    return (
        replace(found, words=_("给出答复")) if found is not None and found.words == _("给您答复") else found
    )


def steps(row: Matter, facts: list[Recorded], lang: str, since: datetime | None = None) -> list[Happening]:
    """What offices and clocks did, by the names of the steps, with coded results; never a text, never a person.
    ``since``: only what was done from that moment on."""
    found: list[Happening] = []
    for fact, procedure in zip(facts, _procedures(row, facts, lang), strict=True):
        if since is not None and fact.happened < since:
            continue
        words = step_words(procedure, fact.data, name_of(fact.org) if fact.about else "")
        if words:
            whole = fact.precision == "day"
            found.append(Happening(words, fact.happened, _tone(fact), whole_day=whole, fact=fact.id))
    return found


def steps_of(number: str, lang: str, since: datetime | None = None) -> list[Happening]:
    """The same of a matter by its number, for those whose own matter goes on within it. Two statements."""
    row = Matter.objects.filter(number=number).first()
    return steps(row, own(facts_of(f"matter:{number}")), lang, since) if row is not None else []


def neighbours(main: str, but: Iterable[str]) -> int:
    """How many people, beside those tokens, reported what goes on as this matter: counted, never named. One statement."""
    rows = Matter.objects.filter(Q(number=main) | Q(into=main)).exclude(reporter__in=["", *but])
    return rows.values("reporter").distinct().count()


def _procedures(row: Matter, facts: Iterable[Recorded], lang: str) -> Iterable[Procedure]:
    """The procedure that declared each fact's action."""
    held: Procedure | None = None
    for fact in facts:
        data = fact.data
        if isinstance(data, Opened):
            held = words_of(row.pack, data.procedure, version(data.digest), lang)
        assert held is not None
        yield held
        digest = moved_to(data)
        if digest and isinstance(data, Step):
            held = words_of(
                row.pack, str(data.fields.get(TO_PROCEDURE, row.procedure)), version(digest), lang
            )


def _own(data: Opened) -> bool:
    """Whether an office began it for itself: nobody reported anything."""
    return bool(data.caller) and not data.behalf


def step_words(procedure: Procedure, data: object, office: str) -> str:
    """A step as everybody may read it, "" for one that is not told; ``office``: whose part it was, "" for the whole."""
    opened = procedure.action(data.action) if isinstance(data, Step) else None
    if isinstance(data, Opened):
        return (
            _with(procedure, opened, data)
            if opened is not None and (opened.shows or _own(data))
            else _("有人反映")
        )
    if not isinstance(data, Step) or not isinstance(data, TOLD):
        return ""
    action = procedure.action(data.action)
    if isinstance(data, LegCalled):
        return _("交给%(office)s") % {"office": office}
    if isinstance(data, Closed):
        return _("办理结束")
    if action is None or not _is_told(action, data):
        return ""
    words = _with(procedure, action, data)
    return _("%(office)s：%(step)s") % {"office": office, "step": words} if office else words


def _with(procedure: Procedure, action: Action, data: Step) -> str:
    """The step with its coded result and what it shows to all."""
    told = [word for word in (_result(procedure, data),) if word]
    told += [
        f"{procedure.label(action.name, name)} {value_words(procedure, action, name, data.fields[name])}"
        for name in action.shows
        if name in data.fields
    ]
    if not told:
        return action.title
    return _("%(step)s（%(result)s）") % {"step": action.title, "result": _("，").join(told)}


def _is_told(action: Action, data: Step) -> bool:
    """An act that has no kind of its own is told when its residents or followers are, or when it shows something to all, and it is not
    about who sees it."""
    if not isinstance(data, Acted) or action.shows:
        return True
    quiet = action.releases or action.sets_level or action.name in {FOLLOW, UNFOLLOW} or not action.who
    residents = {"reporter", "follower"} & set(action.tells)
    return bool(residents) and not quiet and "reporter" not in action.who


def _result(procedure: Procedure, data: Step) -> str:
    code = data.fields.get("verdict") or data.fields.get("claim")
    if isinstance(data, LegAnswered):
        code = data.claim
    elif isinstance(data, LegRuled):
        code = data.verdict
    return procedure.word(f"value.{code}") if code else ""


def _tone(fact: Recorded) -> Tone:
    if isinstance(fact.data, LegAnswered | LegRuled | Closed):
        return "done"
    if isinstance(fact.data, Paused):
        return "soon"
    return "way" if fact.post else "small"
