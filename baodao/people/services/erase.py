"""Erasing: identities, accounts, sessions, codes, consents go; tokens become tombstones; the bare uid stays
for the logs."""

from django.db.models import Q

from baodao.people import selectors, vault
from baodao.people.models import (
    Account,
    Consent,
    ErasureRequest,
    Identity,
    Likeness,
    OneTimeCode,
    Person,
    Token,
)

USES = ("sign_in", "contact")


def erase_vault(person: str, subjects: list[str]) -> int:
    """Inside `ledger.erase`: gives the number of rows deleted or emptied. Access and security log keep the
    uid, which now leads to nobody."""
    count = 0
    for field in selectors.own_fields(person):
        kind = {"phone": "phone", "email": "email"}.get(field.field)
        if kind:
            marks = [vault.pepper("code-target", use, f"{kind}:{field.value}") for use in USES]
            count += OneTimeCode.objects.filter(target__in=marks).delete()[0]
    # A record that she leads is herself too: it waits for its own erasure, and nobody forgets it.
    for led in Person.objects.filter(led_by=person, erased=False):
        asked = ErasureRequest.objects.filter(person_id=person).values_list("asked", flat=True).first()
        ErasureRequest.objects.get_or_create(person=led, defaults={"asked": asked or led.created})
    Person.objects.filter(led_by=person).update(led_by=None)
    count += Likeness.objects.filter(Q(one=person) | Q(other=person)).delete()[0]
    for model in (Identity, Consent, ErasureRequest, Account):
        count += model._default_manager.filter(person_id=person).delete()[0]
    count += Token.objects.filter(person_id=person).update(person=None)
    return count + Person.objects.filter(uid=person).update(erased=True)


def forget_contact(person: str) -> int:
    """Inside another verb: somebody whom an office wrote down as a contact is forgotten when what it was for has ended.
    Whoever has an account stays: that is her own. Gives the number of rows."""
    return 0 if Account.objects.filter(person_id=person).exists() else erase_vault(person, [])
