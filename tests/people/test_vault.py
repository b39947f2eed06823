"""Sealed fields, blind indexes, the key file, rotation."""

import os
import stat
import threading
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.test import Client

from baodao.people import door, selectors, vault
from baodao.people.models import Identity
from baodao.people.rotation import rotation_left
from baodao.people.services import keys as rotation
from tests.people.cast import enrol, person_at

pytestmark = pytest.mark.usefixtures("keys")


def test_what_is_sealed_opens_for_its_owner_and_field_only() -> None:
    sealed = vault.seal("a" * 32, "phone", "+8613812345678")
    assert b"138" not in sealed.cipher
    assert vault.unseal("a" * 32, "phone", sealed.key, sealed.cipher) == "+8613812345678"
    for owner, field, key in [
        ("b" * 32, "phone", sealed.key),
        ("a" * 32, "email", sealed.key),
        ("a" * 32, "phone", "s9"),
    ]:
        with pytest.raises(vault.Tampered):
            vault.unseal(owner, field, key, sealed.cipher)


def test_each_bit_of_a_cipher_counts() -> None:
    sealed = vault.seal("a" * 32, "name", "李")
    for place in range(len(sealed.cipher)):
        changed = bytearray(sealed.cipher)
        changed[place] ^= 1
        with pytest.raises(vault.Tampered):
            vault.unseal("a" * 32, "name", sealed.key, bytes(changed))


def test_equal_values_have_unequal_ciphers_and_equal_indexes() -> None:
    assert vault.seal("a", "phone", "1").cipher != vault.seal("a", "phone", "1").cipher
    assert vault.blind("phone", "1") == vault.blind("phone", "1")
    assert vault.blind("phone", "1") != vault.blind("email", "1")
    assert len(vault.blind("phone", "1").digest) == 16


def test_the_key_file_is_closed_to_others() -> None:
    vault.keys()
    assert stat.S_IMODE(vault.key_path().stat().st_mode) == 0o600
    assert stat.S_IMODE(vault.key_path().parent.stat().st_mode) == 0o700


def test_many_first_starts_make_one_key_file() -> None:
    found: list[bytes] = []
    threads = [threading.Thread(target=lambda: found.append(vault.keys().pepper)) for _n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


def test_a_broken_key_file_is_told_and_never_replaced() -> None:
    vault.keys()
    vault.key_path().write_text("{}")
    vault.forget()
    with pytest.raises(ImproperlyConfigured, match=r"vault\.json"):
        vault.keys()
    assert vault.key_path().read_text() == "{}"


def test_a_key_of_another_process_opens_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is looked at now and then; a cipher under an unknown key is a reason to look."""
    held, looked = vault.keys(), vault._looked
    vault.add_key("seal")
    sealed = vault.seal("a", "name", "x")
    assert held.seal[-1].id != sealed.key
    monkeypatch.setattr(vault, "_looked", (looked[0], float("inf"), held) if looked else None)
    assert vault.unseal("a", "name", sealed.key, sealed.cipher) == "x"


def test_a_key_made_elsewhere_is_seen_here() -> None:
    before = vault.keys().seal[-1].id
    old = vault.seal("a", "name", "x")
    fresh = vault.add_key("seal")
    assert vault.keys().seal[-1].id == fresh.id != before
    assert vault.seal("a", "name", "x").key == fresh.id
    assert vault.unseal("a", "name", old.key, old.cipher) == "x"


@pytest.mark.django_db
@pytest.mark.parametrize("ring", ["seal", "blind"])
def test_rotation_moves_every_row_and_the_old_key_can_go(
    ring: str, sign_in, sent, monkeypatch, capsys
) -> None:
    monkeypatch.setattr(rotation, "BATCH", 3)
    browser: Client = sign_in()
    person = person_at(browser)
    for n in range(7):
        enrol(f"工作人员{n}", f"1390000000{n}")
    call_command("keys", "rotate", "--ring", ring)
    assert rotation_left(ring) == 0
    ciphers = set(Identity.objects.values_list("seal_key" if ring == "seal" else "blind_key", flat=True)) - {
        ""
    }
    assert ciphers == {getattr(vault.keys(), ring)[-1].id}
    call_command("keys", "retire", "--ring", ring)
    assert len(getattr(vault.keys(), ring)) == 1
    # The person is still found by what she types, and still reads her own data.
    with time_machine.travel(door.clock() + timedelta(minutes=2)):
        assert person_at(sign_in()) == person
    assert "138 1234 5678" in browser.get("/me/").content.decode()


@pytest.mark.django_db
def test_a_rotation_that_was_stopped_goes_on(sign_in, monkeypatch) -> None:
    monkeypatch.setattr(rotation, "BATCH", 3)
    for n in range(8):
        enrol(f"工作人员{n}", f"1390000000{n}")

    class Stop(Exception):
        pass

    def stop(done: int, total: int) -> None:
        if done:
            raise Stop

    with pytest.raises(Stop):
        rotation.rotate("seal", stop)
    left = rotation_left("seal")
    assert 0 < left < 16
    # Meanwhile rows of both keys open.
    assert {
        r.field for p in Identity.objects.values_list("person_id", flat=True) for r in selectors.own_fields(p)
    }
    assert rotation.rotate("seal", fresh=False) == left
    assert rotation_left("seal") == 0


@pytest.mark.django_db
def test_while_indexes_rotate_a_contact_is_found_under_either_key(sign_in) -> None:
    person = person_at(sign_in())
    vault.add_key("blind")
    with time_machine.travel(door.clock() + timedelta(minutes=2)):
        assert person_at(sign_in()) == person


def test_the_system_check_names_an_open_key_file() -> None:
    from baodao.people.checks import key_file

    vault.keys()
    assert key_file() == []
    os.chmod(vault.key_path(), 0o640)
    assert [found.id for found in key_file()] == ["baodao.E020"]
