"""Writes of leg sync: partners by verbs; deliveries by the reader, which follow from facts and are idempotent by constraint."""

from collections.abc import Sequence

import msgspec
from django.utils import timezone
from django.utils.translation import gettext as _

from baodao.api.facts import PartnerKeyRenewed, PartnerRegistered, PartnerResent, PartnerStopped
from baodao.api.models import Delivery, Partner
from baodao.kernel.act import Act, Subject
from baodao.kernel.errors import Conflict, Invalid, Missing
from baodao.kernel.verbs import Tx, verb
from baodao.ledger.models import Parked
from baodao.ledger.selectors import position
from baodao.orgs.selectors import forest
from baodao.people import vault
from baodao.people.services.logs import queue_security

from .address import parts_of
from .selectors import LEVEL, owner_of, partner

#: The reader's name, under which `baodao readers` shows what is parked.
READER = "sync"
SECRET = 40
MOST = 5


class Kept(msgspec.Struct):
    """The partner's code."""

    partner: str


def subject_of(code: str, org: str) -> Subject:
    """What the policy is asked about: a partner in the hands of its organization."""
    return Subject(ref=f"partner:{code}", org=org, level=LEVEL)


@verb("partner.register")
def register(tx: Tx, by: Act, *, code: str, org: str, title: str, url: str, secret: str) -> Kept:
    """An organization's own system hears of its legs from now on. The page made `secret` and shows it once; only its cipher is kept.
    Raises Invalid for the title, the address, or too many."""
    tx.ask("partner.register", subject_of(code, org))
    node = forest().nodes.get(org)
    if node is None or not node.at(timezone.localdate(by.noted)):
        raise Invalid.of("org", _("没有这个单位"), _("请从列表里选"))
    if not 1 <= len(title.strip()) <= 60:
        raise Invalid.of("title", _("名称要有 1 到 60 个字"), _("写明是哪个系统"))
    parts_of(url)
    if Partner.objects.filter(org=org, stopped__isnull=True).count() >= MOST:
        raise Invalid.of("org", _("一个单位最多登记 %(most)d 个系统") % {"most": MOST}, _("请先停用不用的"))
    sealed = _sealed(code, secret)
    tx.insert(
        Partner,
        code=code,
        org=org,
        title=title.strip(),
        url=url,
        secret_key=sealed.key,
        secret=sealed.cipher,
        since=position(),
        created=by.noted,
        renewed=None,
        stopped=None,
    )
    tx.fact(PartnerRegistered(), subject=f"partner:{code}", org=org, level=LEVEL)
    queue_security(tx, "partner.register", subject=f"partner:{code}")
    return Kept(partner=code)


@verb("partner.renew_key")
def renew_key(tx: Tx, by: Act, *, code: str, secret: str) -> Kept:
    """From now on `secret` signs. What the partner refuses meanwhile is tried again."""
    row = _held(tx, "partner.renew_key", code)
    sealed = _sealed(code, secret)
    Partner.objects.filter(code=code).update(secret_key=sealed.key, secret=sealed.cipher, renewed=by.noted)
    tx.fact(PartnerKeyRenewed(), subject=f"partner:{code}", org=row.org, level=LEVEL)
    queue_security(tx, "partner.renew_key", subject=f"partner:{code}")
    return Kept(partner=code)


@verb("partner.stop")
def stop(tx: Tx, by: Act, *, code: str) -> Kept:
    """Nothing leaves to it any more, not even what waits."""
    row = _held(tx, "partner.stop", code)
    Partner.objects.filter(code=code).update(stopped=by.noted)
    left = Delivery.objects.filter(partner=code, state__in=["waiting", "parked"])
    _unpark(list(left.filter(state="parked").values_list("fact", flat=True)), but=code)
    dropped = left.update(state="dropped", lease="", lease_until=None)
    tx.fact(PartnerStopped(dropped=dropped), subject=f"partner:{code}", org=row.org, level=LEVEL)
    queue_security(tx, "partner.stop", subject=f"partner:{code}")
    return Kept(partner=code)


@verb("partner.resend")
def resend(tx: Tx, by: Act, *, code: str) -> int:
    """All parked deliveries of a partner are tried again from now on. Gives how many; Missing when there is none (any more)."""
    row = _held(tx, "partner.resend", code)
    rows = Delivery.objects.filter(partner=code, state="parked")
    facts = list(rows.values_list("fact", flat=True))
    if not facts:
        raise Missing.of("partner", _("没有停下的消息"), _("请刷新页面"))
    count = rows.update(state="waiting", attempts=0, error="", next_try=by.noted, lease="", lease_until=None)
    _unpark(facts, but=code)
    tx.fact(PartnerResent(deliveries=count), subject=f"partner:{code}", org=row.org, level=LEVEL)
    return count


def _held(tx: Tx, right: str, code: str) -> Partner:
    row = partner(code)
    # Who may not is told so before anything is told about the partner.
    tx.ask(right, subject_of(code, row.org if row is not None else ""))
    assert row is not None
    if row.stopped is not None:
        raise Conflict.of("partner", _("这个系统已经停用了"), _("要再用，请重新登记"))
    return row


def _sealed(code: str, secret: str) -> vault.Sealed:
    if len(secret) < SECRET:
        raise Invalid.of("secret", _("签名密钥太短"), _("请刷新页面再试"))
    return vault.seal(owner_of(code), "secret", secret)


# ── what the reader and the sender write ────────────────────────────────────────────────────────────────


def record(fact: int, codes: Sequence[str]) -> None:
    """Deliveries of a fact that are missing; those that were parked wait again (a replay). Two statements, none without partners."""
    if not codes:
        return
    now = timezone.now().replace(microsecond=0)
    rows = [Delivery(partner=code, fact=fact, created=now, next_try=now) for code in codes]
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)
    Delivery.objects.filter(fact=fact, partner__in=codes, state="parked").update(
        state="waiting", attempts=0, error="", next_try=now
    )


def park(row: Delivery, error: str) -> None:
    """Put a delivery aside, and show its fact among the parked ones of the reader."""
    held = Delivery.objects.filter(id=row.id, state="waiting", lease=row.lease)
    attempts = row.attempts + 1
    if held.update(state="parked", attempts=attempts, error=error, lease="", lease_until=None):
        Parked.objects.update_or_create(
            reader=READER,
            fact=row.fact,
            defaults={"error": error, "attempts": attempts, "parked": timezone.now().replace(microsecond=0)},
        )


def _unpark(facts: list[int], but: str) -> None:
    """A fact leaves the reader's parked ones when no other partner's delivery of it is still parked."""
    others = Delivery.objects.filter(fact__in=facts, state="parked").exclude(partner=but)
    still = set(others.values_list("fact", flat=True))
    Parked.objects.filter(reader=READER, fact__in=[fact for fact in facts if fact not in still]).delete()


def move_secrets(newest: str, most: int) -> int:
    """The vault's rotation: secrets under older keys go under the newest one. Gives how many."""
    rows = list(Partner.objects.select_for_update().exclude(secret_key=newest).order_by("code")[:most])
    for row in rows:
        owner = owner_of(row.code)
        sealed = vault.seal(owner, "secret", vault.unseal(owner, "secret", row.secret_key, row.secret))
        row.secret_key, row.secret = sealed.key, sealed.cipher
    Partner.objects.bulk_update(rows, ["secret_key", "secret"])
    return len(rows)
