"""One-click sign-in of the demonstration: an account for a simulated person."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from baodao.people.models import Account, Person

from .accounts import account_columns


def demo_account(person: str, now: datetime) -> str:
    """The account's random name, made if there is none; "" unless this is a demonstration and the person is
    simulated."""
    if not settings.DEMO or not Person.objects.filter(uid=person, origin="simulated", erased=False).exists():
        return ""
    with transaction.atomic():
        account, _made = Account.objects.get_or_create(person_id=person, defaults=account_columns(now))
    return account.username if account.active else ""
