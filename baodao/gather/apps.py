"""Django's entry to this app."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from .rooms import ROOMS

#: The parts of each room that must be known at start; a part that a room does not have is passed over.
PARTS = (
    "facts",
    "declare",
    "caches",
    "erasers",
    "words",
    "own",
    "audience",
    "beats",
    "jobs",
    "sheets",
    "beside",
    "readers",
    "onshift",
    "leaving",
)


class GatherConfig(AppConfig):
    """Label `gather`. Facts, declarations and erasers are found by kernel; the rest is registered here."""

    name = "baodao.gather"
    label = "gather"
    verbose_name = "gather"

    def ready(self) -> None:
        """Register caches, words, rooms; keep the rule that nobody is in two places at once."""
        from . import audience, beats, caches, enclosing, exclusion, keeper, own, recorded, words  # noqa: F401

        for room in ROOMS:
            if find_spec(f"baodao.gather.{room}") is None:
                continue
            for part in PARTS:
                if find_spec(f"baodao.gather.{room}.{part}") is not None:
                    import_module(f"baodao.gather.{room}.{part}")
        post_migrate.connect(_guard, dispatch_uid="baodao.gather.exclusion")


def _guard(sender: Any, using: str = "default", **_: Any) -> None:
    from . import exclusion

    exclusion.create(using)
