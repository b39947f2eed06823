"""Django app `simulate`."""

from django.apps import AppConfig


class SimulateConfig(AppConfig):
    """Label `simulate`."""

    name = "baodao.simulate"
    label = "simulate"
    verbose_name = "simulate"
