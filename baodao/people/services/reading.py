"""Opening sealed fields of others: asks a right and a purpose, and writes the access log in the same
transaction."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from baodao.kernel.act import Act, Subject
from baodao.kernel.errors import Invalid, Refused
from baodao.kernel.verbs import allowed
from baodao.people import vault
from baodao.people.declare import purposes
from baodao.people.models import FIELDS, Identity, Token

from .logs import log_access


class Opened(msgspec.Struct, frozen=True):
    """What was read: token asked for → field → plain value; unknown and erased tokens have no entry."""

    of: dict[str, dict[str, str]]

    def one(self, token: str, field: str, default: str = "") -> str:
        """A single value."""
        return self.of.get(token, {}).get(field, default)


def read_identity(
    by: Act, tokens: Iterable[str], fields: Iterable[str], subject: Subject, *, right: str = "people.contact"
) -> Opened:
    """Open fields of persons, given by their tokens, because of `subject` (the matter, visit … that makes it
    necessary).

    One access-log row for each person who has at least one of the fields, in the same transaction: no row,
    no reading. Raises Refused without a declared `by.purpose` or without the right on this subject, Invalid
    for an unknown field. Two statements for any number of persons, and one insert.
    """
    wanted = _asked(by, fields)
    if not allowed(by, right, subject):
        raise Refused.of("", _("这件事的个人信息不对您开放"), _("请由办理这件事的岗位查看"), right=right)
    with transaction.atomic():
        owners = {str(uid): token for token, uid in _owners(tokens)}
        return Opened(_open(by, owners, wanted, subject.ref))


def read_rosters(
    by: Act, rosters: Mapping[str, Sequence[str]], fields: Iterable[str], *, right: str
) -> Iterator[tuple[str, dict[str, str]]]:
    """(uid, field → plain value) of all persons of rosters (office → uids), a command's worth at a time; each is logged
    as `read_identity` does, with the office as subject. Raises Refused before anything is opened."""
    wanted = _asked(by, fields)
    for office in rosters:
        if not allowed(by, right, Subject(ref=f"org:{office}", org=office, level=1)):
            raise Refused.of("", _("这份名册不对您开放"), _("请由这个单位或上级的管理员办"), right=right)
    for office, uids in rosters.items():
        for start in range(0, len(uids), 500):
            part = uids[start : start + 500]
            with transaction.atomic():
                found = _open(by, {uid: uid for uid in part}, wanted, f"org:{office}")
            yield from ((uid, found.get(uid, {})) for uid in part)


def _asked(by: Act, fields: Iterable[str]) -> list[str]:
    wanted = sorted(set(fields))
    unknown = [field for field in wanted if field not in FIELDS]
    if unknown or not wanted:
        raise Invalid.of(
            "fields", _("不认识的个人信息项：{names}").format(names=", ".join(unknown)), ", ".join(FIELDS)
        )
    if by.purpose not in purposes():
        raise Refused.of("purpose", _("没有说明用途"), _("查看个人信息要先选一个用途"))
    return wanted


def _open(by: Act, owners: Mapping[str, str], wanted: Sequence[str], ref: str) -> dict[str, dict[str, str]]:
    """Under the caller's mark for each uid: what is known, and a row of the access log for each who has any of it."""
    rows = Identity.objects.filter(person_id__in=list(owners), field__in=wanted)
    found: dict[str, dict[str, str]] = {}
    for uid, field, key, cipher in rows.values_list("person_id", "field", "seal_key", "cipher"):
        found.setdefault(owners[uid], {})[field] = vault.unseal(uid, field, key, cipher)
    uids = {mark: uid for uid, mark in owners.items()}
    looks = [(uids[mark], tuple(values)) for mark, values in sorted(found.items()) if uids[mark] != by.person]
    if looks:
        log_access(by, by.office, looks, ref)
    return found


def _owners(tokens: Iterable[str]) -> list[tuple[str, str]]:
    rows = Token.objects.filter(token__in=list(tokens), person__isnull=False)
    return [(token, str(uid)) for token, uid in rows.values_list("token", "person_id")]
