"""Django app `portal`."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Label `portal`."""

    name = "baodao.portal"
    label = "portal"
    verbose_name = "portal"
