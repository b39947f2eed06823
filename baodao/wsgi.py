"""WSGI entry for granian: `granian --interface wsgi baodao.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "baodao.settings")
application = get_wsgi_application()
