"""Django app `desk`."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Label `desk`."""

    name = "baodao.desk"
    label = "desk"
    verbose_name = "desk"
