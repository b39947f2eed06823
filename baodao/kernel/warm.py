"""What a server reads before it serves: else the first who come after a start wait for it, and all at once."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, connections
from django.urls import get_resolver
from django.utils.module_loading import import_string

_log = logging.getLogger(__name__)
_found: list[Callable[[], object]] = []


def before_serving(read: Callable[[], object]) -> Callable[[], object]:
    """Register a function without arguments that reads into memory what nearly every request needs."""
    _found.append(read)
    return read


def warm() -> None:
    """Load the application with all its pages, then what was registered. A database that is away or not yet migrated is no
    reason not to serve: pages say so themselves. Leaves no connection open, so that workers may be forked."""
    import_string(settings.WSGI_APPLICATION)
    _every_page()
    try:
        for read in _found:
            read()
    except DatabaseError as error:
        _log.warning("not read before serving: %s", error)
    finally:
        connections.close_all()


def _every_page() -> int:
    return len(get_resolver().url_patterns)
