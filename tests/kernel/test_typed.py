"""Numbers as people type them."""

import pytest

from baodao.kernel.typed import LARGEST, digits_of, whole_number


@pytest.mark.parametrize(
    ("text", "number"),
    [("12", 12), (" 12 ", 12), ("１２", 12), ("0", 0), ("007", 7), (str(LARGEST), LARGEST)],
)
def test_a_whole_number_is_read(text: str, number: int) -> None:
    assert whole_number(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "x",
        "-1",
        "1.5",
        "1e3",
        "1 2",
        "٣",
        "²",
        "①",
        "1²",
        "NaN",
        "9" * 17,
        "9" * 5000,
        str(LARGEST + 1),
    ],
)
def test_anything_else_is_none(text: str) -> None:
    assert whole_number(text) is None


def test_a_code_is_its_digits() -> None:
    assert digits_of("１２３ 456") == "123456"
    assert digits_of("12-34・٣") == "1234"
