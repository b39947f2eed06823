"""Who came: by a rotating code, by list, from paper, corrected by both sides; that it took place; how it was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import msgspec
from django.utils.translation import gettext as _

from baodao.gather import codes
from baodao.gather.elsewhere import claims_of
from baodao.gather.fold import STATUSES, Seating
from baodao.gather.models import Seat
from baodao.gather.policies import at_org, must_join, of_slot, own, people_of
from baodao.gather.rating import guests, must_be_stars, rate_event
from baodao.gather.working import Working, keep, load
from baodao.kernel.act import Act
from baodao.kernel.errors import Conflict, Invalid, Refused
from baodao.kernel.verbs import Tx, verb
from baodao.people.selectors import tokens_of

from .seats import Asked, found, token_in

#: How long before the start, and after the end, one signs in by code.
BEFORE, AFTER = timedelta(hours=1), timedelta(minutes=30)
MOST = 2000


class Came(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of a list: by token, or by name and telephone of who is new. ``minutes``: fewer than the whole time."""

    status: str
    token: str = ""
    name: str = ""
    phone: str = ""
    minutes: int | None = None


@verb("gather.sign_in")
def sign_in(tx: Tx, by: Act, *, slot: str, code: str = "", ticket: str = "") -> int:
    """I am here: by the code on the screen, or the ticket of a page that was opened with a good one. Who has no seat gets one where
    there is one. Gives the minutes credited; the second time the same, and nothing is written twice."""
    tx.ask("gather.sign_in", own(slot, by.person))
    tokens = tokens_of(by.person)
    # Who is on the list changes her own row only: the slot is shared, so that a full hall does not queue up for one row.
    listed = Seat.objects.filter(slot=slot, token__in=list(tokens.values()), state="seat").exists()
    work = load(tx, slot, shared=listed)
    if "code" not in work.kind.sign_in or work.kind.people == "count":
        raise Refused.of("", _("这一场不用扫码签到"), _("请在名单上签名"))
    if not codes.is_code(slot, code, by.happened) and not codes.is_ticket(
        slot, ticket, by.happened, by.person
    ):
        raise Conflict.of("code", _("签到码已经换了"), _("请看屏幕上新的码，再扫一次"))
    if not work.it.starts - BEFORE <= by.happened <= work.it.ends + AFTER:
        raise Conflict.of(
            "slot", _("现在不是签到的时间"), _("开始前一小时到结束后半小时可以签到；过了请找组织者补记")
        )
    token = tokens.get(work.it.domain) or token_in(tx, by, work.it.domain)
    row = work.seats([token], lock=True).get(token)
    if row is None or row.state != "seat":
        if listed:
            raise Conflict.of("slot", _("您刚刚退出了这一场"), _("请刷新页面"))
        _walk_in(work, by, token, tokens)
    elif row.status in work.kind.counts:
        return row.minutes
    given = {token: 0} if claims_of(work.it) is not None else None
    work.attend_all([(token, "present")], "code", given, same={token: (token, *tokens.values())})
    keep(tx)
    return work.it.rows[token].minutes


def _walk_in(work: Working, by: Act, token: str, tokens: dict[str, str]) -> None:
    row = work.seat(token)
    if row is None or row.state != "invited":
        must_join(work.it, work.kind, by, tokens)
    if work.it.free == 0:
        raise Conflict.of("slot", _("名额满了，您不在名单上"), _("请找组织者，由他记在名单上"))
    work.join(token)


@verb("gather.attend")
def attend(tx: Tx, by: Act, *, slot: str, came: list[Came], how: str = "list") -> int:
    """The list, or a paper entered later; a line told before corrects it. Somebody absent needs a recorder with a name and a post.
    Gives how many lines. Raises Refused for kinds of which only heads are kept."""
    work = load(tx, slot)
    tx.ask("gather.attend", people_of(work.it))
    if work.kind.people == "count":
        raise Refused.of("", _("这一种活动只数人头，不留名单"), _("请在记录里填到场人数"))
    if how not in ("list", "paper", "record") or not 1 <= len(came) <= MOST:
        raise Invalid.of("came", _("一次记 1 到 %(n)s 个人") % {"n": MOST}, _("请分几次"))
    if work.it.starts - BEFORE > by.happened:
        raise Conflict.of("slot", _("还没有开始，不能记谁到了"), _("请到时候再记"))
    for place, line in enumerate(came):
        if line.status not in STATUSES:
            raise Invalid.of(f"came[{place}].status", _("要从清单里选一种到场情况"))
    if any(line.status == "absent" for line in came) and not (by.person and by.post):
        raise Refused.of("", _("记“未到”要由有岗位的人具名记录"), _("请用自己的岗位登录"))
    tokens = [found(tx, Asked(line.token, line.name, line.phone), work.it.domain) for line in came]
    told = dict(zip(tokens, came, strict=True))
    given = {token: line.minutes for token, line in told.items() if line.minutes is not None}
    if claims_of(work.it) is not None:
        # Her hours need two words: what was confirmed stays, what was not is noted and credits nothing.
        rows = work.seats(told)
        given = {token: rows[token].minutes if _same(rows.get(token), told[token]) else 0 for token in told}
    work.attend_all([(token, line.status) for token, line in told.items()], how, given)
    keep(tx)
    return len(told)


def _same(row: Seating | None, line: Came) -> bool:
    """Whether presence is told as it stands: then the minutes that were confirmed stay."""
    return row is not None and row.status == line.status


@verb("gather.dispute")
def dispute(tx: Tx, by: Act, *, slot: str, status: str, reply: str) -> None:
    """My presence is told wrongly: what it was, in my own words. The recorder reads it and corrects, or lets both stand."""
    tx.ask("gather.dispute", own(slot, by.person))
    work = load(tx, slot)
    work.dispute(token_in(tx, by, work.it.domain), status, reply)
    keep(tx)


@verb("gather.hold")
def hold(
    tx: Tx,
    by: Act,
    *,
    slot: str,
    heads: int = 0,
    traits: Sequence[str] = (),
    meets: Sequence[str] = (),
    minutes: str = "",
) -> int:
    """It took place: with ``heads`` of whom nobody keeps a list, the traits that the recorder ticked, the dues that she confirmed, and
    minutes for participants. Gives how many came."""
    work = load(tx, slot)
    tx.ask("gather.hold", of_slot(work.it))
    if by.happened < work.it.starts:
        raise Conflict.of("slot", _("还没有开始，不能记成已经举行"), _("请结束以后再记"))
    if not 0 <= heads <= 100_000:
        raise Invalid.of("heads", _("人数是 0 到 100000"))
    if len(minutes) > 10_000:
        raise Invalid.of("minutes", _("记录最多一万字"), _("请写短一些"))
    texts = {"minutes": minutes.strip()} if minutes.strip() else {}
    told = work.hold(heads=heads, traits=tuple(traits), meets=tuple(meets), texts=texts)
    keep(tx)
    return told.value or 0


@verb("gather.rate")
def rate(tx: Tx, by: Act, *, slot: str, stars: int) -> None:
    """Who came says how the gathering was, 1 to 5, once; shown as counts from ten on, to nobody singly."""
    tx.ask("gather.rate", own(slot, by.person))
    must_be_stars(stars)
    work = load(tx, slot)
    token = token_in(tx, by, work.it.domain)
    row = work.seat(token)
    if not work.kind.rated or row is None or row.status not in work.kind.counts:
        raise Conflict.of("slot", _("到过场的人才评价"), _("记录有误的话，请先说明"))
    rate_event(work, "person", stars, token=token)
    keep(tx)


@verb("gather.rate_for")
def rate_for(tx: Tx, by: Act, *, slot: str, org: str, stars: int) -> None:
    """An organization that held a gathering too, or for which it was held, says how it was, once and under its own name: the event, never
    who came."""
    tx.ask("gather.hold", at_org(org))
    work = load(tx, slot)
    if org not in guests(work):
        raise Conflict.of("org", _("这一场不是和本单位一起办的，也不是为本单位办的"), _("请从列表里选"))
    rate_event(work, "place", stars, org=org)
    keep(tx)
