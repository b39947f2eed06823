"""Reading personal data: right, purpose, log; and the pages that show it to the person."""

import re
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from baodao.kernel.act import Act, Grant, Subject
from baodao.kernel.errors import Invalid, Refused
from baodao.people import ports, selectors
from baodao.people.models import AccessLog, SecurityLog
from baodao.people.services.logs import access_leaf, security_leaf
from baodao.people.services.reading import read_identity
from tests.people.cast import PHONE, act, enrol, person_at, standing

pytestmark = pytest.mark.django_db

OFFICE = "o-house"


def reader(person: str = "h" * 32, purpose: str = "handle", reach: str = "legs", org: str = OFFICE) -> Act:
    grant = Grant(right="people.contact", reach=reach, org=org, level=2, post="p-house")  # type: ignore[arg-type]
    return act(person, "p-house", purpose, (grant,))


def matter(level: int = 1) -> Subject:
    return Subject(ref="matter:FL-2026-000123", org=OFFICE, level=level, legs=((OFFICE, "p-house"),))


@pytest.fixture
def resident(sign_in) -> tuple[Client, str, str]:
    """(browser, uid, token) of a signed-in resident with a request."""
    from tests.people.test_contacts import intake

    browser = sign_in()
    uid = person_at(browser)
    token = intake(act(uid), name="李明", owner=uid)[1]
    return browser, uid, token


def test_the_handler_reads_and_the_log_says_so(resident) -> None:
    _browser, uid, token = resident
    opened = read_identity(reader(), [token], ["phone", "name"], matter())
    assert opened.of == {token: {"phone": "+8613812345678", "name": "李明"}}
    row = AccessLog.objects.get()
    assert (row.reader, row.post, row.org, row.whom) == ("h" * 32, "p-house", OFFICE, uid)
    assert (row.fields, row.purpose, row.subject) == ("name,phone", "handle", "matter:FL-2026-000123")
    assert bytes(row.leaf) == access_leaf(row)


@pytest.mark.parametrize("purpose", ["", "curiosity"])
def test_without_a_purpose_nothing_is_read_nor_logged(purpose: str, resident) -> None:
    with pytest.raises(Refused) as caught:
        read_identity(reader(purpose=purpose), [resident[2]], ["phone"], matter())
    assert caught.value.faults[0].field == "purpose"
    assert not AccessLog.objects.exists()


@pytest.mark.parametrize(
    ("who", "by", "level"),
    [
        ("handler of another office (sibling)", reader(org="o-other"), 1),
        ("superior, over a restricted matter", reader(reach="below"), 2),
        ("below", reader(org="o-house-below", reach="own"), 1),
        ("outsider", act("x" * 32, purpose="handle"), 1),
        ("nobody", act(purpose="handle"), 1),
    ],
)
def test_whoever_has_no_right_on_the_matter_reads_nothing(who: str, by: Act, level: int, resident) -> None:
    if who == "handler of another office (sibling)":
        by = Act(**{**{f: getattr(by, f) for f in by.__struct_fields__}, "post": "p-other"})
    with pytest.raises(Refused):
        read_identity(by, [resident[2]], ["phone"], matter(level))
    assert not AccessLog.objects.exists()


def test_many_are_logged_each(resident) -> None:
    tokens = [enrol(f"邻居{n}", f"1390000000{n}")[1] for n in range(5)]
    opened = read_identity(reader(purpose="export"), [*tokens, "0" * 32], ["phone"], matter())
    assert set(opened.of) == set(tokens)
    assert AccessLog.objects.count() == 5
    assert len({bytes(leaf) for leaf in AccessLog.objects.values_list("leaf", flat=True)}) == 5


def test_what_somebody_does_not_have_is_not_logged_as_read(resident) -> None:
    opened = read_identity(reader(), [resident[2]], ["idno"], matter())
    assert opened.of == {}
    assert not AccessLog.objects.exists()


def test_unknown_fields_are_refused(resident) -> None:
    with pytest.raises(Invalid):
        read_identity(reader(), [resident[2]], ["password"], matter())


def test_no_log_no_reading(resident, monkeypatch) -> None:
    from baodao.people.services import reading

    def broken(*_args: Any, **_kwargs: Any) -> int:
        raise DatabaseError("disk full")

    monkeypatch.setattr(reading, "log_access", broken)
    with pytest.raises(DatabaseError):
        read_identity(reader(), [resident[2]], ["phone"], matter())


@pytest.mark.parametrize("table", ["people_accesslog", "people_securitylog"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET subject = 'x'", "DELETE FROM {}"])
def test_the_logs_only_grow(table: str, statement: str, resident) -> None:
    read_identity(reader(), [resident[2]], ["phone"], matter())
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table))


@pytest.mark.postgres
@pytest.mark.parametrize("table", ["people_accesslog", "people_securitylog"])
def test_the_logs_cannot_be_truncated(table: str) -> None:
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"TRUNCATE {table}")


def test_each_changed_column_of_a_log_row_changes_its_leaf(resident) -> None:
    read_identity(reader(), [resident[2]], ["phone"], matter())
    row = AccessLog.objects.get()
    for column in ("reader", "post", "org", "whom", "fields", "purpose", "subject"):
        held = getattr(row, column)
        setattr(row, column, held + "x")
        assert access_leaf(row) != bytes(row.leaf), column
        setattr(row, column, held)
    for event in SecurityLog.objects.all():
        assert bytes(event.leaf) == security_leaf(event)


class TestWhoLooked:
    """The person reads it in plain words; nobody else reads it at all."""

    @pytest.fixture
    def looked(self, resident, posts) -> tuple[Client, str, str]:
        uid, _token = enrol("张承办", "13911111111")
        posts[uid] = standing("p-house", OFFICE, ("people.contact", "legs"))
        read_identity(reader(uid), [resident[2]], ["phone", "name"], matter())
        return resident

    def test_office_post_purpose_and_fields_but_not_the_name_of_the_staff(self, looked) -> None:
        page = looked[0].get("/me/looked/").content.decode()
        for words in (f"单位{OFFICE}", "岗位p-house", "姓名、手机号", "办理您反映的事情", "FL-2026-000123"):
            assert words in page, words
        assert "张承办" not in page
        assert "还没有人看过" not in page

    def test_neighbour_and_stranger_see_their_own_page_only(self, looked, sign_in) -> None:
        neighbour = sign_in("13900000002")
        page = neighbour.get("/me/looked/", {"person": looked[1], "before": "99"}).content.decode()
        assert "还没有人看过" in page
        assert "FL-2026-000123" not in page
        assert Client().get("/me/looked/").status_code == 302

    def test_the_auditor_of_the_office_sees_the_looks_without_the_person(
        self, looked, settings, posts
    ) -> None:
        page = self.desk(
            "auditor", settings, posts, standing("p-audit", OFFICE, ("people.access_log", "own"))
        )
        assert page.status_code == 200
        text = page.content.decode()
        assert "FL-2026-000123" in text
        assert looked[1] not in text
        assert looked[2] not in text

    @pytest.mark.parametrize(
        ("who", "held"),
        [
            ("handler, who looked himself", standing("p-x", OFFICE, ("people.contact", "legs"))),
            ("superior without the right", standing("p-head", "o-above", ("matter.read", "below"))),
        ],
    )
    def test_without_the_right_the_list_is_refused(
        self, who: str, held: ports.Standing, looked, settings, posts
    ) -> None:
        assert self.desk(who, settings, posts, held).status_code == 403

    @pytest.mark.parametrize("org", ["o-sibling", "o-below"])
    def test_sibling_and_lower_auditors_see_nothing_of_this_office(
        self, org: str, looked, settings, posts
    ) -> None:
        page = self.desk(org, settings, posts, standing("p-a", org, ("people.access_log", "own")))
        assert page.status_code == 200
        assert "FL-2026-000123" not in page.content.decode()

    def test_a_resident_has_no_desk(self, looked) -> None:
        assert looked[0].get("/desk/looks/").status_code == 403

    @staticmethod
    def desk(name: str, settings: Any, posts: dict[str, ports.Standing], held: ports.Standing) -> Any:
        from baodao.people.portal.forms import demo_path

        settings.DEMO = True
        uid, _token = enrol(name, origin="simulated")
        posts[uid] = held
        browser = Client()
        browser.get(demo_path(uid))
        return browser.get("/desk/looks/")

    def test_long_lists_are_paged_without_gaps(self, looked, monkeypatch) -> None:
        from baodao.people.portal import mine

        monkeypatch.setattr(mine, "PAGE", 2)
        for _n in range(4):
            read_identity(reader(), [looked[2]], ["phone"], matter())
        address, seen = "/me/looked/", 0
        for _n in range(5):
            page = looked[0].get(address).content.decode()
            seen += page.count("<time")
            more = re.search(r'href="(\?before=\d+)"', page)
            if not more:
                break
            address = "/me/looked/" + more[1]
        assert seen == 5

    def test_my_own_reading_is_no_look(self, resident) -> None:
        by = reader(resident[1])
        assert read_identity(by, [resident[2]], ["phone"], matter()).of
        assert "还没有人看过" in resident[0].get("/me/looked/").content.decode()


def test_who_can_see_me_is_what_the_apps_say(resident, monkeypatch) -> None:
    assert "现在除了您自己，没有人能看到" in resident[0].get("/me/seers/").content.decode()
    seer = ports.Seer("李渡街道建环所", "承办人", "正在办 FL-2026-000123", "姓名、手机号")
    asked: list[str] = []
    monkeypatch.setitem(ports._Held.seers, "test", lambda person: asked.append(person) or [seer])
    page = resident[0].get("/me/seers/").content.decode()
    assert "李渡街道建环所" in page
    assert "正在办 FL-2026-000123" in page
    assert asked == [resident[1]]


def test_own_fields_is_asked_for_nobody_else() -> None:
    """The selectors that open fields without a log are called with the reader's own uid only."""
    from pathlib import Path

    import baodao

    calls = []
    for path in Path(baodao.__file__).parent.rglob("*.py"):
        text = path.read_text("utf-8")
        calls += [
            (path.name, c)
            for c in re.findall(r"own_(?:fields|name)\(([^)]*)\)", text)
            if not c.startswith("person: str")
        ]
    assert calls
    calls.remove(("selectors.py", "person"))  # the name is one of the fields
    assert {c for name, c in calls if name != "erase.py"} == {"who.person", "by.person"}
    assert PHONE
    assert selectors.MARK == 24


def test_a_change_of_rights_is_logged_with_its_command() -> None:
    from baodao.kernel.verbs import Tx, verb
    from baodao.people.services.logs import queue_security

    @verb("test.appoint")
    def appoint(tx: Tx, by: Act, *, post: str, fail: bool = False) -> str:
        tx.ask("people.register", Subject(ref="test"))
        queue_security(tx, "right.given", subject=f"post:{post}", detail="handler")
        if fail:
            raise Invalid.of("post", "no")
        return post

    by = act("a" * 32, "p-admin")
    appoint(by, post="p-1")
    appoint(by, post="p-1")
    with pytest.raises(Invalid):
        appoint(act("a" * 32), post="p-2", fail=True)
    row = SecurityLog.objects.get()
    assert (row.kind, row.person, row.post, row.subject, row.detail) == (
        "right.given",
        "a" * 32,
        "p-admin",
        "post:p-1",
        "handler",
    )
    assert bytes(row.leaf) == security_leaf(row)
