"""Every message that the decoder has for a wrong value is told in words: asked of the decoder itself, so that a new wording is seen here."""

import re
import tomllib
from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any, Literal

import msgspec
import pytest
from django.utils import translation

from baodao.kernel.errors import Invalid, Problem
from baodao.kernel.http import decode
from baodao.kernel.type_words import reason_of, toml_reason
from baodao.orgs.api import EndsBody


class Way(Enum):
    ON_SITE = "on_site"


class Thing(msgspec.Struct, forbid_unknown_fields=True):
    a: int


AWARE = Annotated[datetime, msgspec.Meta(tz=True)]
CASES: list[tuple[Any, str, str]] = [
    (int, '"x"', "要写整数，现在是文字"),
    (int | None, '"x"', "要写整数/空，现在是文字"),
    (list[int], "{}", "要写方括号里的一列，现在是一张表"),
    (Annotated[int, msgspec.Meta(ge=1)], "0", "要至少 1"),
    (Annotated[int, msgspec.Meta(lt=10)], "12", "要最多 9"),
    (Annotated[float, msgspec.Meta(lt=10)], "12.5", "要小于 10.0"),
    (Annotated[str, msgspec.Meta(max_length=2)], '"abc"', "要最多 2 个字符"),
    (Annotated[list[int], msgspec.Meta(min_length=1)], "[]", "要至少 1 项"),
    (Annotated[str, msgspec.Meta(pattern="^[a-z]+$")], '"9"', "写法不对，要合乎这个样子：^[a-z]+$"),
    (Thing, "{}", "缺少 a"),
    (Thing, '{"a": 1, "b": 2}', "没有 b 这一项"),
    (Way, '"elsewhere"', "不能是 elsewhere"),
    (Literal["x", "y"], '"z"', "不能是 z"),
    (date, '"2026-02-30"', "不是日期或时间"),
    (datetime, '"now"', "不是日期或时间"),
    (AWARE, '"2026-11-23T09:00:00"', "时间要带时区"),
    (int, "1e400", "数太大或太小"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "raw", "says"), CASES, ids=[raw for _kind, raw, _says in CASES])
def test_what_the_decoder_says_is_told_in_words(kind: Any, raw: str, says: str) -> None:
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.json.decode(raw, type=kind)
    told = reason_of(str(caught.value))
    assert told.startswith(says), caught.value
    with translation.override("en"):
        assert not re.search(r"[\u4e00-\u9fff]", reason_of(str(caught.value)))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a", "键后面要有等号"),
        ("a = ", "这里要写"),
        ("a = x", "这里要写"),
        ("= 1", "这里要写"),
        ("a = 'b", "没有关上"),
        ('a = "b\nc"', "没有关上"),
        ("a = [1", "没有关上"),
        ("[x", "没有关上"),
        ("[x]\n[x]", "写了两遍"),
        ("a = 1\na = 2", "写了两遍"),
        ("a = 1 b = 2", "一行只写一项"),
        ('a = "\\q"', "反斜线"),
        ("a = 2026-02-30", "没有这一天"),
    ],
)
def test_what_is_wrong_with_a_file_of_a_pack_is_told_in_words(text: str, says: str) -> None:
    with pytest.raises(tomllib.TOMLDecodeError) as caught:
        tomllib.loads(text)
    told = toml_reason(str(caught.value))
    assert says in told, caught.value
    assert not re.search("[A-Za-z]{3,}", told)


def test_the_interface_names_field_and_reason_in_the_readers_language() -> None:
    def told(raw: bytes) -> tuple[str, str]:
        with pytest.raises(Invalid) as caught:
            decode(raw, EndsBody)
        problem: Problem = caught.value
        [fault] = problem.faults
        return fault.field, fault.reason

    assert told(b'{"ends": [{"org": "a", "until": 5}]}') == ("ends[0].until", "要写日期，现在是整数")
    assert told(b"{}") == ("", "缺少 ends")
    with translation.override("en"):
        assert told(b"{}")[1] == "ends is missing"
