"""Notify's Django app: the reader that makes notices of facts, the beat that sends them."""

from django.apps import AppConfig


class NotifyConfig(AppConfig):
    """Label `notify`."""

    name = "baodao.notify"
    label = "notify"
    verbose_name = "notify"

    def ready(self) -> None:
        """Last of the apps that declare audiences: now all kinds are known."""
        from baodao.kernel.beats import register_beat

        from . import caches, checks, codes, own, readers, rights, sender, words  # noqa: F401

        readers.start()
        codes.plug_in()
        register_beat("notify.sender", sender.send_due, apart=True)
