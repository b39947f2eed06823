"""WSGI entry for granian: `granian --interface wsgi baodao.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "baodao.settings")
application = get_wsgi_application()

from django.urls import get_resolver  # noqa: E402

from baodao.kernel.structs import prepare  # noqa: E402

# All pages are imported, and all types ready, before the first of several threads asks for one.
_ROUTES = len(get_resolver().url_patterns)
_TYPES = prepare()
