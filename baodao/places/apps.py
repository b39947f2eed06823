"""Django's entry to this app."""

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    """Label `places`."""

    name = "baodao.places"
    label = "places"
    verbose_name = "places"

    def ready(self) -> None:
        """Tell the ledger what can be dumped."""
        from . import caches, services  # noqa: F401
        from .buildings import caches as buildings  # noqa: F401
