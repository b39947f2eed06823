"""The town with more units and people: what stories of whistles need beside it, and their doors.

Two more bureaus with duty lists of their own, a leader of the district, two members of the Party who report in.
"""

import io
import json
import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.support.districts import appoint, enrol, found
from tests.support.town import DISTRICT, OFFICE, SINCE, STREET, A, Town, build, forget, local, phone_of, words

LAMPS, WATER = "fl-cgj", "fl-swj"
#: who → (organization, kind of post)
MORE = {
    "lamps": (LAMPS, "handler"),
    "lamps_head": (LAMPS, "department_head"),
    "water": (WATER, "handler"),
    "water_head": (WATER, "department_head"),
    "leader": (DISTRICT, "district_leader"),
    "member": (A, "service_member"),
    "second": (A, "service_member"),
    "worker": (OFFICE, "handler"),
}
#: organization → (code, title, class) of its list
DUTIES = {
    OFFICE: (("Z-1", "危房鉴定", "basic"), ("Z-2", "路灯维护", "taken_back")),
    LAMPS: (("C-1", "路灯维护", "basic"), ("C-2", "占道整治", "cooperating")),
    WATER: (("S-1", "供水管网", "basic"),),
}
_keys = count(1)


def png() -> io.BytesIO:
    """A small picture, as a browser sends one."""
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(out, "PNG")
    out.seek(0)
    out.name = "现场.png"
    return out


def called(org: str, **more: Any) -> dict[str, Any]:
    """One addressee of a whistle."""
    return {"org": org, **more}


class Square(Town):
    """The town of the whistles."""

    phones = {who: f"137{n:04}8899" for n, who in enumerate(MORE)}

    def number_of(self, who: str) -> str:
        return self.phones.get(who) or phone_of(who)

    def blow(self, who: str, *calls: dict[str, Any], expect: int = 201, **body: Any) -> Any:
        """Whistle over HTTP; gives number and code of the slip (or the problem)."""
        answer = self.office(who).browser.post(
            "/api/v1/matters/",
            json.dumps(
                {
                    "procedure": "whistle",
                    "org": A if who == "secretary" else STREET,
                    "kind": "facility",
                    "title": "东门路灯不亮",
                    "text": "东门一排路灯不亮，晚上看不见台阶。",
                    "fields": {"source": "street"},
                    "behalf": False,
                    "calls": list(calls),
                    **body,
                }
            ),
            content_type="application/json",
            headers={"Idempotency-Key": f"blow-{next(_keys):06}"},
        )
        assert answer.status_code == expect, answer.content.decode()
        return json.loads(answer.content)

    def begin(self, who: str, *calls: dict[str, Any], **typed: str) -> str:
        """The same on the screen, as it is filled and sent; gives the number."""
        desk, there = self.desk(who), "/desk/start/whistle/"
        first = desk.get(there)
        assert first.status_code == 200, words(first)
        hidden = re.findall(
            r'<input type="hidden" name="(command|csrfmiddlewaretoken)" value="([^"]*)"',
            first.content.decode(),
        )
        form = {"kind": "facility", "title": "东门路灯不亮", "text": "东门一排路灯不亮。", "source": "street"}
        rows = {f"calls.{n}.{name}": value for n, call in enumerate(calls) for name, value in call.items()}
        answer = desk.post(there, {**dict(hidden), **form, **typed, **rows, "rows": len(calls), "do": "send"})
        assert answer.status_code == 303, words(answer)
        return str(answer["Location"]).split("/")[3]

    def leg(self, who: str, number: str, n: int, action: str, expect: int = 303, **typed: Any) -> str:
        """Open the form of one leg on the desk, fill it, press the button. Gives what is read then."""
        return self.do(who, number, action, expect, leg=n, **typed)

    def offered(self, who: str, number: str) -> set[tuple[str, int | None]]:
        """(action, leg) that somebody's page of the matter has a button for."""
        page = self.desk(who).get(f"/desk/matters/{number}/").content.decode()
        found = re.findall(r'href="[^"]*\?do=(\w+)(?:&amp;leg=(\d+))?#do"', page)
        return {(action, int(leg) if leg else None) for action, leg in found}

    def states(self, number: str) -> dict[int, str]:
        """Where each leg stands, as the street's clerk sees it."""
        return {leg["n"]: leg["state"] for leg in self.office("clerk").see(number)["legs"]}

    def due(self, number: str, n: int) -> str:
        """The next due of a leg, in UTC."""
        return str(self.office("clerk").see(number)["legs"][n - 1]["due"])

    def desks(self, *who: str) -> None:
        """They sign in: from then on notices reach them here."""
        for one in who:
            self.desk(one)

    def work(self) -> None:
        """Twice: what the clock does is told by the readers that come after it."""
        super().work()
        super().work()

    def notices(self, who: str) -> str:
        """What somebody finds among her notices."""
        answer = self.desk(who).get("/desk/notices/")
        assert answer.status_code == 200
        return words(answer)


def furnish() -> dict[str, str]:
    """Units, duty lists and people beside those of the town; gives uid by name."""
    from baodao.kernel.act import system_act
    from baodao.orgs.duties import NewDuty, NewList
    from baodao.orgs.services import adopt_duties

    found(
        (LAMPS, "区城管局", "department", "bureau", DISTRICT),
        (WATER, "区水务局", "department", "bureau", DISTRICT),
    )
    lists = [NewList(org, SINCE, [NewDuty(*item) for item in items]) for org, items in DUTIES.items()]
    adopt_duties(system_act(local("01-05 09:00"), "square-duties"), lists=lists)
    uids = enrol({who: f"某{who}" for who in MORE}, Square.phones)
    posts = [(who, org, kind) for who, (org, kind) in MORE.items()]
    # One of the bureau's people is a member who reports in where she lives.
    appoint(*posts, ("worker", A, "service_member"), uids=uids)
    return uids


@pytest.fixture
def square(committed_db: Any, tmp_path: Path, settings: Any) -> Iterator[Square]:
    """The town of the whistles, in a database and a data folder of its own."""
    from baodao.people import vault

    settings.DATA = tmp_path / "data"
    (settings.DATA / "keys").mkdir(parents=True)
    vault._read.cache_clear()
    forget()
    yield Square(build() | furnish(), settings.DATA)
    vault._read.cache_clear()
    forget()
