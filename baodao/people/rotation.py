"""Which rows still need which key of a ring."""

from __future__ import annotations

from django.db.models import Count, F, Q

from . import ports, vault
from .models import Account, Identity


def rotation_left(ring: str) -> int:
    """Rows still under an older key of `ring` ("seal" or "blind")."""
    if ring == "seal":
        newest = vault.keys().seal[-1].id
        accounts = Account.objects.filter(~Q(totp_key=newest), totp_cipher__isnull=False).count()
        others = sum(n for rows in ports.SEALED.values() for key, n in rows.used().items() if key != newest)
        return Identity.objects.exclude(seal_key=newest).count() + accounts + others
    return Identity.objects.filter(blind__isnull=False).exclude(blind_key=vault.keys().blind[-1].id).count()


def rows_per_key() -> dict[str, dict[str, int]]:
    """ring → key id → rows that need it."""
    seal = dict(Identity.objects.values_list("seal_key").annotate(n=Count("id")).order_by("seal_key"))
    for key, n in (
        Account.objects.filter(totp_cipher__isnull=False)
        .values_list("totp_key")
        .annotate(n=Count("username"))
    ):
        seal[key] = seal.get(key, 0) + n
    for rows in ports.SEALED.values():
        for key, n in rows.used().items():
            seal[key] = seal.get(key, 0) + n
    blind = dict(
        Identity.objects.filter(blind__isnull=False)
        .annotate(k=F("blind_key"))
        .values_list("k")
        .annotate(n=Count("id"))
        .order_by("k")
    )
    return {"seal": seal, "blind": blind}
