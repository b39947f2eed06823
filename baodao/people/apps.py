"""People's Django app: append-only logs, checks, parts of the dump."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Label `people`."""

    name = "baodao.people"
    label = "people"
    verbose_name = "people"

    def ready(self) -> None:
        """Register checks, state tables and the logs that only grow."""
        from baodao.kernel.beats import register_beat
        from baodao.ledger.triggers import guard

        from . import caches, checks  # noqa: F401
        from .services import roster  # noqa: F401
        from .services.sign_in import sweep

        register_beat("people.sweep", sweep, every=3600.0)
        guard("people_accesslog")
        guard("people_securitylog")
