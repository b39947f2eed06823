"""Rotation of the vault's keys: in batches, each a transaction; stopped at any place, it goes on where it
was."""

from collections.abc import Callable

from django.db import transaction
from django.db.models import Q

from baodao.people import normalise, ports, rotation, vault
from baodao.people.models import Account, Identity

BATCH = 500
Progress = Callable[[int, int], None]


def rotate(ring: str, progress: Progress = lambda done, total: None, *, fresh: bool = True) -> int:
    """Move every row of `ring` ("seal": ciphers, "blind": indexes) to the newest key; with `fresh`, to a key
    made now. Gives the number of rows moved. Readers and writers go on meanwhile: both keys open, the newest
    writes."""
    if fresh:
        vault.add_key(ring)
    total, done = rotation.rotation_left(ring), 0
    progress(0, total)
    step = _seal_batch if ring == "seal" else _blind_batch
    while moved := step():
        done += moved
        progress(done, max(total, done))
    return done


def retire(ring: str) -> list[str]:
    """Forget keys that no row needs; gives their ids. Backups older than this can then no longer be read
    with this file."""
    used = rotation.rows_per_key()[ring]
    old = {key.id for key in getattr(vault.keys(), ring)[:-1] if not used.get(key.id)}
    vault.drop_keys(ring, old)
    return sorted(old)


def _seal_batch() -> int:
    newest = vault.keys().seal[-1].id
    with transaction.atomic():
        rows = list(
            Identity.objects.select_for_update().exclude(seal_key=newest).order_by("seal_key", "id")[:BATCH]
        )
        for row in rows:
            sealed = vault.seal(
                row.person_id, row.field, vault.unseal(row.person_id, row.field, row.seal_key, row.cipher)
            )
            row.seal_key, row.cipher = sealed.key, sealed.cipher
        Identity.objects.bulk_update(rows, ["seal_key", "cipher"], batch_size=100)
        if rows:
            return len(rows)
        stale = Account.objects.select_for_update().filter(~Q(totp_key=newest), totp_cipher__isnull=False)
        accounts = list(stale.order_by("username")[:BATCH])
        for account in accounts:
            plain = vault.unseal(account.username, "totp", account.totp_key, account.totp_cipher)
            sealed = vault.seal(account.username, "totp", plain)
            account.totp_key, account.totp_cipher = sealed.key, sealed.cipher
        Account.objects.bulk_update(accounts, ["totp_key", "totp_cipher"], batch_size=100)
        if accounts:
            return len(accounts)
        return sum(rows.move(newest, BATCH) for rows in ports.SEALED.values())


def _blind_batch() -> int:
    newest = vault.keys().blind[-1].id
    with transaction.atomic():
        stale = Identity.objects.select_for_update().filter(blind__isnull=False).exclude(blind_key=newest)
        rows = list(stale.order_by("id")[:BATCH])
        for row in rows:
            plain = vault.unseal(row.person_id, row.field, row.seal_key, row.cipher)
            index = vault.blind(normalise.index_kind(row.field), plain)
            row.blind_key, row.blind = index.key, index.digest
        Identity.objects.bulk_update(rows, ["blind_key", "blind"], batch_size=100)
    return len(rows)
