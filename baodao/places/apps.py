"""Django's entry to this app."""

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    """Label `places`."""

    name = "baodao.places"
    label = "places"
    verbose_name = "places"

    def ready(self) -> None:
        """Tell the ledger what can be dumped and what can be rebuilt."""
        from . import caches, ground, seen, services  # noqa: F401
        from .buildings import caches as buildings  # noqa: F401
        from .devices import declare as devices  # noqa: F401
        from .devices import keeper as device_keeper  # noqa: F401
        from .devices import services as device_verbs  # noqa: F401
        from .facilities import declare as facilities  # noqa: F401
        from .facilities import keeper as facility_keeper  # noqa: F401
        from .facilities import services as facility_verbs  # noqa: F401
        from .households import beats, erasers, own  # noqa: F401
        from .households import caches as households  # noqa: F401
