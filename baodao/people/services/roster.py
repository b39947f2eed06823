"""Rosters: what an import compares with, and what a takeback removes."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec
from django.db.models import Q
from django.utils.translation import gettext as _

from baodao.kernel.errors import Conflict
from baodao.kernel.verbs import Tx
from baodao.ledger.selectors import facts_of, facts_of_batch
from baodao.ledger.services import on_void
from baodao.people import vault
from baodao.people.models import Account, Identity, Likeness, Person, Token

#: Fields of a roster.
FIELDS = ("alias", "name", "phone", "email", "idno", "address", "contact_phone", "contact_email")
#: What stands before a roster number in the vault.
PREFIX = "roster / "
ENROLLED = "people.enrolled"


class Held(msgspec.Struct, frozen=True):
    """A person as the roster has her. Never shown: it is compared with a row of a sheet."""

    uid: str
    kind: str
    office: str
    values: dict[str, str]


def held(uids: Sequence[str]) -> dict[str, Held]:
    """Persons on rosters by uid, opened to be compared inside the program; nobody sees them, so that no purpose is asked
    and nothing is logged. Two statements per 500."""
    found: dict[str, Held] = {}
    for start in range(0, len(uids), 500):
        part = uids[start : start + 500]
        values = values_of(part)
        for uid, kind, office in Person.objects.filter(uid__in=part).values_list("uid", "kind", "office"):
            found[uid] = Held(uid, kind, office, values.get(uid, {}))
    return found


def values_of(uids: Sequence[str], fields: Iterable[str] = FIELDS) -> dict[str, dict[str, str]]:
    """uid → field → plain value, for comparing inside the program. One statement."""
    found: dict[str, dict[str, str]] = {}
    rows = Identity.objects.filter(person_id__in=list(uids), field__in=list(fields))
    for uid, field, key, cipher in rows.values_list("person_id", "field", "seal_key", "cipher"):
        found.setdefault(uid, {})[field] = vault.unseal(uid, field, key, cipher)
    return found


def code_of(values: Mapping[str, str]) -> str:
    """The roster number among a person's opened fields; "" for none."""
    alias = values.get("alias", "")
    return alias.removeprefix(PREFIX) if alias.startswith(PREFIX) else ""


def uids_of_subjects(subjects: Sequence[str]) -> dict[str, str]:
    """Token → uid of the persons among ledger subjects. One statement per 500."""
    tokens = [subject.removeprefix("person:") for subject in subjects if subject.startswith("person:")]
    found: dict[str, str] = {}
    for start in range(0, len(tokens), 500):
        rows = Token.objects.filter(token__in=tokens[start : start + 500], person__isnull=False)
        found.update((token, str(uid)) for token, uid in rows.values_list("token", "person_id"))
    return found


def uids_of_batch(batch: str) -> list[str]:
    """Whom an import put on rosters."""
    enrolled = [fact for fact in facts_of_batch(batch) if fact.kind == ENROLLED]
    return list(uids_of_subjects([fact.subject for fact in enrolled]).values())


@on_void
def unroll(tx: Tx, subjects: list[str]) -> None:
    """An import was taken back: whoever is on no roster any more leaves the vault; tokens become tombstones. Conflict when
    somebody signed in meanwhile or was merged: she stays, a person decides."""
    leaving = leaving_of(tx, subjects)
    if leaving:
        _refuse_bound(sorted(leaving.values()))
        _remove(tx, leaving)


def leaving_of(tx: Tx, subjects: Sequence[str]) -> dict[str, str]:
    """Token → uid of those whose enrolment this command voids, and who have no other."""
    gone = {pending.voids for pending in tx.facts if pending.voids is not None}
    known = uids_of_subjects(subjects)
    names = [f"person:{token}" for token in known]
    leaving: dict[str, str] = {}
    for start in range(0, len(names), 500):
        enrolled = [fact for fact in facts_of(names[start : start + 500]) if fact.kind == ENROLLED]
        kept = {fact.subject for fact in enrolled if fact.id not in gone}
        leaving.update((f.person, known[f.person]) for f in enrolled if f.subject not in kept)
    return leaving


def _refuse_bound(uids: list[str]) -> None:
    for start in range(0, len(uids), 500):
        part = uids[start : start + 500]
        if Account.objects.filter(person_id__in=part).exists():
            reason = _("名单里已经有人登录过，不能整批撤回")
            raise Conflict.of("batch", reason, _("请逐个更正，或请本人申请删除"))
        if Person.objects.filter(Q(uid__in=part, led_by__isnull=False) | Q(led_by__in=part)).exists():
            raise Conflict.of("batch", _("名单里已经有人并成一个人"), _("请先撤销合并，再撤回导入"))


def _remove(tx: Tx, leaving: Mapping[str, str]) -> None:
    uids = list(leaving.values())
    domains = {}
    for start in range(0, len(uids), 500):
        rows = Token.objects.filter(person_id__in=uids[start : start + 500])
        domains.update(dict(rows.values_list("token", "domain")))
    for token, domain in domains.items():
        tx.upsert(Token, ("token",), token=token, person_id=None, domain=domain)
    tx.delete(Likeness, one_id=uids)
    tx.delete(Likeness, other_id=uids)
    tx.delete(Identity, person_id=uids)
    tx.delete(Person, uid=uids)
