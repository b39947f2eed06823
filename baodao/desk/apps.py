"""Django app `desk`."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Label `desk`."""

    name = "baodao.desk"
    label = "desk"
    verbose_name = "desk"

    def ready(self) -> None:
        """What the canonical dump prints of the desk."""
        from . import caches, rights  # noqa: F401
