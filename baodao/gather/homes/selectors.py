"""Reads of homes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Count

from baodao.kernel.act import Act, Subject
from baodao.ledger.models import Content, Fact
from baodao.ledger.selectors import facts_of, texts_of
from baodao.matters.facts import Acted
from baodao.matters.models import Leg, Matter
from baodao.matters.openly import released
from baodao.matters.selectors import mine
from baodao.orgs import selectors as orgs
from baodao.orgs.models import Post
from baodao.people.selectors import living_once, token_for

from .models import HomeMember, Trust

HELP, QUESTION, LEVEL, DOMAIN = "help", "skill_question", "home", "matters"
HELPERS = ("home_head", "home_helper")


def own(person: str) -> Subject:
    """What is somebody's own."""
    return Subject(ref=f"person:{person}", level=2, persons=(person,) if person else ())


def homes(day: date, kind: str, community: str = "") -> list[tuple[str, str, str]]:
    """(code, name, community) of homes of a kind, in a community or all, by name. No statement."""
    trees = orgs.forest()
    found = []
    for code, node in trees.nodes.items():
        if node.level == LEVEL and node.kind == kind and node.at(day):
            above = trees.chain(code, day)[1:2]
            if not community or community in above:
                found.append((code, orgs.name_of(code), orgs.name_of(above[0]) if above else ""))
    return sorted(found, key=lambda one: (one[2], one[1]))


def members(codes: Sequence[str]) -> dict[str, int]:
    """Home → households that joined. One statement."""
    rows = HomeMember.objects.filter(org__in=codes).values("org").annotate(n=Count("id"))
    return dict(rows.values_list("org", "n"))


def joined(person: str) -> set[str]:
    """Homes that somebody joined. Two statements."""
    token = token_for(person, DOMAIN) if person else ""
    return set(HomeMember.objects.filter(token=token).values_list("org", flat=True)) if token else set()


def trusted(person: str) -> list[Post]:
    """A guardian's own list, of those who are volunteers still. Three statements."""
    token = token_for(person, DOMAIN) if person else ""
    codes = list(Trust.objects.filter(token=token).values_list("helper", flat=True)) if token else []
    rows = Post.objects.filter(code__in=codes, kind__in=HELPERS).filter(orgs.in_force(orgs.today()))
    return list(rows.order_by("code"))


def helpers(home: str, day: date) -> list[Post]:
    """Vetted volunteers of a home. One statement."""
    return orgs.holders([home], day, HELPERS)


def my_help(by: Act, limit: int = 20) -> list[Matter]:
    """What I asked my homes, the newest first."""
    return list(mine(by).filter(procedure=HELP)[:limit])


def my_questions(by: Act, limit: int = 20) -> list[Matter]:
    """What I asked neighbours with a skill."""
    return list(mine(by).filter(procedure=QUESTION)[:limit])


def may_agree(row: Matter) -> bool:
    """Whether the answer may become a page, if she agrees."""
    return row.stage in ("answered", "ended") and bool(row.claim) and not row.shown


def holder_of(number: str) -> str:
    """The post that has taken a help; "" for none. One statement."""
    rows = Leg.objects.filter(matter=number, ended__isnull=True).order_by("-n")
    return rows.values_list("holder", flat=True).first() or ""


def agreed(number: str, helper: str) -> tuple[datetime, datetime] | None:
    """From when until when the guardian's last act lets this post fetch the child; None without one. One statement."""
    told = [
        fact.data.fields
        for fact in facts_of(f"matter:{number}")
        if isinstance(fact.data, Acted)
        and fact.data.action == "allow"
        and fact.data.fields.get("post") == helper
    ]
    if not told:
        return None
    return datetime.fromisoformat(str(told[-1]["at"])), datetime.fromisoformat(str(told[-1]["until"]))


def helped_by(post: str) -> int:
    """How many were helped by a post: done, or answered. One statement."""
    return Leg.objects.filter(holder=post, state__in=("done", "answered")).count()


def to_forget(before: datetime, limit: int = 200) -> list[str]:
    """Numbers of helps that ended before a moment and still have words, or somebody who asked. Three statements."""
    rows = Matter.objects.filter(procedure=HELP, ended__lt=before).order_by("ended", "number")
    known = set(rows.filter(reporter__in=living_once()).values_list("number", flat=True)[:limit])
    numbers = list(rows.values_list("number", flat=True))
    subjects = Fact.objects.filter(
        subject__in=[f"matter:{number}" for number in numbers], id__in=Content.objects.values("fact")
    )
    left = set(subjects.values_list("subject", flat=True))
    return [number for number in numbers if number in known or f"matter:{number}" in left][:limit]


def answers(words: str = "", kind: str = "", after: str = "", limit: int = 31) -> list[Matter]:
    """Answers that became pages, the newest first. One statement."""
    rows = released().filter(procedure=QUESTION)
    rows = rows.filter(shown__icontains=words) if words else rows
    rows = rows.filter(kind=kind) if kind else rows
    rows = rows.filter(number__lt=after) if after else rows
    return list(rows.order_by("-number")[:limit])


def page_of(number: str) -> tuple[Matter, str] | None:
    """An answer's page: the matter and the text that was written for it. Three statements; no other text is read."""
    row = released().filter(procedure=QUESTION, number=number).first()
    if row is None:
        return None
    told = [
        f for f in facts_of(f"matter:{number}") if isinstance(f.data, Acted) and f.data.action == "publish"
    ]
    texts = texts_of([told[-1].id]) if told else {}
    return row, (texts[told[-1].id].get("text", "") if told and told[-1].id in texts else "")
