"""Beginning declared matters on the desk as it is filled and sent, for stories of the families."""

import io
import re
from typing import Any

from openpyxl import load_workbook

from tests.support.town import words


def begin(town: Any, who: str, procedure: str, expect: int = 303, about: str = "", **typed: Any) -> str:
    """Open the form under 发起 (or from another matter's page), fill it, send it; gives the number (or the page)."""
    desk, there = town.desk(who), f"/desk/start/{procedure}/"
    first = desk.get(there, {"about": about} if about else {})
    assert first.status_code == 200, words(first)
    body = first.content.decode()
    hidden = re.findall(r'<input type="hidden" name="(command|csrfmiddlewaretoken)" value="([^"]*)"', body)
    for name in typed:
        assert f'name="{name}"' in body or name.startswith("calls."), f"{procedure} does not ask for {name}"
    answer = desk.post(
        there + (f"?about={about}" if about else ""), {**dict(hidden), "about": about, **typed, "do": "send"}
    )
    assert answer.status_code == expect, words(answer)
    return str(answer["Location"]).split("/")[3] if expect == 303 else words(answer)


def ledger(town: Any, who: str, number: str) -> str:
    """The ledger as it stands on the page of a campaign."""
    page = town.desk(who).get(f"/desk/matters/{number}/").content.decode()
    found = re.search(r'<section class="card" aria-labelledby="ledger">.*?</section>', page, re.S)
    return words(found[0]) if found else ""


def sheet(town: Any, who: str, number: str) -> str:
    """The ledger as Excel, a line a row."""
    taken = town.desk(who).get(f"/desk/matters/{number}/ledger/")
    assert taken.status_code == 200
    rows = load_workbook(io.BytesIO(taken.content)).worksheets[0].iter_rows(values_only=True)
    return "\n".join(" ".join(str(cell) for cell in row if cell is not None) for row in rows)


def entries(town: Any, who: str, number: str) -> list[str]:
    """Numbers on the ledger of a matter."""
    page = town.desk(who).get(f"/desk/matters/{number}/").content.decode()
    found = re.search(r'<section class="card" aria-labelledby="ledger">.*?</section>', page, re.S)
    return sorted(set(re.findall(r'/desk/matters/([A-Z]+-\d+-\d+)/"', found[0]))) if found else []


def under(pack: str) -> None:
    """The town's district goes over to another pack: what is begun from now on follows that one."""
    from datetime import date

    from baodao.kernel.act import system_act
    from baodao.orgs.services import bind_pack

    from .town import DISTRICT, local

    bind_pack(
        system_act(local("01-06 09:00"), f"under-{pack}"), org=DISTRICT, pack=pack, since=date(2024, 1, 1)
    )
