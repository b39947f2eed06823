"""What stories of several units need at the interface for machines and on the desk, whoever stands in them."""

import contextlib
import json
import re
import shutil
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

from tests.support.districts import Districts, load
from tests.support.town import forget, words

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


def photo(office: Any) -> str:
    """Send a small picture from a unit's own system; gives its hash."""
    import io

    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(out, "PNG")
    key = {"Idempotency-Key": f"photo-{next(_keys):06}"}
    kept = office.browser.post("/api/v1/files/", out.getvalue(), content_type="image/png", headers=key)
    assert kept.status_code == 201, kept.content.decode()
    return str(json.loads(kept.content)["digest"])


@contextlib.contextmanager
def installation(
    settings: Any, home: Path, packs: tuple[str, ...], files: Mapping[str, str] | None = None
) -> Iterator[Districts]:
    """Some of the shipped districts, loaded as operators do, from a copy of the packs with ``files`` (path below the
    folder of packs → text put behind what is there)."""
    from baodao.people import vault

    settings.DATA = home / "data"
    (settings.DATA / "keys").mkdir(parents=True)
    shutil.copytree(settings.PACKS, home / "packs")
    settings.PACKS = home / "packs"
    for name, text in (files or {}).items():
        file = settings.PACKS / name
        file.write_text((file.read_text(encoding="utf-8") if file.exists() else "") + text, encoding="utf-8")
    vault._read.cache_clear()
    forget()
    for pack in packs:
        load(pack)
    yield Districts(settings.DATA)
    vault._read.cache_clear()
    forget()
