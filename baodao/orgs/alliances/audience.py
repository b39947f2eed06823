"""Who hears of alliances: those who may answer an invitation, and the seat when it was answered."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy

from baodao.ledger.audience import Tell, register_audience, register_template
from baodao.ledger.selectors import Recorded
from baodao.orgs.selectors import post

from .facts import Declined, Invited, Joined, Left
from .selectors import wholes


def tells_of(fact: Recorded) -> Iterable[Tell]:
    """An invitation goes to the posts of the invited that may accept it; what the member itself answered goes to those
    who may invite for the seat. Whoever did it is not told."""
    code, data = fact.subject.partition(":")[2], fact.data
    link = f"/desk/alliances/{code}/"
    seat = next((str(whole.seat) for whole in wholes([code]).values()), "")
    if isinstance(data, Invited):
        yield Tell(
            "alliance.invited", org=data.member, right="alliance.join", link=link, params={"org": seat}
        )
    elif seat and _by_itself(fact):
        name = fact.kind.partition(".")[2]
        params = {"org": data.member} if isinstance(data, Joined | Declined | Left) else {}
        yield Tell(f"alliance.{name}", org=seat, right="alliance.invite", link=link, params=params)


def _by_itself(fact: Recorded) -> bool:
    held = post(fact.post) if fact.post else None
    return held is not None and str(held.org_id) == fact.org


for _kind in ("invited", "joined", "declined", "left"):
    register_audience(f"alliance.{_kind}", tells_of)
register_template("alliance.invited", gettext_lazy("{org}请本单位加入一个共同体，请打开看看，接受或谢绝。"))
register_template("alliance.joined", gettext_lazy("{org}加入了本单位牵头的共同体。"))
register_template("alliance.declined", gettext_lazy("{org}谢绝了加入共同体的邀请。"))
register_template("alliance.left", gettext_lazy("{org}退出了本单位牵头的共同体。"))
