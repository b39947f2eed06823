"""Django app `notify`."""

from django.apps import AppConfig


class NotifyConfig(AppConfig):
    """Label `notify`."""

    name = "baodao.notify"
    label = "notify"
    verbose_name = "notify"
