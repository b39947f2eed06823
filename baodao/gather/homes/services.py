"""Writes to homes. Help is opened, taken and thanked for by matters' own verbs; here is what a declaration cannot say."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from django.utils.translation import gettext as _

from baodao.kernel.act import Act, Subject
from baodao.kernel.errors import Conflict, Invalid, Missing
from baodao.kernel.verbs import Tx, verb
from baodao.ledger.erasure import forget_subjects
from baodao.ledger.models import Content, Fact
from baodao.matters.models import Matter, MatterFile
from baodao.matters.policies import actor_of, subject_of
from baodao.matters.services.tokens import token_here, token_of
from baodao.matters.services.writing import load, queue_facts, queue_rows, take
from baodao.orgs import selectors as orgs
from baodao.orgs.policies import forget_tokens
from baodao.people.selectors import token_for, tokens_here
from baodao.people.services.identity import queue_forgetting

from . import facts
from .models import HomeMember, Trust
from .selectors import DOMAIN, HELP, HELPERS, LEVEL, own

LONGEST = timedelta(hours=12)
AHEAD = timedelta(days=7)


@verb("home.join")
def join_home(tx: Tx, by: Act, *, home: str) -> str:
    """My household joins a home; by its own wish, and it leaves as freely."""
    tx.ask("home.join", own(by.person))
    node = orgs.forest().nodes.get(home)
    if node is None or node.level != LEVEL or not node.at(orgs.today()):
        raise Invalid.of("home", _("没有这个小家"), _("请从列表里选"))
    token = token_of(tx, by)
    if not HomeMember.objects.filter(org=home, token=token).exists():
        tx.fact(facts.HomeJoined(), subject=f"home:{home}", org=home, person=token, level=2)
        tx.upsert(HomeMember, ("org", "token"), org=home, token=token)
    return home


@verb("home.leave")
def leave_home(tx: Tx, by: Act, *, home: str) -> str:
    """It leaves; nobody asks why."""
    tx.ask("home.leave", own(by.person))
    token = token_for(by.person, DOMAIN)
    if not token or not HomeMember.objects.filter(org=home, token=token).exists():
        raise Conflict.of("home", _("您不在这个小家里"), _("请刷新页面"))
    tx.fact(facts.HomeLeft(), subject=f"home:{home}", org=home, person=token, level=2)
    tx.delete(HomeMember, org=home, token=token)
    return home


@verb("trust.give")
def give_trust(tx: Tx, by: Act, *, helper: str) -> str:
    """Put a volunteer onto my own list. She is one who was vetted by name: appointed to a home."""
    tx.ask("trust.give", own(by.person))
    post = orgs.post(helper)
    if post is None or post.kind not in HELPERS or (post.until is not None and post.until <= orgs.today()):
        raise Invalid.of("helper", _("这不是小家的志愿者"), _("只能选审核过的志愿者"))
    token = token_of(tx, by)
    if not Trust.objects.filter(token=token, helper=helper).exists():
        tx.fact(facts.TrustGiven(helper), subject=f"trust:{token}", person=token, level=3)
        tx.upsert(Trust, ("token", "helper"), token=token, helper=helper)
    return helper


@verb("trust.end")
def end_trust(tx: Tx, by: Act, *, helper: str) -> str:
    """Take a volunteer off it, from now on."""
    tx.ask("trust.end", own(by.person))
    token = token_for(by.person, DOMAIN)
    if not token or not Trust.objects.filter(token=token, helper=helper).exists():
        raise Conflict.of("helper", _("名单上没有这位志愿者"), _("请刷新页面"))
    tx.fact(facts.TrustEnded(helper), subject=f"trust:{token}", person=token, level=3)
    tx.delete(Trust, token=token, helper=helper)
    return helper


@verb("trust.allow")
def allow_fetch(
    tx: Tx, by: Act, *, number: str, at: datetime, until: datetime, guardian: bool = False
) -> str:
    """The guardian's own act (PIPL art. 31: under 14 a parent or guardian agrees): this volunteer, who took the help and stands on her
    list, may fetch the child in this time, once. Gives the volunteer's post. Raises Missing, Conflict, Invalid."""
    tx.ask("trust.allow", own(by.person))
    loaded = load(number, lock=True)
    token = token_for(by.person, DOMAIN)
    mine = set(tokens_here(by.person, DOMAIN))
    if loaded.state.procedure != HELP or mine.isdisjoint(loaded.state.reporters):
        raise Missing.of("number", _("没有这个编号"), _("请核对编号"))
    lead = loaded.state.lead
    helper = lead.holder if lead is not None else ""
    if not helper:
        raise Conflict.of("number", _("还没有人接"), _("有人接了再同意"))
    if not Trust.objects.filter(token=token, helper=helper).exists():
        raise Conflict.of(
            "helper", _("这位志愿者不在您的名单上"), _("信得过，先加进您的名单；信不过，就不要让他接")
        )
    if not guardian:
        raise Invalid.of("guardian", _("接孩子要监护人本人同意"), _("是监护人，请打上勾"))
    if not at < until <= at + LONGEST or not by.happened - timedelta(hours=1) <= at <= by.happened + AHEAD:
        raise Invalid.of("until", _("时间不对"), _("从一周以内的一个时间起，最长 12 小时"))
    given = {"post": helper, "at": at.isoformat(), "until": until.isoformat(), "guardian": True}
    actor = actor_of(by, token_here(tx, by, loaded.procedure, loaded.facts), subject_of(loaded.state))
    lapses, decision = take(loaded, by, actor, "allow", fields=given)
    queue_facts(tx, loaded.state.subject, [*lapses, *decision.emits])
    queue_rows(tx, loaded, decision.state)
    return helper


@verb("help.forget")
def forget_help(tx: Tx, by: Act, *, numbers: list[str]) -> int:
    """All words and files of helps that are over are gone, and what anybody was told of them; whoever asked or acted is nobody's
    token from now on: codes stay that are about nobody. Gives how many texts."""
    tx.ask("help.forget", Subject(ref="matter:help"))
    held = Matter.objects.filter(number__in=numbers, procedure=HELP, ended__isnull=False)
    subjects = [f"matter:{number}" for number in held.values_list("number", flat=True)]
    ids = list(Fact.objects.filter(subject__in=subjects).exclude(commitments="").values_list("id", flat=True))
    texts = Content.objects.filter(fact__in=ids).count()
    if ids:
        tx.delete(Content, fact=ids)
    if numbers:
        tx.delete(MatterFile, matter=[subject.partition(":")[2] for subject in subjects])
        tokens = set(
            Fact.objects.filter(subject__in=subjects).exclude(person="").values_list("person", flat=True)
        )
        tokens |= {one for one in held.values_list("reporter", flat=True) if one}
        whose = queue_forgetting(tx, tokens)
        for uid in whose:
            tx.after_commit(partial(forget_tokens, uid))
        forget_subjects(subjects)
    return texts
