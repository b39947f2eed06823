"""What stories of several units need at the interface for machines and on the desk, whoever stands in them."""

import json
import re
from itertools import count
from typing import Any

from tests.support.town import words

_keys = count(1)


def send(browser: Any, expect: int = 201, **body: Any) -> Any:
    """POST /api/v1/matters/; gives number and code of the slip, or the problem."""
    answer = browser.post(
        "/api/v1/matters/",
        json.dumps({"kind": "", **body}),
        content_type="application/json",
        headers={"Idempotency-Key": f"opening-{next(_keys):06}"},
    )
    assert answer.status_code == expect, answer.content.decode()
    return json.loads(answer.content)


def propose(town: Any, **body: Any) -> tuple[Any, str]:
    """A proposal from a resident's own browser; gives the phone, which keeps the slip, and the number."""
    phone = town.phone()
    fields = {"source": "web", "anonymous": False, **body.pop("fields", {})}
    slip = send(phone.browser, procedure="proposal", fields=fields, **body)
    phone.look(slip["number"], slip["code"])
    phone.codes[slip["number"]] = slip["code"]
    return phone, str(slip["number"])


def offered(browser: Any, number: str) -> set[tuple[str, int]]:
    """(action, leg or 0) that the matter's page on the desk has a button for."""
    page = browser.get(f"/desk/matters/{number}/").content.decode()
    found = re.findall(r'href="[^"]*\?do=(\w+)(?:&amp;leg=(\d+))?#do"', page)
    return {(action, int(leg) if leg else 0) for action, leg in found}


def notices(town: Any, who: str) -> str:
    """What somebody finds among her notices."""
    answer = town.desk(who).get("/desk/notices/")
    assert answer.status_code == 200
    return words(answer)


def confirm(browser: Any, address: str, **typed: str) -> str:
    """A form of two steps: fill it, read what it means, confirm. Gives where it leads."""
    filled = {**_hidden(browser.get(address)), **typed, "do": "check"}
    check = browser.post(address, filled)
    assert check.status_code == 200, words(check)
    done = browser.post(address, {**_hidden(check), "do": "send"})
    assert done.status_code == 303, words(done)
    return str(done["Location"])


def _hidden(page: Any) -> dict[str, str]:
    assert page.status_code == 200, words(page)
    form = re.findall(r"<form[^>]*method=\"post\".*?</form>", page.content.decode(), re.S)[-1]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
