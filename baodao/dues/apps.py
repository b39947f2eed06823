"""Django's entry to this app."""

from django.apps import AppConfig


class DuesConfig(AppConfig):
    """Label `dues`."""

    name = "baodao.dues"
    label = "dues"
    verbose_name = "dues"

    def ready(self) -> None:
        """Tell the kernel what packs may declare, and the ledger what can be dumped and what can be rebuilt."""
        from . import audience, caches, declare, erasers, facts, keeper, records, services, words  # noqa: F401
        from .contacts import caches as contacts  # noqa: F401
        from .contacts import keeper as contact_keeper  # noqa: F401
        from .contacts import own  # noqa: F401
