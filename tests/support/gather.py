"""How stories walk a gathering: publish on the desk, sign up and sign in on the portal, read what stands there."""

import re
from datetime import UTC, datetime
from typing import Any

from tests.support.town import words

_n = iter(range(1, 1_000_000))


def fresh() -> str:
    """A command that nobody used."""
    return f"walk-{next(_n)}"


def form_of(page: Any, button: str) -> dict[str, str]:
    """Hidden values of the form that has this button; fails when the page does not offer it."""
    text = page.content.decode()
    found = next((f for f in re.findall(r"<form.*?</form>", text, re.S) if f'value="{button}"' in f), "")
    assert found, f"no button {button}: {words(page)}"
    return {**dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', found)), "do": button}


def publish(desk: Any, expect: int = 303, **typed: str) -> str:
    """Fill the form for a new gathering as it stands there; gives the code of the first (or the page as it reads)."""
    page = desk.get("/desk/gather/new/")
    assert page.status_code == 200, words(page)
    for name in typed:
        assert f'name="{name}"' in page.content.decode(), f"the form does not ask for {name}"
    answer = desk.post("/desk/gather/new/", {"command": fresh(), **typed})
    assert answer.status_code == expect, words(answer)
    return str(answer["Location"]).split("/")[3] if expect == 303 else words(answer)


def press(browser: Any, address: str, button: str, expect: int = 303, **typed: str) -> str:
    """Press a button of the page, which must be there; gives what is read then."""
    page = browser.get(address)
    answer = browser.post(address, {**form_of(page, button), "command": fresh(), **typed})
    assert answer.status_code == expect, words(answer)
    return words(browser.get(answer["Location"])) if expect == 303 else words(answer)


def scan(desk: Any, phone: Any, code: str, expect: int = 303) -> str:
    """Somebody scans the code from the convener's screen and presses; gives what she reads."""
    screen = desk.get(f"/desk/gather/{code}/screen/")
    assert screen.status_code == 200, words(screen)
    digits = re.search(r'bd-code">(\d{3}) (\d{3})<', screen.content.decode())
    assert digits
    address = f"/gather/{code}/in/"
    page = phone.get(f"{address}?c={digits[1]}{digits[2]}")
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.content.decode()))
    answer = phone.post(address, {**hidden, "command": fresh()})
    assert answer.status_code == expect, words(answer)
    return words(phone.get(answer["Location"])) if expect == 303 else words(answer)


def now() -> datetime:
    """The moment that stands."""
    return datetime.now(UTC)
