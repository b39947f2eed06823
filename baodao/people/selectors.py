"""Reads of people. Nothing here opens a sealed field of somebody else: that is
`services.reading.read_identity`."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from baodao.kernel.driver import often
from baodao.kernel.errors import Refused
from baodao.kernel.raw import fetch

from . import normalise, ports, vault
from .declare import purposes
from .models import (
    AccessLog,
    Account,
    Consent,
    ErasureRequest,
    Identity,
    Person,
    RecoveryCode,
    SecurityLog,
    SignIn,
    Token,
)

PROVEN = ("invited", "proven")


# ── tokens ──────────────────────────────────────────────────────────────────────────────────────────────


def token_for(person: str, domain: str) -> str:
    """The token of a person (uid) in a domain; "" when there is none yet."""
    return Token.objects.filter(person_id=person, domain=domain).values_list("token", flat=True).first() or ""


def tokens_for(persons: Iterable[str], domain: str) -> dict[str, str]:
    """uid → token, for many."""
    rows = Token.objects.filter(person_id__in=list(persons), domain=domain).values_list("person_id", "token")
    return {str(uid): token for uid, token in rows}


def tokens_of(person: str) -> dict[str, str]:
    """domain → token of one person (``once:<token>`` for each of a single matter); for erasers and for "my data" only."""
    rows = Token.objects.filter(person_id=person).order_by("token").values_list("domain", "token")
    return {f"once:{token}" if domain == "once" else domain: token for domain, token in rows}


def tokens_here(person: str, domain: str) -> tuple[str, ...]:
    """A person's token in a domain first (if there is one), then those of single matters. One statement."""
    rows = Token.objects.filter(person_id=person, domain__in=[domain, "once"]).values_list("domain", "token")
    return tuple(token for _last, token in sorted((name == "once", token) for name, token in rows))


def living_once() -> QuerySet[Token, Any]:
    """Tokens of single matters that are still somebody's, as a subquery."""
    return Token.objects.filter(domain="once", person__isnull=False).values("token")


def once_tokens(person: str) -> set[str]:
    """Those of single matters. One statement."""
    return set(Token.objects.filter(person_id=person, domain="once").values_list("token", flat=True))


def same_person(tokens: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """token → all tokens of whoever it stands for, itself first: for a check inside one command (nobody is in two places at
    once), never to be stored or shown. One statement."""
    wanted = list(dict.fromkeys(tokens))
    found: dict[str, tuple[str, ...]] = {token: (token,) for token in wanted}
    rows = Token.objects.filter(token__in=wanted, person__tokens__isnull=False)
    for token, other in rows.values_list("token", "person__tokens__token"):
        if other != token:
            found[token] = (*found[token], other)
    return found


def person_of(token: str, purpose: str) -> str:
    """The uid behind a token; "" when nobody or erased. Raises Refused without a declared purpose."""
    _ask_purpose(purpose)
    return (
        Token.objects.filter(token=token, person__isnull=False).values_list("person_id", flat=True).first()
        or ""
    )


def persons_of(tokens: Iterable[str], purpose: str) -> dict[str, str]:
    """token → uid, for many; tokens of nobody are left out. Raises Refused without a declared purpose."""
    _ask_purpose(purpose)
    rows = Token.objects.filter(token__in=list(tokens), person__isnull=False).values_list(
        "token", "person_id"
    )
    return {token: str(uid) for token, uid in rows}


def _ask_purpose(purpose: str) -> None:
    if purpose not in purposes():
        raise Refused.of("purpose", _("没有说明用途"), _("查看个人信息要先选一个用途"))


def tokens_by_alias(wanted: Mapping[str, str], domain: str) -> dict[str, str]:
    """Alias → token for the aliases (alias → stored spelling) that were imported before."""
    found: dict[str, str] = {}
    names = list(wanted)
    for start in range(0, len(names), 500):
        marks = {mark: a for a in names[start : start + 500] for mark in vault.blinds("alias", wanted[a])}
        rows = Identity.objects.filter(blind__in=list(marks), field="alias", person__tokens__domain=domain)
        for mark, token in rows.values_list("blind", "person__tokens__token"):
            found[marks[bytes(mark or b"")]] = token
    return found


def roster_mark(code: str) -> str:
    """The stored spelling of a number on a roster."""
    return normalise.words(f"roster / {code}", "alias", 200)


def persons_by_code(codes: Iterable[str]) -> dict[str, str]:
    """Roster number → uid, for those that are known. One statement per 500."""
    found: dict[str, str] = {}
    names = list(dict.fromkeys(codes))
    for start in range(0, len(names), 500):
        part = names[start : start + 500]
        marks = {mark: code for code in part for mark in vault.blinds("alias", roster_mark(code))}
        rows = Identity.objects.filter(blind__in=list(marks), field="alias")
        for mark, uid in rows.values_list("blind", "person_id"):
            found[marks[bytes(mark or b"")]] = str(uid)
    return found


# ── identities ──────────────────────────────────────────────────────────────────────────────────────────


def token_and_fields(person: str, domain: str) -> tuple[str, dict[str, bytes]]:
    """One statement: the person's token in a domain ("" if none), and field → blind index (b"" if none) of
    what is known."""
    rows = fetch(
        "SELECT 'token', token, NULL FROM people_token WHERE person_id = %s AND domain = %s "
        "UNION ALL SELECT field, '', blind FROM people_identity WHERE person_id = %s",
        [person, domain, person],
    )
    fields = {name: bytes(blind or b"") for name, _token, blind in rows if name != "token"}
    return next((token for name, token, _blind in rows if name == "token"), ""), fields


def taken(contacts: Sequence[tuple[str, str]], but: str = "") -> set[tuple[str, str]]:
    """Which of these (field, normalised value) somebody else signs in by, or will."""
    marks = {
        mark: (f, v)
        for f, v in contacts
        if normalise.index_kind(f)
        for mark in vault.blinds(normalise.index_kind(f), v)
    }
    found: set[tuple[str, str]] = set()
    names = list(marks)
    for start in range(0, len(names), 1000):
        rows = Identity.objects.filter(blind__in=names[start : start + 1000], standing__in=PROVEN)
        rows = rows.exclude(person_id=but) if but else rows
        found.update(marks[bytes(mark or b"")] for mark in rows.values_list("blind", flat=True))
    return found


def other_way_in(person: str, field: str) -> bool:
    """Whether the person can still sign in without this contact."""
    rows = Identity.objects.filter(person_id=person, field__in=["phone", "email"], standing="proven")
    return rows.exclude(field=field).exists()


class Field(msgspec.Struct, frozen=True):
    """An opened field of the reader's own person."""

    field: str
    value: str
    standing: str


def own_fields(person: str) -> list[Field]:
    """All fields of the reader's own person, opened: a door to oneself needs no log. Call it with
    `by.person` only."""
    rows = Identity.objects.filter(person_id=person).exclude(field="alias").order_by("field")
    return [
        Field(row.field, vault.unseal(person, row.field, row.seal_key, row.cipher), row.standing)
        for row in rows
    ]


def own_name(person: str) -> str:
    """The reader's own name as she entered it; "" without. As `own_fields`: call it with `by.person` only."""
    return next((field.value for field in own_fields(person) if field.field == "name"), "")


def holder_of(contact: normalise.Contact) -> tuple[str, str]:
    """(person uid, username) of whoever signs in by this contact; username "" when invited but not yet
    activated, both "" for nobody."""
    marks = vault.blinds(contact.kind, contact.value)
    rows = Identity.objects.filter(blind__in=marks, standing__in=PROVEN, field__in=["phone", "email"])
    row = rows.order_by("-standing").values_list("person_id", "person__account__username").first()
    return (str(row[0]), row[1] or "") if row else ("", "")


def holders_of(phones: Sequence[str]) -> dict[str, str]:
    """Normalised telephone → uid of whoever signs in by it or was invited by it, for comparing inside the program. One statement per
    1,000."""
    marks = {mark: phone for phone in phones for mark in vault.blinds("phone", phone)}
    found: dict[str, str] = {}
    names = list(marks)
    for start in range(0, len(names), 1000):
        part = names[start : start + 1000]
        rows = Identity.objects.filter(blind__in=part, standing__in=PROVEN, field="phone").order_by(
            "standing"
        )
        found |= {marks[bytes(mark or b"")]: str(uid) for mark, uid in rows.values_list("blind", "person_id")}
    return found


def there(uids: Iterable[str]) -> set[str]:
    """Which of these system numbers are somebody's. One statement per 500."""
    names = sorted(set(uids))
    parts = (names[start : start + 500] for start in range(0, len(names), 500))
    return {
        str(uid)
        for part in parts
        for uid in Person.objects.filter(uid__in=part).values_list("uid", flat=True)
    }


# ── accounts and sessions ───────────────────────────────────────────────────────────────────────────────


class Session(msgspec.Struct, frozen=True):
    """What the door needs of a signed-in browser, read in one statement."""

    key: str
    person: str
    account: str
    factor: str
    post: str
    seen: str
    totp_on: bool
    name: str


_SESSION = often(
    "SELECT a.person_id, a.username, s.factor, s.post, s.seen, a.totp_on, i.seal_key, i.cipher "
    "FROM people_signin s JOIN people_account a ON a.username = s.account_id "
    "LEFT JOIN people_identity i ON i.person_id = a.person_id AND i.field = 'name' "
    "WHERE s.key = %s AND s.until > %s AND a.active"
)


def session(key: str, now: datetime) -> Session | None:
    """The live session of a cookie's digest, with the person's own name; None when revoked, ended, or the
    account is closed."""
    rows = fetch(_SESSION, [key, now])
    if not rows:
        return None
    person, account, factor, post, seen, totp_on, name_key, cipher = rows[0]
    name = vault.unseal(person, "name", name_key, cipher) if cipher else ""
    return Session(key, person, account, factor, post, str(seen), bool(totp_on), name)


class Browser(msgspec.Struct, frozen=True):
    """One line of "my sign-ins". `mark` names it in forms: part of the digest, useless as a cookie."""

    mark: str
    browser: str
    created: datetime
    seen: date
    here: bool


MARK = 24


def browsers(account: str, here: str, now: datetime) -> list[Browser]:
    """Signed-in browsers of an account, newest first."""
    rows = SignIn.objects.filter(account_id=account, until__gt=now).order_by("-created", "key")
    return [Browser(r.key[:MARK], r.browser, r.created, r.seen, r.key == here) for r in rows]


def account_of(username: str) -> Account | None:
    """The account by its random name."""
    return Account.objects.filter(username=username).first()


FRESH = timedelta(minutes=15)


def came_by_code(key: str, now: datetime) -> bool:
    """Whether this session began minutes ago by a code: then the old password may be forgotten."""
    return SignIn.objects.filter(key=key, way="code", created__gte=now - FRESH).exists()


def held_posts(person: str) -> int:
    """How many posts the person holds now."""
    return len(ports.standing(person, "").posts)


def has_password(username: str) -> bool:
    """Whether the account can be entered by password."""
    found = account_of(username)
    return found is not None and found.has_usable_password()


def recovery_left(username: str) -> int:
    """Unused recovery codes."""
    return RecoveryCode.objects.filter(account_id=username, used=False).count()


# ── consent, erasure ────────────────────────────────────────────────────────────────────────────────────


def consents(person: str) -> dict[str, str]:
    """what → version for every consent in force."""
    return dict(
        Consent.objects.filter(person_id=person, withdrawn__isnull=True).values_list("what", "version")
    )


def open_consents(person: str) -> dict[str, list[Consent]]:
    """what → the rows in force (one, but for two clicks at once)."""
    found: dict[str, list[Consent]] = {}
    for row in Consent.objects.filter(person_id=person, withdrawn__isnull=True).order_by("given", "id"):
        found.setdefault(row.what, []).append(row)
    return found


def consented(persons: Iterable[str], what: str) -> set[str]:
    """Which of these persons (uids) said yes to `what` and did not withdraw."""
    rows = Consent.objects.filter(person_id__in=list(persons), what=what, withdrawn__isnull=True)
    return {str(uid) for uid in rows.values_list("person_id", flat=True)}


def consent_history(person: str) -> list[Consent]:
    """All that a person ever agreed to, oldest first."""
    return list(Consent.objects.filter(person_id=person).order_by("given", "id"))


def person_subjects(person: str) -> list[str]:
    """The ledger subjects that are this person: `person:<token>` of every domain."""
    return [f"person:{token}" for token in tokens_of(person).values()]


def erasure_asked(person: str) -> datetime | None:
    """When the person asked to be forgotten."""
    return ErasureRequest.objects.filter(person_id=person).values_list("asked", flat=True).first()


def erasures() -> list[ErasureRequest]:
    """Open requests, oldest first."""
    return list(ErasureRequest.objects.order_by("asked", "person_id"))


# ── logs ────────────────────────────────────────────────────────────────────────────────────────────────


def looks_at(person: str, before: int = 0, limit: int = 100) -> list[AccessLog]:
    """Who looked at this person, newest first, keyset by id. Call it with `by.person` only; the person's own
    looks are left out."""
    rows = AccessLog.objects.filter(whom=person).exclude(reader=person)
    if before:
        rows = rows.filter(id__lt=before)
    return list(rows.order_by("-id")[:limit])


def looks_by(orgs: Iterable[str], before: int = 0, limit: int = 100) -> list[AccessLog]:
    """What the posts of these organizations opened, newest first; the caller asked the right
    `people.access_log` for them."""
    rows = AccessLog.objects.filter(org__in=list(orgs))
    if before:
        rows = rows.filter(id__lt=before)
    return list(rows.order_by("-id")[:limit])


def looks_into(subject: str, limit: int = 200) -> list[AccessLog]:
    """Who opened the box of this subject, newest first: rows about nobody by name. For its named readers."""
    return list(AccessLog.objects.filter(whom="", subject=subject).order_by("-id")[:limit])


def leads(uids: Iterable[str]) -> dict[str, str]:
    """uid → uid of the record that leads it, for those that are led."""
    rows = Person.objects.filter(uid__in=list(uids), led_by__isnull=False)
    return {str(uid): str(lead) for uid, lead in rows.values_list("uid", "led_by_id")}


def events_of(person: str, limit: int = 50) -> list[SecurityLog]:
    """The person's own sign-ins and changes, newest first."""
    return list(SecurityLog.objects.filter(person=person).order_by("-id")[:limit])
