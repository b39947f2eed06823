"""Who stands before a request on the portal: the one signed in, or whoever came with its number and code.

The code travels in a signed cookie of this browser, for half an hour and for a few numbers. It makes its bearer
stand for the one whose matter it is, in this matter and nowhere else.
"""

import json
from datetime import datetime

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from msgspec.structs import replace

from baodao.kernel.act import Act, new_key
from baodao.matters import slips
from baodao.matters.selectors import reporter_of
from baodao.people.door import act_from, address_of
from baodao.people.selectors import person_of
from baodao.people.services.throttle import Rule, take

COOKIE, SALT = "slips", "baodao.matters.slips"
MINUTES, MOST = 30, 4
#: 39 bits of code: with these limits a number's code is found once in some ten thousand years.
BY_ADDRESS = Rule("slip_address", 60, 600)
BY_NUMBER = Rule("slip_number", 12, 900)
REPORTS = Rule("report_address", 3000, 3600)
#: Files are kept before anything is sent, and from whoever is not signed in too: a service hall's afternoon, not a disk.
PHOTO_FILES = Rule("photo_address", 600, 3600)


def as_resident(request: HttpRequest, command: str = "") -> Act:
    """The Act of the one at the portal's door. Whoever holds a post is a resident here like everybody."""
    by = act_from(request, command=command or new_key())
    return replace(by, post="", grants=())


def standing_for(request: HttpRequest, number: str, command: str = "") -> Act:
    """The Act for one matter: with its code that of the one whose matter it is, else one's own."""
    by = as_resident(request, command)
    if not slips.matches(number, held(request).get(number, "")):
        return by
    token = reporter_of(number)
    person = person_of(token, "handle") if token else ""
    return replace(by, kind="person", person=person) if person else by


def ask_slip(request: HttpRequest, number: str, code: str, now: datetime) -> bool:
    """Whether number and code belong together; each try counts. Raises TooMany."""
    take(BY_ADDRESS, address_of(request), now)
    take(BY_NUMBER, number, now)
    return slips.matches(number, code) and bool(reporter_of(number))


def held(request: HttpRequest) -> dict[str, str]:
    """Numbers and codes that this browser came with; none when the cookie is old or was touched."""
    try:
        found = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=MINUTES * 60)
    except (signing.BadSignature, json.JSONDecodeError):
        return {}
    return found if isinstance(found, dict) else {}


def keep_slip(request: HttpRequest, response: HttpResponse, number: str) -> None:
    """Let this browser open the matter for half an hour."""
    slips_held = {**{n: c for n, c in held(request).items() if n != number}, number: slips.code_of(number)}
    value = signing.dumps(dict(list(slips_held.items())[-MOST:]), salt=SALT, compress=True)
    response.set_cookie(
        COOKIE,
        value,
        max_age=MINUTES * 60,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
