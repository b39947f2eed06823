"""Which tables of people are truth in `baodao dump`. Secrets of accounts and short-lived rows are left out;
ciphers differ at each writing, so that of an identity only its owner, field and standing are dumped."""

from baodao.ledger.caches import register_state

from .models import (
    AccessLog,
    Account,
    Consent,
    ErasureRequest,
    Identity,
    Likeness,
    Person,
    SecurityLog,
    Token,
)

register_state(Person, key=("uid",))
register_state(
    Identity, key=("person_id", "field"), exclude=("id", "seal_key", "cipher", "blind_key", "blind")
)
register_state(Likeness, key=("one_id", "other_id"), exclude=("id",))
register_state(Token, key=("token",))
register_state(Account, key=("username",), exclude=("password", "totp_key", "totp_cipher", "totp_step"))
register_state(Consent, key=("person_id", "what", "given"), exclude=("id",))
register_state(ErasureRequest, key=("person_id",))
register_state(AccessLog, key=("id",))
register_state(SecurityLog, key=("id",))
