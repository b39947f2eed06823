"""Writes of the vault: contacts inside another verb, persons entered by an office, contacts proven by their
owner."""

import re
import secrets
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from weakref import WeakKeyDictionary

import msgspec
from django.utils.translation import gettext as _

from baodao.kernel.act import Act, Subject
from baodao.kernel.errors import Conflict, Invalid
from baodao.kernel.verbs import Tx, lock, verb
from baodao.people import facts, normalise, selectors, vault
from baodao.people.models import Identity, Person, Token

from .sign_in import proved

UID = re.compile(r"^[0-9a-f]{32}\Z")


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


def queue_invited(tx: Tx, *, name: str, phone: str, domain: str, uid: str = "") -> Contact:
    """Inside another verb: whoever signs in by this phone (or was invited by it), else somebody new who may sign in by it
    from now on. Nothing is told of whom it found. ``uid`` is the system's own number that an export brings: that of whoever
    is found, or of nobody yet. Raises Invalid naming name, phone or uid. One reading statement, with ``uid`` two."""
    clean = {"name": normalise.normal("name", name), "phone": normalise.normal("phone", phone)}
    if not clean["name"]:
        raise Invalid.of("name", _("没有填写姓名"), _("请填写姓名"))
    known, _account = selectors.holder_of(normalise.Contact("phone", clean["phone"]))
    if uid and not UID.match(uid):
        raise Invalid.of("uid", _("不是有效的系统编号"), _("新登记的人不用填"))
    if uid and (known != uid if known else Person.objects.filter(uid=uid).exists()):
        raise Invalid.of("uid", _("这个系统编号和手机号不是同一个人的"), _("新登记的人不用填系统编号"))
    if known:
        return Contact(known, queue_token(tx, known, domain))
    uid, token = uid or new_uid(), new_token()
    tx.insert(Person, uid=uid, created=tx.by.noted, kind="staff", origin=tx.by.origin, erased=False)
    _queue_fields(tx, uid, clean, "invited")
    tx.insert(Token, token=token, person_id=uid, domain=domain)
    return Contact(uid, token)


def queue_token(tx: Tx, person: str, domain: str) -> str:
    """The person's token in a domain; queued if there is none yet."""
    return _queued.get(tx, {}).get((person, domain)) or (
        selectors.token_for(person, domain) or _fresh_token(tx, person, domain)
    )


def queue_once(tx: Tx, person: str) -> str:
    """A token of its own for one matter: no other record carries it, and `queue_forgetting` makes it nobody's."""
    token = new_token()
    tx.insert(Token, token=token, person_id=person, domain="once")
    return token


def queue_forgetting(tx: Tx, tokens: Iterable[str]) -> list[str]:
    """Those of these that stand for a single matter are nobody's from now on; gives uids whose they were. One reading statement."""
    rows = Token.objects.filter(token__in=list(tokens), domain="once", person__isnull=False)
    held = list(rows.order_by("token").values_list("token", "person_id"))
    for token, _uid in held:
        tx.upsert(Token, ("token",), token=token, person_id=None, domain="once")
    return sorted({str(uid) for _token, uid in held})


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
    """One person as an office enters them; `ref` is the caller's own mark, given back in the result. `code` is the
    number on the office's roster, `org` the office ("" = that of the command), `uid` the system's own number when an
    export of another installation brings it."""

    ref: str
    name: str
    phone: str = ""
    email: str = ""
    kind: str = "staff"
    idno: str = ""
    address: str = ""
    contact_phone: str = ""
    contact_email: str = ""
    code: str = ""
    org: str = ""
    uid: str = ""


class Enrolled(msgspec.Struct):
    """ref → uid, and ref → token in the domain asked for."""

    uids: dict[str, str]
    tokens: dict[str, str]


@verb("people.enrol")
def enrol(tx: Tx, by: Act, *, entries: Sequence[Entry], domain: str = "service", org: str = "") -> Enrolled:
    """An office enters persons (staff, or residents whom it serves). They have no password and no account
    until they show by a code that the phone or e-mail is theirs. Conflict when a contact already belongs to
    somebody who signs in by it, or a roster number or system number is in use. At most three reading statements."""
    for office in sorted({entry.org or org for entry in entries} or {org}):
        tx.ask("people.enrol", Subject(ref=f"org:{office}", org=office, level=1))
    cleaned = [(entry, _values_of(entry, number)) for number, entry in enumerate(entries)]
    _refuse_taken(cleaned)
    _refuse_known(entries)
    made = Enrolled({}, {})
    for entry, values in cleaned:
        uid, token = entry.uid or new_uid(), new_token()
        office = entry.org or org
        tx.insert(
            Person, uid=uid, created=by.noted, kind=entry.kind, origin=by.origin, erased=False, office=office
        )
        for field, value in values.items():
            _queue_fields(tx, uid, {field: value}, "invited" if field in _INVITED else "given")
        tx.insert(Token, token=token, person_id=uid, domain=domain)
        fact = facts.Enrolled(kind=entry.kind)
        tx.fact(fact, subject=f"person:{token}", person=token, org=office, level=1)
        made.uids[entry.ref], made.tokens[entry.ref] = uid, token
    return made


#: What an office enters and its owner shows to be theirs.
_INVITED = ("name", "phone", "email")
_TYPED = ("phone", "email", "idno", "address", "contact_phone", "contact_email")
_LOCK = 0x524F5354  # "ROST"


def _values_of(entry: Entry, number: int) -> dict[str, str]:
    if entry.kind not in {"staff", "resident", "imported"}:
        raise Invalid.of(f"entries.{number}.kind", _("不认识的人员类别"), "staff / resident / imported")
    values = {"name": normalise.normal("name", entry.name)}
    if not values["name"]:
        raise Invalid.of(f"entries.{number}.name", _("没有填写姓名"), _("请填写姓名"))
    if entry.uid and not UID.match(entry.uid):
        raise Invalid.of(f"entries.{number}.uid", _("不是有效的系统编号"), _("新登记的人不用填"))
    for field in _TYPED:
        text = getattr(entry, field)
        if text and text.strip():
            values[field] = normalise.normal(field, text)
    if entry.code:
        values["alias"] = selectors.roster_mark(entry.code)
    return values


def _refuse_taken(cleaned: Sequence[tuple[Entry, dict[str, str]]]) -> None:
    """A contact by which somebody signs in, or twice in this command."""
    taken = selectors.taken([c for _entry, values in cleaned for c in values.items() if c[0] in _SIGN_IN])
    seen: set[tuple[str, str]] = set()
    for entry, values in cleaned:
        for field in _SIGN_IN:
            contact = (field, values.get(field, ""))
            if contact[1] and (contact in seen or contact in taken):
                raise Conflict.of(
                    field,
                    _("这个联系方式已经有人用来登录"),
                    _("请核对，或请本人登录后由您任命"),
                    ref=entry.ref,
                )
            seen.add(contact)


_SIGN_IN = ("phone", "email")


def _refuse_known(entries: Sequence[Entry]) -> None:
    """Roster numbers and system numbers name one person each."""
    codes = [entry.code for entry in entries if entry.code]
    uids = [entry.uid for entry in entries if entry.uid]
    if codes:
        lock(_LOCK)
        known = selectors.persons_by_code(codes)
        twice = next((code for code, n in Counter(codes).items() if n > 1 or code in known), "")
        if twice:
            raise Conflict.of(
                "code", _("人员编号 %(code)s 已经有人用了") % {"code": twice}, _("每人一个编号")
            )
    if uids and (len(set(uids)) < len(uids) or Person.objects.filter(uid__in=uids).exists()):
        raise Conflict.of("uid", _("这个系统编号已经有人用了"), _("新登记的人不用填系统编号"))


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
