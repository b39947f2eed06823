"""Contacts given inside a matter, persons entered by an office, contacts changed by their owner."""

import re
from datetime import timedelta
from typing import Any

import msgspec
import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from baodao.kernel.act import Subject, new_key, system_act
from baodao.kernel.errors import Conflict, Invalid
from baodao.kernel.verbs import Tx, verb
from baodao.people import door, selectors, vault
from baodao.people.models import Account, Identity, Person, Token
from baodao.people.services import identity
from tests.people.cast import NOW, PHONE, act, enrol, person_at

pytestmark = pytest.mark.django_db


@verb("test.intake")
def intake(
    tx: Tx, by: Any, *, phone: str = "", name: str = "", owner: str = "", domain: str = "matters"
) -> list[str]:
    """What matters does when somebody asks for something."""
    tx.ask("people.register", Subject(ref="test"))
    made = identity.queue_contact(tx, phone=phone, name=name, owner=owner, domain=domain)
    return [made.uid, made.token]


def fields_of(uid: str) -> dict[str, str]:
    return {f.field: f.value for f in selectors.own_fields(uid)}


def test_a_stranger_who_types_a_known_phone_reaches_nothing_of_its_owner(sign_in) -> None:
    owner = person_at(sign_in())
    before = list(Identity.objects.filter(person_id=owner).values())
    uid, token = intake(act(), phone=PHONE, name="冒名者")
    assert uid != owner
    assert list(Identity.objects.filter(person_id=owner).values()) == before
    assert selectors.person_of(token, "handle") == uid
    assert not Account.objects.filter(person_id=uid).exists()
    # And signing in with the phone still opens the owner, not the stranger's contact.
    with time_machine.travel(door.clock() + timedelta(minutes=3)):
        assert person_at(sign_in()) == owner


def test_who_registers_later_does_not_inherit_what_strangers_typed(sign_in) -> None:
    uid, _token = intake(act(), phone=PHONE, name="留过电话的人")
    assert person_at(sign_in()) != uid


def test_a_contact_costs_no_reading_statement_and_one_insert_a_table() -> None:
    intake(act(), phone="13900000001")  # packs are read once
    with CaptureQueriesContext(connection) as seen:
        intake(act(), phone=PHONE, name="李明")
    statements = [q["sql"] for q in seen.captured_queries if "SAVEPOINT" not in q["sql"]]
    assert not [sql for sql in statements if "SELECT" in sql and "people_" in sql and "INSERT" not in sql]
    writes = [sql.count('INSERT INTO "people_') for sql in statements]
    assert sum(writes) == 3
    assert len([n for n in writes if n]) == (1 if connection.vendor == "postgresql" else 3)
    assert Person.objects.count() == 2


def test_an_owner_is_the_same_person_each_time_with_one_token_a_domain(sign_in) -> None:
    owner = person_at(sign_in())
    first = intake(act(owner), phone=PHONE, owner=owner)
    second = intake(act(owner), phone="13700000007", name="李明", owner=owner)
    other = intake(act(owner), owner=owner, domain="party")
    assert first == second == [owner, first[1]]
    assert other[0] == owner
    assert other[1] != first[1]
    assert Person.objects.count() == 1
    # Another phone typed here is one more way to reach her, never a way in.
    assert fields_of(owner) == {"phone": "+8613812345678", "contact_phone": "+8613700000007", "name": "李明"}
    assert selectors.holder_of(identity.normalise.Contact("phone", "+8613700000007")) == ("", "")


def test_bad_contacts_are_told_by_field() -> None:
    with pytest.raises(Invalid) as caught:
        intake(act(), phone="12345")
    assert caught.value.faults[0].field == "phone"
    assert not Person.objects.exists()


def test_simulated_people_are_marked() -> None:
    intake(msgspec.structs.replace(act(), origin="simulated"), phone=PHONE)
    assert list(Person.objects.values_list("origin", "kind")) == [("simulated", "resident")]


def test_an_imported_alias_is_one_person_for_ever() -> None:
    @verb("test.import")
    def load(tx: Tx, by: Any, *, aliases: list[str]) -> dict[str, str]:
        tx.ask("people.enrol", Subject(ref="test", level=1))
        return identity.queue_aliases(tx, "city", aliases)

    first = load(
        system_act(NOW, new_key(), "import"), aliases=["resident-one", "resident-two", "resident-one"]
    )
    second = load(system_act(NOW, new_key(), "import"), aliases=["resident-two", "resident-three"])
    assert first["resident-two"] == second["resident-two"]
    assert Person.objects.count() == 3
    assert not Account.objects.exists()
    assert b"resident-one" not in b"".join(
        bytes(c) for c in Identity.objects.values_list("cipher", flat=True)
    )


def test_an_invited_person_is_activated_by_the_first_proof_and_has_no_password(sign_in) -> None:
    uid, token = enrol("王主任", PHONE)
    assert not Account.objects.exists()
    browser = sign_in()
    assert person_at(browser) == uid
    assert selectors.token_for(uid, "service") == token
    assert not Account.objects.get().has_usable_password()
    assert fields_of(uid) == {"name": "王主任", "phone": "+8613812345678"}


def test_an_office_cannot_take_over_a_contact_that_signs_somebody_in(sign_in) -> None:
    sign_in()
    with pytest.raises(Conflict) as caught:
        enrol("另一个人", PHONE)
    assert caught.value.faults[0].field == "phone"
    by = system_act(NOW, new_key())
    with pytest.raises(Conflict):
        entries = [identity.Entry("a", "甲", "13700000001"), identity.Entry("b", "乙", "137 0000 0001")]
        identity.enrol(by, entries=entries)
    assert Person.objects.count() == 1


def test_a_repeated_enrolment_is_one(sent) -> None:
    by = system_act(NOW, "enrol-1")
    entries = [identity.Entry("a", "甲", "13700000001")]
    assert identity.enrol(by, entries=entries) == identity.enrol(by, entries=entries)
    assert Person.objects.count() == 1


def test_the_database_itself_keeps_a_contact_to_one_person_who_signs_in() -> None:
    from django.db import IntegrityError, transaction

    enrol("甲", PHONE)
    other, _token = enrol("乙")
    columns = identity.sealed_columns(other, "phone", "+8613812345678", "proven")
    with pytest.raises(IntegrityError), transaction.atomic():
        Identity.objects.create(**columns)


class TestOwnPage:
    """ "My data", through the page."""

    def change(self, browser: Client, sent: Any, field: str, value: str, code: str = "") -> Any:
        first = browser.post(f"/me/field/{field}/", {"value": value})
        found = re.search(r'name="question" value="(\w+)"', first.content.decode())
        if not found:
            return first
        return browser.post(
            f"/me/field/{field}/", {"value": value, "question": found[1], "code": code or sent.code()}
        )

    def test_a_name_is_written_and_emptied(self, sign_in, sent) -> None:
        browser = sign_in()
        assert self.change(browser, sent, "name", "  李 明 ").status_code == 303
        assert "李 明" in browser.get("/me/").content.decode()
        assert self.change(browser, sent, "name", "").status_code == 303
        assert "李 明" not in browser.get("/me/").content.decode()

    def test_a_new_phone_needs_its_code_and_then_signs_in(self, sign_in, sent) -> None:
        browser = sign_in()
        person = person_at(browser)
        refused = self.change(
            browser, sent, "phone", "13700000002", code="000000" if sent.code() != "000000" else "1"
        )
        assert refused.status_code == 422
        assert fields_of(person)["phone"] == "+8613812345678"
        with time_machine.travel(door.clock() + timedelta(minutes=2)):
            assert self.change(browser, sent, "phone", "13700000002").status_code == 303
        with time_machine.travel(door.clock() + timedelta(minutes=4)):
            assert person_at(sign_in("13700000002")) == person
        with time_machine.travel(door.clock() + timedelta(minutes=6)):
            assert person_at(sign_in(PHONE)) != person

    def test_a_code_for_signing_in_does_not_change_a_phone(self, sign_in, sent) -> None:
        browser = sign_in()
        asked = Client().post("/sign-in/", {"identifier": "13700000002", "how": "code"}).content.decode()
        question = re.search(r'name="question" value="(\w+)"', asked)
        assert question
        refused = browser.post(
            "/me/field/phone/", {"value": "13700000002", "question": question[1], "code": sent.code()}
        )
        assert refused.status_code == 422

    def test_the_phone_of_another_account_is_refused(self, sign_in, sent) -> None:
        sign_in("13700000002")
        browser = sign_in()
        with time_machine.travel(door.clock() + timedelta(minutes=2)):
            assert self.change(browser, sent, "phone", "13700000002").status_code == 409
        assert fields_of(person_at(browser))["phone"] == "+8613812345678"

    def test_the_last_way_in_stays(self, sign_in, sent) -> None:
        browser = sign_in()
        assert self.change(browser, sent, "phone", "").status_code == 409
        assert self.change(browser, sent, "email", "li@example.com").status_code == 303
        assert self.change(browser, sent, "phone", "").status_code == 303
        assert fields_of(person_at(browser)) == {"email": "li@example.com"}

    @pytest.mark.parametrize("field", ["idno", "alias", "nonsense"])
    def test_other_fields_have_no_page(self, field: str, sign_in) -> None:
        assert sign_in().get(f"/me/field/{field}/").status_code == 404

    def test_my_data_can_be_taken_away(self, sign_in, sent) -> None:
        browser = sign_in()
        self.change(browser, sent, "name", "李明")
        assert browser.get("/me/data.json").status_code == 405
        taken = browser.post("/me/data.json").json()
        assert taken["fields"] == {"name": "李明", "phone": "+8613812345678"}
        assert taken["signed_in"][0]["browser"] == "other"
        assert "下载了自己的资料" in browser.get("/me/sign-ins/").content.decode()

    def test_a_double_click_is_one_change(self, sign_in) -> None:
        browser = sign_in()
        page = browser.get("/me/field/name/").content.decode()
        command = re.search(r'name="command" value="([^"]+)"', page)
        assert command
        for _n in range(2):
            assert (
                browser.post("/me/field/name/", {"value": "李明", "command": command[1]}).status_code == 303
            )
        assert browser.post("/me/field/name/", {"value": "张三", "command": command[1]}).status_code == 422
        assert fields_of(person_at(browser))["name"] == "李明"


def test_tokens_do_not_tell_who_without_a_purpose() -> None:
    from baodao.kernel.errors import Refused

    uid, token = enrol("王主任")
    assert selectors.person_of(token, "handle") == uid
    assert selectors.persons_of([token, "0" * 32], "handle") == {token: uid}
    for purpose in ("", "curiosity"):
        with pytest.raises(Refused):
            selectors.person_of(token, purpose)
    assert Token.objects.get(token=token).domain == "service"
    assert vault.pepper("a", "b") != vault.pepper("b", "a")
