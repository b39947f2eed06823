"""System check with the database tag: the append-only triggers are there."""

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.database)
def append_only(databases: Any = None, **_: Any) -> list[CheckMessage]:
    """baodao.E010 for each missing trigger."""
    from .triggers import missing

    return [
        Error(
            f"Trigger {name} is missing.", hint="Run `baodao migrate`: it re-creates them.", id="baodao.E010"
        )
        for using in databases or []
        for name in missing(using)
    ]
