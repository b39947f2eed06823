"""Django's entry to this app."""

from django.apps import AppConfig


class OrgsConfig(AppConfig):
    """Label `orgs`. Facts, declarations and the policy are found by kernel; caches are registered here."""

    name = "baodao.orgs"
    label = "orgs"
    verbose_name = "orgs"

    def ready(self) -> None:
        """Tell the ledger what can be dumped and what can be rebuilt."""
        from . import caches  # noqa: F401
        from .alliances import audience, declare, facts, words  # noqa: F401
        from .alliances import caches as alliances  # noqa: F401
        from .areas import caches as areas  # noqa: F401
        from .areas import facts as area_facts  # noqa: F401
        from .areas import words as area_words  # noqa: F401
        from .handover import beats as handover  # noqa: F401
        from .handover import caches as handover_caches  # noqa: F401
        from .handover import facts as handover_facts  # noqa: F401
        from .handover import words as handover_words  # noqa: F401
        from .plans import caches as plan_caches  # noqa: F401
        from .plans import facts as plan_facts  # noqa: F401
        from .plans import words as plan_words  # noqa: F401
        from .powers import caches as powers  # noqa: F401
        from .powers import declare as powers_declare  # noqa: F401
        from .powers import facts as powers_facts  # noqa: F401
        from .powers import keeper as powers_keeper  # noqa: F401
        from .powers import seconds  # noqa: F401
        from .rolls import caches as rolls  # noqa: F401
        from .rolls import erasers, own  # noqa: F401
        from .rolls import words as roll_words  # noqa: F401
        from .services import takeback  # noqa: F401
        from .talents import caches as talents  # noqa: F401
        from .talents import declare as talent_lists  # noqa: F401
        from .talents import erasers as talent_erasers  # noqa: F401
        from .talents import own as talent_own  # noqa: F401
