"""One spelling per contact."""

import pytest

from baodao.kernel.errors import Invalid
from baodao.people import normalise


@pytest.mark.parametrize(
    "typed",
    [
        "13812345678",
        "138 1234 5678",
        "+86 138-1234-5678",
        "8613812345678",
        "１３８１２３４５６７８",
        "(86)13812345678",
    ],
)
def test_a_mobile_number_has_one_spelling(typed: str) -> None:
    assert normalise.phone(typed) == "+8613812345678"


def test_landlines_and_foreign_numbers_are_understood() -> None:
    assert normalise.phone("023-7224 1234") == "+862372241234"
    assert normalise.phone("+44 20 7946 0958") == "+442079460958"


@pytest.mark.parametrize("typed", ["", "12345", "1381234567", "abc", "138123456789", "+1"])
def test_what_is_no_number_is_refused_by_field(typed: str) -> None:
    with pytest.raises(Invalid) as caught:
        normalise.phone(typed, "contact_phone")
    assert caught.value.faults[0].field == "contact_phone"
    assert caught.value.faults[0].remedy


def test_mail_is_lower_case() -> None:
    assert normalise.email(" Li.Ming@Example.COM ") == "li.ming@example.com"


@pytest.mark.parametrize(
    "typed",
    ["a@b", "a b@example.com", "@example.com", "a@example.com\nBcc: b@example.com", "x" * 250 + "@e.com"],
)
def test_what_is_no_mail_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        normalise.email(typed)


def test_identity_numbers_are_checked_by_their_last_digit() -> None:
    assert normalise.idno("11010519491231002x") == "11010519491231002X"
    with pytest.raises(Invalid):
        normalise.idno("110105194912310021")


def test_what_signs_in_is_told_apart() -> None:
    assert normalise.identifier("13812345678").field == "phone"
    assert normalise.identifier("a@example.com").field == "email"
    with pytest.raises(Invalid):
        normalise.identifier("  ")


def test_people_see_numbers_as_they_write_them() -> None:
    assert normalise.local("phone", "+8613812345678") == "138 1234 5678"
    assert normalise.local("phone", "+442079460958") == "+442079460958"


def test_masks_show_little() -> None:
    assert normalise.mask("phone", "+8613812345678") == "138****5678"
    assert normalise.mask("email", "liming@example.com") == "l***@example.com"
    assert normalise.mask("name", "李小明") == "李**"
    assert normalise.mask("idno", "11010519491231002X").count("*") == 10


def test_words_lose_control_characters_and_have_a_limit() -> None:
    assert normalise.words("  李\u0000 小\n明 ", "name", 60) == "李 小 明"
    with pytest.raises(Invalid):
        normalise.words("长" * 61, "name", 60)
