"""One spelling per contact, so that equal values have equal blind indexes; and masks for the eye."""

import re
import unicodedata
from datetime import date

import msgspec
from django.utils.translation import gettext as _

from baodao.kernel.errors import Invalid

# A mainland mobile number as nearly everybody types it: the metadata library is loaded only for the others.
_MOBILE = re.compile(r"(?:\+?86)?(1[3-9]\d{9})")
_SPACES = re.compile(r"[\s\-()（）]+")
_IDNO = re.compile(r"[1-9][0-9]{16}[0-9X]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_EMAIL = re.compile(r"[^@\s\x00-\x1f,;<>\"]{1,64}@[^@\s\x00-\x1f,;<>\"]{1,190}\.[^@\s.,;<>\"]{2,24}")
_INDEXED = {
    "phone": "phone",
    "contact_phone": "phone",
    "email": "email",
    "contact_email": "email",
    "idno": "idno",
    "alias": "alias",
}


class Contact(msgspec.Struct, frozen=True):
    """A way to reach or recognise somebody: field code and normalised value."""

    field: str
    value: str

    @property
    def kind(self) -> str:
        """Domain of the blind index: a contact phone and a sign-in phone are the same number."""
        return index_kind(self.field)


def index_kind(field: str) -> str:
    """Field code → domain of its blind index ("" = the field has none)."""
    return _INDEXED.get(field, "")


def phone(text: str, field: str = "phone") -> str:
    """E.164 (`+8613812345678`), mainland China by default. Raises Invalid."""
    bare = _SPACES.sub("", unicodedata.normalize("NFKC", text))
    quick = _MOBILE.fullmatch(bare)
    if quick:
        return f"+86{quick[1]}"
    import phonenumbers

    try:
        parsed = phonenumbers.parse(bare, "CN")
        if phonenumbers.is_valid_number(parsed):
            return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    except phonenumbers.NumberParseException:
        pass
    raise Invalid.of(field, _("不是有效的电话号码"), _("请填 11 位手机号，或带区号的座机号"))


def email(text: str, field: str = "email") -> str:
    """Lower-case address. Raises Invalid."""
    bare = unicodedata.normalize("NFKC", text).strip().lower()
    if len(bare) > 254 or not _EMAIL.fullmatch(bare):
        raise Invalid.of(field, _("不是有效的电子邮箱"), _("请填完整的邮箱地址，例如 name@example.com"))
    return bare


def idno(text: str, field: str = "idno") -> str:
    """Resident identity number (GB 11643): 18 signs, a day that exists, the check digit of ISO 7064 MOD 11-2. The place is not
    checked: numbers are also given to people born before their county had its code. Raises Invalid."""
    bare = _SPACES.sub("", unicodedata.normalize("NFKC", text)).upper()
    if _IDNO.fullmatch(bare) and bare[17] == _check_digit(bare):
        try:
            date(int(bare[6:10]), int(bare[10:12]), int(bare[12:14]))
            return bare
        except ValueError:
            pass
    raise Invalid.of(field, _("不是有效的居民身份证号"), _("请核对 18 位号码"))


def _check_digit(number: str) -> str:
    return "10X98765432"[sum(int(sign) * weight for sign, weight in zip(number, _WEIGHTS, strict=False)) % 11]


def words(text: str, field: str, limit: int = 200) -> str:
    """A name, address or note: NFC, single spaces, no control characters. Raises Invalid when longer than
    `limit`."""
    clean = " ".join(
        "".join(c if c.isprintable() else " " for c in unicodedata.normalize("NFC", text)).split()
    )
    if len(clean) > limit:
        raise Invalid.of(field, _("超过 {n} 个字").format(n=limit), _("请写短一些"))
    return clean


def identifier(text: str, field: str = "identifier") -> Contact:
    """What somebody types to sign in: a phone number or an e-mail address. Raises Invalid."""
    bare = unicodedata.normalize("NFKC", text).strip()
    if not bare:
        raise Invalid.of(field, _("没有填写"), _("请填手机号或电子邮箱"))
    if "@" in bare:
        return Contact("email", email(bare, field))
    return Contact("phone", phone(bare, field))


def normal(field: str, text: str) -> str:
    """The stored spelling of any identity field. Raises Invalid that names the field."""
    kind = index_kind(field)
    if kind == "phone":
        return phone(text, field)
    if kind == "email":
        return email(text, field)
    if kind == "idno":
        return idno(text, field)
    return words(text, field, 60 if field == "name" else 300)


def local(field: str, value: str) -> str:
    """How a person would write it: mainland mobile numbers without country code, in groups."""
    if index_kind(field) == "phone" and re.fullmatch(r"\+861[3-9]\d{9}", value):
        return f"{value[3:6]} {value[6:10]} {value[10:]}"
    return value


def mask(field: str, value: str) -> str:
    """What may stand on a screen or in a log of deliveries: `138****5678`, `z***@example.com`, `张*`."""
    kind = index_kind(field)
    if kind == "phone":
        local = value.removeprefix("+86")
        return f"{local[:3]}****{local[-4:]}" if len(local) >= 9 else f"****{local[-2:]}"
    if kind == "email":
        name, _at, host = value.partition("@")
        return f"{name[:1]}***@{host}"
    if kind == "idno":
        return f"{value[:4]}**********{value[-2:]}"
    return f"{value[:1]}{'*' * max(1, len(value) - 1)}" if value else ""
