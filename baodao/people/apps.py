"""People's Django app: append-only logs, checks, parts of the dump."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Label `people`."""

    name = "baodao.people"
    label = "people"
    verbose_name = "people"

    def ready(self) -> None:
        """Register checks, state tables and the logs that only grow."""
        from baodao.ledger.triggers import guard

        from . import caches, checks  # noqa: F401

        guard("people_accesslog")
        guard("people_securitylog")
