"""Matters' Django app: its sections of packs come with their checks."""

from django.apps import AppConfig


class MattersConfig(AppConfig):
    """Label `matters`."""

    name = "baodao.matters"
    label = "matters"
    verbose_name = "matters"

    def ready(self) -> None:
        """References are judged whenever a pack is read."""
        from . import references  # noqa: F401
