"""Django app `api`: the machine's interface, and leg sync."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Label `api`."""

    name = "baodao.api"
    label = "api"
    verbose_name = "api"

    def ready(self) -> None:
        """The reader and the beat of leg sync, and what the vault and the dump must know of partners."""
        from baodao.kernel.beats import register_beat
        from baodao.people.ports import SealedRows, register_sealed

        from . import caches, words  # noqa: F401
        from .sync import readers, selectors, sender, services

        readers.start()
        register_beat("sync.sender", sender.send_due, apart=True)
        register_sealed("partners", SealedRows(used=selectors.secrets_by_key, move=services.move_secrets))
