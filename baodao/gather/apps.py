"""Django's entry to this app."""

from django.apps import AppConfig


class GatherConfig(AppConfig):
    """Label `gather`. Facts, declarations and erasers are found by kernel; the rest is registered here."""

    name = "baodao.gather"
    label = "gather"
    verbose_name = "gather"
