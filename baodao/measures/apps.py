"""Django's entry to this app."""

from django.apps import AppConfig


class MeasuresConfig(AppConfig):
    """Label `measures`. Measures have no tables; returns do."""

    name = "baodao.measures"
    label = "measures"
    verbose_name = "measures"

    def ready(self) -> None:
        """Tell the ledger what can be rebuilt, and notify who hears of what."""
        from . import before, rights  # noqa: F401
        from .returns import audience, caches, owed, services  # noqa: F401
