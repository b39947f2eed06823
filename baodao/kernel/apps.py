"""Kernel's Django app: autodiscovers facts and pages, registers the system checks."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.utils.module_loading import autodiscover_modules


class KernelConfig(AppConfig):
    """Label `kernel`."""

    name = "baodao.kernel"
    label = "kernel"
    verbose_name = "kernel"

    def ready(self) -> None:
        """Fill the registries: each app's facts, declarations, readers and jobs by the names of their
        rooms."""
        from . import checks, jobs, services  # noqa: F401
        from .driver import tune
        from .tables import work  # noqa: F401

        connection_created.connect(tune, dispatch_uid="baodao.kernel.driver")
        autodiscover_modules("facts", "declare", "readers", "policies", "erasers")
