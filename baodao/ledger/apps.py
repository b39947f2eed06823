"""Ledger's Django app: fills the kernel's flush port and re-creates the append-only triggers after every migration."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class LedgerConfig(AppConfig):
    """Label `ledger`."""

    name = "baodao.ledger"
    label = "ledger"
    verbose_name = "ledger"

    def ready(self) -> None:
        """Fill ports; import checks."""
        from baodao.kernel.beats import register_beat
        from baodao.kernel.verbs import set_flush

        from . import checks, triggers  # noqa: F401
        from .answers import forget
        from .flush import flush
        from .readers import run_new

        register_beat("ledger.readers", run_new)
        register_beat("ledger.answers", forget, every=600.0)

        set_flush(flush)
        post_migrate.connect(_guard, dispatch_uid="baodao.ledger.triggers")


def _guard(sender: Any, using: str = "default", **_: Any) -> None:
    from . import triggers

    # An AlterField on SQLite copies the table and drops its triggers silently: so after every app's migration.
    triggers.create(using)
