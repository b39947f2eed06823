"""The two logs that only grow. Rows are hashed like facts, so that the seal can take them; they are never
facts."""

import hashlib
import os
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from baodao.kernel.act import Act
from baodao.kernel.verbs import Tx
from baodao.ledger.canonical import stamp
from baodao.people.models import AccessLog, SecurityLog

_encoder = msgspec.json.Encoder(order="sorted")
ACCESS = ("at", "reader", "post", "org", "whom", "fields", "purpose", "subject", "nonce")
SECURITY = ("at", "kind", "person", "post", "subject", "detail", "nonce")


def leaf(log: str, columns: Mapping[str, Any], names: tuple[str, ...]) -> bytes:
    """RFC 9162 leaf hash of a row: JSON object of its columns and the log's name, keys sorted, moments as
    `…Z`, bytes as hex."""
    plain: dict[str, Any] = {name: columns[name] for name in names}
    plain["at"] = stamp(plain["at"])
    plain["nonce"] = bytes(plain["nonce"]).hex()
    return hashlib.sha256(b"\x00" + _encoder.encode({"log": log, **plain})).digest()


def access_leaf(row: AccessLog) -> bytes:
    """What `leaf` of a stored access row must be."""
    return leaf("access", {name: getattr(row, name) for name in ACCESS}, ACCESS)


def security_leaf(row: SecurityLog) -> bytes:
    """What `leaf` of a stored security row must be."""
    return leaf("security", {name: getattr(row, name) for name in SECURITY}, SECURITY)


def log_access(by: Act, org: str, looks: Iterable[tuple[str, tuple[str, ...]]], subject: str) -> int:
    """One row for each (person uid, fields) read; inside the reader's transaction. Gives the number of
    rows."""
    return log_looks(by, ((org, whom, fields, subject) for whom, fields in looks))


def log_looks(by: Act, looks: Iterable[tuple[str, str, tuple[str, ...], str]]) -> int:
    """The same for many subjects at once: (organization, person uid, fields, subject) each. One statement."""
    rows = []
    for org, whom, fields, subject in looks:
        columns: dict[str, Any] = {
            "at": by.noted,
            "reader": by.person,
            "post": by.post,
            "org": org,
            "whom": whom,
            "fields": ",".join(sorted(fields)),
            "purpose": by.purpose,
            "subject": subject,
            "nonce": os.urandom(16),
        }
        rows.append(AccessLog(**columns, leaf=leaf("access", columns, ACCESS)))
    AccessLog.objects.bulk_create(rows, batch_size=1000)
    return len(rows)


def log_security(
    kind: str, at: datetime, *, person: str = "", post: str = "", subject: str = "", detail: str = ""
) -> None:
    """Record a sign-in or an export. `kind` like `sign_in.password`; `detail` codes only."""
    SecurityLog.objects.create(
        **_security(kind, at, person=person, post=post, subject=subject, detail=detail)
    )


def queue_security(tx: Tx, kind: str, *, subject: str = "", detail: str = "") -> None:
    """The same inside a verb, written with its command: changes of rights, exports made by a command."""
    by = tx.by
    tx.insert(
        SecurityLog,
        **_security(kind, by.noted, person=by.person, post=by.post, subject=subject, detail=detail),
    )


def _security(
    kind: str, at: datetime, *, person: str, post: str, subject: str, detail: str
) -> dict[str, Any]:
    columns: dict[str, Any] = {
        "at": at,
        "kind": kind,
        "person": person,
        "post": post,
        "subject": subject,
        "detail": detail,
        "nonce": os.urandom(16),
    }
    return {**columns, "leaf": leaf("security", columns, SECURITY)}
