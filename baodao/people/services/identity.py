"""Writes of the vault: contacts inside another verb, persons entered by an office, contacts proven by their
owner."""

import secrets
import uuid
from collections.abc import Iterable, Sequence
from weakref import WeakKeyDictionary

import msgspec
from django.utils.translation import gettext as _

from baodao.kernel.act import Act, Subject
from baodao.kernel.errors import Conflict, Invalid
from baodao.kernel.verbs import Tx, verb
from baodao.people import normalise, selectors, vault
from baodao.people.models import Identity, Person, Token

from .sign_in import proved


class Contact(msgspec.Struct, frozen=True):
    """What a matter keeps of somebody: uid (vault only) and the token of the matter's domain."""

    uid: str
    token: str


def new_uid() -> str:
    """A random uuid4 in hex."""
    return uuid.uuid4().hex


def new_token() -> str:
    """16 random bytes in hex."""
    return secrets.token_hex(16)


def queue_contact(
    tx: Tx,
    *,
    domain: str = "matters",
    name: str = "",
    phone: str = "",
    email: str = "",
    address: str = "",
    note: str = "",
    owner: str = "",
    kind: str = "resident",
) -> Contact:
    """Inside another verb: queue whoever asks. Gives uid and token; raises Invalid naming phone, email,
    name, address, note.

    `owner` = the uid of the signed-in person who asks for herself: her person is used again. Without it a
    new person is made every time, even when the phone is known: nobody's account may collect what a stranger
    typed. No reading statement without `owner`.
    """
    typed = {"name": name, "phone": phone, "email": email, "address": address, "contact_note": note}
    values = {field: normalise.normal(field, text) for field, text in typed.items() if text.strip()}
    if owner:
        return _queue_owner(tx, owner, domain, values)
    uid, token = new_uid(), new_token()
    tx.insert(Person, uid=uid, created=tx.by.noted, kind=kind, origin=tx.by.origin, erased=False)
    _queue_fields(tx, uid, values, "given")
    tx.insert(Token, token=token, person_id=uid, domain=domain)
    return Contact(uid, token)


def _queue_owner(tx: Tx, owner: str, domain: str, values: dict[str, str]) -> Contact:
    token, held = selectors.token_and_fields(owner, domain)
    token = token or _fresh_token(tx, owner, domain)
    # What she signs in by is changed on her own page only: another phone typed here is one more way to reach
    # her.
    beside = {"phone": "contact_phone", "email": "contact_email"}
    fresh = {}
    for field, value in values.items():
        known = held.get(field)
        if known is None:
            fresh[field] = value
        elif field in beside and known != vault.blind(normalise.index_kind(field), value).digest:
            fresh[beside[field]] = value
        elif field in {"address", "contact_note"}:
            fresh[field] = value
    _queue_fields(tx, owner, fresh, "given", again=True)
    return Contact(owner, token)


def queue_token(tx: Tx, person: str, domain: str) -> str:
    """The person's token in a domain; queued if there is none yet."""
    return _queued.get(tx, {}).get((person, domain)) or (
        selectors.token_for(person, domain) or _fresh_token(tx, person, domain)
    )


# What each command has queued and not written yet: a list command may need the same new token again.
_queued: WeakKeyDictionary[Tx, dict[tuple[str, str], str]] = WeakKeyDictionary()


def _fresh_token(tx: Tx, person: str, domain: str) -> str:
    queued = _queued.setdefault(tx, {})
    token = queued.get((person, domain))
    if token is None:
        token = queued[(person, domain)] = new_token()
        tx.insert(Token, token=token, person_id=person, domain=domain)
    return token


def queue_aliases(tx: Tx, source: str, aliases: Iterable[str], domain: str = "matters") -> dict[str, str]:
    """Imports: alias in the source ("user 4711") → token, the same for the same alias for ever. Persons of
    kind `imported`, never an account. One or two reading statements per 500 aliases."""
    wanted = {alias: normalise.words(f"{source} / {alias}", "alias", 200) for alias in dict.fromkeys(aliases)}
    found = selectors.tokens_by_alias(wanted, domain)
    for alias, value in wanted.items():
        if alias not in found:
            uid, token = new_uid(), new_token()
            tx.insert(
                Person, uid=uid, created=tx.by.noted, kind="imported", origin=tx.by.origin, erased=False
            )
            _queue_fields(tx, uid, {"alias": value}, "given")
            tx.insert(Token, token=token, person_id=uid, domain=domain)
            found[alias] = token
    return found


def _queue_fields(tx: Tx, uid: str, values: dict[str, str], standing: str, again: bool = False) -> None:
    for field, value in values.items():
        columns = sealed_columns(uid, field, value, standing)
        if again:
            tx.upsert(Identity, ("person", "field"), **columns)
        else:
            tx.insert(Identity, **columns)


def sealed_columns(uid: str, field: str, value: str, standing: str) -> dict[str, object]:
    """All columns of an Identity row for a normalised value."""
    sealed = vault.seal(uid, field, value)
    kind = normalise.index_kind(field)
    index = vault.blind(kind, value) if kind else None
    return {
        "person_id": uid,
        "field": field,
        "standing": standing,
        "seal_key": sealed.key,
        "cipher": sealed.cipher,
        "blind_key": index.key if index else "",
        "blind": index.digest if index else None,
    }


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One person as an office enters them; `ref` is the caller's own mark, given back in the result."""

    ref: str
    name: str
    phone: str = ""
    email: str = ""
    kind: str = "staff"


class Enrolled(msgspec.Struct):
    """ref → uid, and ref → token in the domain asked for."""

    uids: dict[str, str]
    tokens: dict[str, str]


@verb("people.enrol")
def enrol(tx: Tx, by: Act, *, entries: Sequence[Entry], domain: str = "service", org: str = "") -> Enrolled:
    """An office enters persons (staff, or residents whom it serves). They have no password and no account
    until they show by a code that the phone or e-mail is theirs. Invalid when a contact already belongs to
    somebody who signs in by it."""
    tx.ask("people.enrol", Subject(ref=f"org:{org}", org=org, level=1))
    made = Enrolled({}, {})
    seen: set[bytes] = set()
    cleaned = [(entry, _contacts_of(entry, number)) for number, entry in enumerate(entries)]
    taken = selectors.taken([c for _entry, values in cleaned for c in values.items()])
    for entry, values in cleaned:
        for field in ("phone", "email"):
            if field in values:
                mark = vault.blind(field, values[field]).digest
                if mark in seen or (field, values[field]) in taken:
                    raise Conflict.of(
                        field,
                        _("这个联系方式已经有人用来登录"),
                        _("请核对，或请本人登录后由您任命"),
                        ref=entry.ref,
                    )
                seen.add(mark)
        uid, token = new_uid(), new_token()
        tx.insert(Person, uid=uid, created=by.noted, kind=entry.kind, origin=by.origin, erased=False)
        _queue_fields(tx, uid, {"name": values["name"]}, "invited")
        _queue_fields(tx, uid, {f: v for f, v in values.items() if f != "name"}, "invited")
        tx.insert(Token, token=token, person_id=uid, domain=domain)
        made.uids[entry.ref], made.tokens[entry.ref] = uid, token
    return made


def _contacts_of(entry: Entry, number: int) -> dict[str, str]:
    if entry.kind not in {"staff", "resident", "imported"}:
        raise Invalid.of(f"entries.{number}.kind", _("不认识的人员类别"), "staff / resident / imported")
    values = {"name": normalise.normal("name", entry.name)}
    if not values["name"]:
        raise Invalid.of(f"entries.{number}.name", _("没有填写姓名"), _("请填写姓名"))
    for field, text in (("phone", entry.phone), ("email", entry.email)):
        if text.strip():
            values[field] = normalise.normal(field, text)
    return values


@verb("people.contact_set")
def contact_set(tx: Tx, by: Act, *, field: str, value: str, question: str = "") -> str:
    """A signed-in person writes, or empties, a field of her own. Phone and e-mail, by which she signs in,
    need the `question` of a code that she answered. Gives the field. Conflict when the contact belongs to
    somebody else, or is the last way in."""
    tx.ask("people.contact_set", own(by))
    clean = normalise.normal(field, value) if value.strip() else ""
    coded = field in {"phone", "email"}
    if coded and clean:
        if not proved("contact", question, normalise.Contact(field, clean), by.noted):
            raise Invalid.of(field, _("这个联系方式还没有验证"), _("请先填写收到的验证码"))
        if selectors.taken([(field, clean)], but=by.person):
            raise Conflict.of(field, _("这个联系方式已经用于另一个账号"), _("请换一个，或用它登录那个账号"))
    if coded and not clean and not selectors.other_way_in(by.person, field):
        raise Conflict.of(field, _("这是您唯一的登录方式"), _("请先加上另一个手机号或邮箱"))
    if clean:
        _queue_fields(tx, by.person, {field: clean}, "proven" if coded else "given", again=True)
    else:
        tx.delete(Identity, person_id=by.person, field=field)
    return field


def own(by: Act) -> Subject:
    """The actor's own person as the subject of a rule."""
    return Subject(ref=f"person:{by.person}", persons=(by.person,))
