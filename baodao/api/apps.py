"""Django app `api`."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Label `api`."""

    name = "baodao.api"
    label = "api"
    verbose_name = "api"
