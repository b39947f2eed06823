"""One small drawn district with its cast, made by the product's own verbs, and doors for everybody in it.

A street with two communities, a grid in each; a bureau; the shipped packs. Residents use the portal, staff the interface
for machines or the desk. Nothing here reaches into the product but to build the town and to move the clock.
"""

import contextlib
import html
import json
import re
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import msgspec
import pyotp
import pytest
import time_machine

SINCE = date(2024, 1, 1)
DISTRICT, STREET, A, B = "500102", "500102001", "500102001001", "500102001002"
OFFICE, OTHER_STREET = "fl-zjw", "500102002"
ORGS = (
    (DISTRICT, "涪陵区", "district", "district", ""),
    (STREET, "画街道", "street", "street", DISTRICT),
    (OTHER_STREET, "远街道", "street", "street", DISTRICT),
    (A, "甲社区", "community", "community", STREET),
    (B, "乙社区", "community", "community", STREET),
    (OFFICE, "区住建委", "department", "bureau", DISTRICT),
)
#: who → (organization, kind of post)
POSTS = {
    "secretary": (A, "community_secretary"),
    "sibling": (B, "community_secretary"),
    "handler": (OFFICE, "handler"),
    "head": (OFFICE, "office_head"),
    "superior": (STREET, "department_head"),
    "supervisor": (DISTRICT, "supervisor"),
    "ruler": (DISTRICT, "level_ruler"),
    "auditor": (DISTRICT, "auditor"),
    "administrator": (DISTRICT, "administrator"),
    "outsider": (OTHER_STREET, "department_head"),
    "clerk": (STREET, "desk_clerk"),
}
RESIDENTS = ("resident", "neighbour")
CAST = (*POSTS, *RESIDENTS)
GRID_A, GRID_B = f"{A}-01", f"{B}-01"
WEST, SOUTH = 107.30, 29.60
ZONE = "+08:00"

_keys = count(1)


def local(text: str) -> datetime:
    """ "11-23 09:00" in the district, in 2026 → UTC."""
    return datetime.fromisoformat(f"2026-{text.replace(' ', 'T')}:00{ZONE}").astimezone(UTC)


@contextlib.contextmanager
def at(text: str) -> Iterator[None]:
    """The clock stands still at a local moment of 2026, for everybody in this process."""
    with time_machine.travel(local(text), tick=False):
        yield


def phone_of(who: str) -> str:
    """The phone that somebody of the cast signs in by."""
    return f"138{CAST.index(who) + 1:04}5566"


def words(page: Any) -> str:
    """What a person reads of a page: its text without markup, blanks folded."""
    text = page if isinstance(page, str) else page.content.decode()
    text = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", text, flags=re.S)
    text = re.sub(r"<[^>]+>", " ", text)
    return re.sub(r"\s+", " ", html.unescape(text)).strip()


def square(x: float, y: float, size: float) -> str:
    """A GeoJSON square; hundredths of a degree from the border's corner."""
    west, south, side = WEST + x / 100, SOUTH + y / 100, size / 100
    ring = [
        [west, south],
        [west + side, south],
        [west + side, south + side],
        [west, south + side],
        [west, south],
    ]
    return msgspec.json.encode({"type": "Polygon", "coordinates": [ring]}).decode()


def build() -> dict[str, str]:
    """Organizations, grids, people, posts; gives uid by name of the cast."""
    from baodao.kernel.act import system_act
    from baodao.orgs.ruling import NewOrg, NewPost
    from baodao.orgs.services import begin_posts, bind_pack, create_orgs
    from baodao.people.services.identity import Entry, enrol
    from baodao.places.services import NewGrid, draw_grids, set_border

    def system(name: str) -> Any:
        return system_act(local("01-05 09:00"), f"town-{name}")

    create_orgs(
        system("orgs"),
        orgs=[
            NewOrg(code=code, name=name, level=level, kind=kind, since=SINCE, parent=parent)
            for code, name, level, kind, parent in ORGS
        ],
    )
    bind_pack(system("pack"), org=DISTRICT, pack="fuling", since=SINCE)
    set_border(system("border"), org=DISTRICT, polygon=square(0, 0, 10), since=SINCE, source="画的")
    draw_grids(
        system("grids"),
        grids=[
            NewGrid(code=GRID_A, org=A, name="甲第一网格", polygon=square(1, 1, 2), since=SINCE),
            NewGrid(code=GRID_B, org=B, name="乙第一网格", polygon=square(5, 5, 2), since=SINCE),
        ],
    )
    entries = [
        Entry(ref=who, name=f"某{n}", phone=phone_of(who), kind="staff" if who in POSTS else "resident")
        for n, who in enumerate(CAST)
    ]
    uids = enrol(system("people"), entries=entries).uids
    begin_posts(
        system("posts"),
        posts=[
            NewPost(code=f"p-{who}", org=org, kind=kind, person=uids[who], since=SINCE)
            for who, (org, kind) in POSTS.items()
        ],
    )
    return uids


class Phone:
    """A resident's browser without scripts. Signed in or not."""

    def __init__(self) -> None:
        from django.test import Client

        self.browser = Client()
        self.codes: dict[str, str] = {}

    def report(self, expect: int = 303, **typed: Any) -> str:
        """Fill the form and send it; gives the number (or the page, when something else than 303 is expected)."""
        first = self.browser.get("/report/" + ("?behalf=1" if typed.get("behalf") else ""))
        assert first.status_code == 200, words(first)
        data = {"command": _command(first), "do": "send", "kind": "housing", "place": GRID_A, **typed}
        answer = self.browser.post("/report/", data)
        assert answer.status_code == expect, words(answer)
        if expect != 303:
            return words(answer)
        number = str(answer["Location"]).split("/")[2]
        # She keeps the slip.
        self.codes[number] = self.code(number)
        return number

    def receipt(self, number: str) -> str:
        """The slip's page, with markup."""
        answer = self.browser.get(f"/requests/{number}/receipt/")
        assert answer.status_code == 200
        return answer.content.decode()

    def code(self, number: str) -> str:
        """The code as the slip prints it."""
        found = re.search(r'<dd class="code">([^<]+)<', self.receipt(number))
        assert found
        return found[1]

    def own(self, number: str) -> str:
        """What the resident reads on the request's page."""
        return words(self.page(number))

    def page(self, number: str) -> str:
        """The same with markup. After half an hour the page asks for the slip's code again."""
        answer = self.browser.get(f"/requests/{number}/")
        if answer.status_code == 302 and number in self.codes:
            self.look(number, self.codes[number])
            answer = self.browser.get(f"/requests/{number}/")
        assert answer.status_code == 200, f"{answer.status_code} {answer.headers.get('Location', '')}"
        return answer.content.decode()

    def do(self, number: str, action: str, expect: int = 303, **typed: Any) -> str:
        """Fill one of the page's own forms. Fails when the page does not offer it. Gives what is read then."""
        page = self.page(number)
        form = next((f for f in re.findall(r"<form.*?</form>", page, re.S) if f'value="{action}"' in f), "")
        assert form, f"the page does not offer {action}: {words(page)}"
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
        for name in typed:
            assert f'name="{name}"' in form, f"{action} does not ask for {name}"
        answer = self.browser.post(f"/requests/{number}/", {**hidden, **typed})
        assert answer.status_code == expect, words(answer)
        return words(self.browser.get(answer["Location"])) if expect == 303 else words(answer)

    def offers(self, number: str) -> set[str]:
        """Actions that the page has a form for."""
        return set(re.findall(r'name="action" value="(\w+)"', self.page(number)))

    def look(self, number: str, code: str, expect: int = 303) -> str:
        """Come with number and code of a slip."""
        answer = self.browser.post("/look/", {"number": number, "code": code})
        assert answer.status_code == expect, words(answer)
        return words(answer)

    def sign_in(self, who: str, data: Path) -> "Phone":
        """By a code sent to her phone."""
        _by_code(self.browser, phone_of(who), data)
        return self

    def known(self, uid: str) -> "Phone":
        """Signed in already."""
        self.browser = signed_in(uid, staff=False)
        return self


class Office:
    """One member of staff at the interface for machines, with a token of the own post's rights."""

    def __init__(self, who: str, token: str) -> None:
        from django.test import Client

        self.who = who
        self.headers = {"Authorization": f"Bearer {token}"}
        self.browser = Client(headers=self.headers)

    def see(self, number: str, expect: int = 200) -> Any:
        """The matter, or the problem."""
        answer = self.browser.get(f"/api/v1/matters/{number}/")
        assert answer.status_code == expect, answer.content.decode()
        return json.loads(answer.content)

    def numbers(self) -> list[str]:
        """What the list shows."""
        answer = self.browser.get("/api/v1/matters/")
        assert answer.status_code == 200, answer.content.decode()
        return [row["number"] for row in json.loads(answer.content)["rows"]]

    def offers(self, number: str) -> set[str]:
        """Actions that can be taken now."""
        return {offer["action"] for offer in self.see(number)["offers"] if not offer["hindrances"]}

    def do(self, number: str, action: str, expect: int = 200, **fields: Any) -> Any:
        """Take one action; gives the answer."""
        answer = self.browser.post(
            f"/api/v1/matters/{number}/{action}/",
            json.dumps({"fields": fields}),
            content_type="application/json",
            headers={"Idempotency-Key": f"story-{next(_keys):06}"},
        )
        assert answer.status_code == expect, answer.content.decode()
        return json.loads(answer.content)


class Town:
    """The town as a test holds it: everybody's door. `data` is the folder of files."""

    def __init__(self, uids: dict[str, str], data: Path) -> None:
        self.uids, self.data = uids, data
        self._offices: dict[str, Office] = {}
        self._secrets: dict[str, str] = {}
        self._desks: dict[str, tuple[datetime, Any]] = {}

    def phone(self, who: str = "") -> Phone:
        """A new browser; signed in when somebody is named."""
        return Phone().known(self.uids[who]) if who else Phone()

    def phone_by(self, number: str) -> Phone:
        """Somebody new, signed in by a code sent to this number."""
        made = Phone()
        _by_code(made.browser, number, self.data)
        return made

    def number_of(self, who: str) -> str:
        """The telephone that somebody signs in by."""
        return phone_of(who)

    def desk(self, who: str) -> Any:
        """A browser of staff, signed in; the same one for a few hours. The session is opened as the door does after code
        and second factor (which F06's first story and tests/people walk in full)."""
        now = datetime.now(UTC)
        since, held = self._desks.get(who, (now, None))
        if held is not None and timedelta() <= now - since < timedelta(hours=8):
            return held
        browser = signed_in(self.uids[who], staff=True)
        self._desks[who] = (now, browser)
        return browser

    def digits(self, who: str) -> str:
        """What somebody's authenticator shows."""
        return pyotp.TOTP(self._secrets[who]).at(datetime.now(UTC))

    def remember(self, who: str, secret: str) -> None:
        """Somebody set an authenticator up in a real browser."""
        self._secrets[who] = secret

    def office(self, who: str) -> Office:
        """Somebody's system, with a token that she issued herself on the desk: all rights that she has."""
        if who not in self._offices:
            self._offices[who] = self.token(who)
        return self._offices[who]

    def token(self, who: str, rights: list[str] | None = None, days: int = 366) -> Office:
        """A new token with some of the post's rights (all, when none are named)."""
        desk = self.desk(who)
        page = desk.get("/desk/tokens/").content.decode()
        offered = re.findall(r'name="rights" value="([\w.*]+)"', page)
        asked = [right for right in offered if not right.startswith("api.")] if rights is None else rights
        assert set(asked) <= set(offered)
        made = desk.post(
            "/desk/tokens/", {"command": _command(page), "title": "故事", "days": str(days), "rights": asked}
        )
        found = re.search(r"<code[^>]*>([\w-]{40,})</code>", made.content.decode())
        assert found, words(made)
        return Office(who, found[1])

    def todo(self, who: str) -> str:
        """The to-do list as it reads."""
        answer = self.desk(who).get("/desk/")
        assert answer.status_code == 200
        return words(answer)

    def do(self, who: str, number: str, action: str, expect: int = 303, leg: int = 0, **typed: Any) -> str:
        """Open the matter on the desk, choose the action (of one leg, when several are called), fill its form as it
        stands there, press the button. Gives what is read then. For a 409 the page may have been opened before what hinders it,
        so that it shows the reason now and no form."""
        desk, at_ = self.desk(who), f"/desk/matters/{number}/"
        page = desk.get(f"{at_}?do={action}" + (f"&leg={leg}" if leg else ""))
        assert page.status_code == 200, words(page)
        body = page.content.decode()
        form = next(
            (f for f in re.findall(r"<form.*?</form>", body, re.S) if f'name="_do" value="{action}"' in f), ""
        )
        if not form and expect == 409:
            old = {"_command": f"{action}-{next(_keys)}", "_do": action, "_leg": str(leg or "")}
            answer = desk.post(at_, {**old, **typed})
            assert answer.status_code == 409, words(answer)
            return words(answer)
        assert form, f"the page does not offer {action}: {words(page)}"
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
        for name in typed:
            assert f'name="{name}"' in form, f"{action} does not ask for {name}"
        answer = desk.post(at_, {**hidden, **typed})
        assert answer.status_code == expect, words(answer)
        return words(desk.get(answer["Location"])) if expect == 303 else words(answer)

    def matter(self, who: str, number: str) -> str:
        """The matter's page on the desk as it reads."""
        answer = self.desk(who).get(f"/desk/matters/{number}/")
        assert answer.status_code == 200, answer.status_code
        return words(answer)

    def search(self, who: str, query: str) -> str:
        """The search page's finds as they read (without what was typed)."""
        answer = self.desk(who).get("/desk/search/", {"q": query})
        assert answer.status_code == 200
        body = answer.content.decode()
        return words(
            body[body.index("<main") :].replace(query, "", 1)
            if "<tbody>" not in body
            else body[body.index("<tbody>") :]
        )

    def opens(self, who: str, number: str) -> int:
        """The status of the matter's page on the desk."""
        return int(self.desk(who).get(f"/desk/matters/{number}/").status_code)

    def work(self) -> None:
        """`baodao work --once`: timer, readers, notices."""
        from django.core.management import call_command

        call_command("work", "--once", verbosity=0)


def signed_in(person: str, *, staff: bool) -> Any:
    """A browser with a session of its own for somebody, by her uid."""
    from django.test import Client

    from baodao.people.door import COOKIE, clock
    from baodao.people.models import Account
    from baodao.people.services import sign_in
    from baodao.people.services.accounts import account_columns

    now = clock()
    account, _made = Account.objects.get_or_create(person_id=person, defaults=account_columns(now))
    opened = sign_in.open_session(account.username, "code", "other", now)
    if staff:
        sign_in.second_factor_passed(sign_in.session_key(opened.cookie), True, now)
    browser = Client()
    browser.cookies[COOKIE] = opened.cookie
    return browser


def _command(page: Any) -> str:
    text = page if isinstance(page, str) else page.content.decode()
    found = re.search(r'name="command" value="([^"]+)"', text)
    assert found
    return found[1]


def code_in(data: Path) -> str:
    """The digits of the last one-time code that left."""
    line = (data / "outbox" / "codes.jsonl").read_text().splitlines()[-1]
    found = re.search(r"\d{6}", json.loads(line)["text"])
    assert found
    return found[0]


def _by_code(browser: Any, phone: str, data: Path) -> None:
    asked = browser.post("/sign-in/", {"identifier": phone, "how": "code"})
    question = re.search(r'name="question" value="(\w+)"', asked.content.decode())
    assert question, words(asked)
    answer = browser.post(
        "/sign-in/code/", {"identifier": phone, "question": question[1], "code": code_in(data)}
    )
    assert answer.status_code == 303, words(answer)


def forget() -> None:
    """Drop what this process remembers of another database."""
    from baodao.kernel import epochs
    from baodao.kernel.declare import forget_packs
    from baodao.matters import versions
    from baodao.matters.services import tokens
    from baodao.orgs import policies

    forget_packs()
    epochs.forget()
    versions.forget()
    tokens.forget()
    policies._tokens.clear()


@pytest.fixture
def town(committed_db: Any, tmp_path: Path, settings: Any) -> Iterator[Town]:
    """The town in a database and a data folder of its own."""
    from baodao.people import vault

    settings.DATA = tmp_path / "data"
    (settings.DATA / "keys").mkdir(parents=True)
    vault._read.cache_clear()
    forget()
    yield Town(build(), settings.DATA)
    vault._read.cache_clear()
    forget()


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_args: object) -> None:
        return


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        from django.db import connections

        try:
            super().process_request_thread(request, client_address)
        finally:
            connections.close_all()


@pytest.fixture
def street(town: Town) -> Iterator[str]:
    """The town served to real browsers by threads of this process (so that a test can move the server's clock);
    gives the address."""
    from django.core.wsgi import get_wsgi_application

    server = make_server("127.0.0.1", 0, get_wsgi_application(), server_class=_Server, handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join(5)
