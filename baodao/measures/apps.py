"""Django's entry to this app."""

from django.apps import AppConfig


class MeasuresConfig(AppConfig):
    """Label `measures`. It has no tables: its declarations are found by kernel."""

    name = "baodao.measures"
    label = "measures"
    verbose_name = "measures"
