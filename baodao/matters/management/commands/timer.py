"""`baodao timer`: apply what is due, without the other beats of `baodao work`. Any number may run at once."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """The one beat of `baodao work` that is the clock."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Arguments of the command line."""
        parser.add_argument("--once", action="store_true", help="stop when nothing is due")

    def handle(self, *args: Any, **options: Any) -> None:
        """Keep it going until SIGTERM."""
        call_command(
            "work",
            only=["matters.timer"],
            once=options["once"],
            list=False,
            senders="with",
            stdout=self.stdout,
        )
