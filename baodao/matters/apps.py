"""Django's entry to this app."""

from django.apps import AppConfig


class MattersConfig(AppConfig):
    """Label `matters`. Facts, declarations and erasers are found by kernel; the rest is registered here."""

    name = "baodao.matters"
    label = "matters"
    verbose_name = "matters"

    def ready(self) -> None:
        """Tell the ledger what can be rebuilt, the worker what to do by itself."""
        from . import audience, boxing, caches, here, offers, own, references, rowchecks, timer, words  # noqa: F401
        from . import partaking as _partaking  # noqa: F401
        from .alerts import caches as _alerts  # noqa: F401
        from .alerts import declare as _rules  # noqa: F401
        from .alerts import facts as _came  # noqa: F401
        from .alerts import words as _said  # noqa: F401
        from .checklists import caches as _lists  # noqa: F401
        from .checklists import facts as _items  # noqa: F401
        from .checklists import rights as _rights  # noqa: F401
        from .services import again  # noqa: F401
        from .succession import checks as _checks  # noqa: F401
        from .succession import keeper
        from .suggest import caches as suggest
        from .suggest import erasers as _erasers  # noqa: F401
        from .suggest import facts as _facts  # noqa: F401
        from .tallies import caches as tallies

        keeper.register()
        suggest.start()
        tallies.start()
