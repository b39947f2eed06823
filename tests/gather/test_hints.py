"""Hints about evidence: what they find, what they miss, and that nothing of them is kept."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageEnhance

from baodao.gather.branch.hints import (
    NEAR,
    alike,
    differs,
    distance,
    metres,
    picture_hash,
    seen_before,
    taken_at,
)

#: What may happen to a picture between two uses, and whether the hash should still know it.
CHANGES: dict[str, tuple[Callable[[Image.Image], Image.Image], bool]] = {
    "smaller": (lambda p: p.resize((p.width // 2, p.height // 2)), True),
    "larger": (lambda p: p.resize((p.width * 3 // 2, p.height * 3 // 2)), True),
    "brighter": (lambda p: ImageEnhance.Brightness(p).enhance(1.25), True),
    "paler": (lambda p: ImageEnhance.Color(p).enhance(0.3), True),
    "flatter": (lambda p: ImageEnhance.Contrast(p).enhance(0.7), True),
    "dated": (lambda p: _dated(p), True),
    "trimmed": (
        lambda p: p.crop((p.width // 50, p.height // 50, p.width * 49 // 50, p.height * 49 // 50)),
        True,
    ),
    "grey": (lambda p: p.convert("L"), True),
}


def _dated(picture: Image.Image) -> Image.Image:
    made = picture.copy()
    ImageDraw.Draw(made).text((made.width * 3 // 4, made.height * 9 // 10), "2026-11-10", fill="orange")
    return made


def jpeg(picture: Image.Image, quality: int = 85, exif: Any = None) -> bytes:
    out = io.BytesIO()
    more = {"exif": exif} if exif is not None else {}
    picture.convert("RGB").save(out, "JPEG", quality=quality, **more)
    return out.getvalue()


def scenes() -> Iterator[tuple[str, Image.Image]]:
    """Drawn scenes that differ as rooms do: light from another side, other shapes."""
    for n in range(12):
        picture = Image.linear_gradient("L").resize((320, 240)).rotate(37 * n).convert("RGB")
        draw = ImageDraw.Draw(picture)
        for k in range(5):
            x, y = (n * 53 + k * 71) % 280, (n * 29 + k * 47) % 200
            draw.rectangle((x, y, x + 60 + 5 * k, y + 30 + 7 * n), fill=(30 * k, 20 * n % 255, 200 - 15 * n))
        yield f"scene-{n}", picture


def count(pictures: list[tuple[str, Image.Image]]) -> tuple[int, int, int, int]:
    """(found again, missed, wrongly found, pairs of different ones)."""
    known = {name: picture_hash(jpeg(one)) for name, one in pictures}
    found = missed = wrong = pairs = 0
    for name, one in pictures:
        for change, _still in CHANGES.values():
            mine = picture_hash(jpeg(change(one), 60))
            found, missed = (
                (found + 1, missed) if distance(mine, known[name]) <= NEAR else (found, missed + 1)
            )
    names = sorted(known)
    for at, a in enumerate(names):
        for b in names[at + 1 :]:
            pairs += 1
            wrong += distance(known[a], known[b]) <= NEAR
    return found, missed, wrong, pairs


def test_a_picture_used_again_is_known_and_others_are_not() -> None:
    found, missed, wrong, pairs = count(list(scenes()))
    assert found / (found + missed) >= 0.9, (found, missed)
    assert wrong <= pairs * 0.05, (wrong, pairs)


def test_real_photos(shared: Path) -> None:
    """The counts that docs/figures.md tells."""
    folder = shared / "data" / "photos" / "imagededup_tests" / "base_images"
    pictures = []
    for file in sorted(folder.glob("*.jpg")):
        with Image.open(file) as opened:
            pictures.append((file.stem, opened.convert("RGB")))
    found, missed, wrong, pairs = count(pictures)
    print(f"found {found}, missed {missed}, wrong {wrong} of {pairs} pairs")
    assert found / (found + missed) >= 0.9
    assert wrong == 0


def test_another_day_or_place_than_told_and_silence_where_the_file_says_nothing() -> None:
    from datetime import date

    picture = next(scenes())[1]
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2026:11:09 20:01:02"
    exif.get_ifd(0x8825).update({1: "N", 2: (29.0, 42.0, 0.0), 3: "E", 4: (107.0, 23.0, 24.0)})
    raw = jpeg(picture, exif=exif)
    day, place = taken_at(raw)
    assert day == date(2026, 11, 9) and place is not None and abs(place[0] - 107.39) < 0.01
    assert differs(raw, date(2026, 11, 10)) == (True, False)
    assert differs(raw, date(2026, 11, 9), [(107.39, 29.70)]) == (False, False)
    assert differs(raw, date(2026, 11, 9), [(108.39, 29.70)]) == (False, True)
    # Of several places by the name that was told one is enough; where none is known nothing is said.
    assert differs(raw, date(2026, 11, 9), [(108.39, 29.70), (107.40, 29.71)]) == (False, False)
    assert differs(raw, date(2026, 11, 9), []) == (False, False)
    assert differs(jpeg(picture), date(2026, 11, 10), [(1.0, 1.0)]) == (False, False)
    assert taken_at(b"no picture") == (None, None)


def test_minutes_copied_and_short_words_that_everybody_writes() -> None:
    old = "十一月十日晚在党群服务中心召开主题党日，学习文件第三章，讨论三单元的灯，决定周五前换好，散会前交纳党费，大家表示要把服务做到居民家门口。"
    assert alike(old.replace("十一月十日", "十二月十日"), {"g-1": old}) == "g-1"
    fresh = "十二月十日在小学操场清扫积雪，二十一个人来了，先扫东门再扫西门，老王带了铁锹，居民送来热水，散会后给独居的三户买了菜送上楼。"
    assert alike(fresh, {"g-1": old}) == ""
    assert alike("学习文件。", {"g-1": "学习文件。"}) == ""


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
def test_distance_is_a_distance(a: int, b: int) -> None:
    assert distance(a, b) == distance(b, a) >= 0
    assert (distance(a, b) == 0) == (a == b)
    assert seen_before(a, {"x": a}) == "x"
    assert (seen_before(a, {"x": b}) == "x") == (distance(a, b) <= NEAR)


def test_a_degree_of_the_meridian_is_111_kilometres() -> None:
    assert abs(metres((107.0, 29.0), (107.0, 30.0)) - 111_195) < 5


@pytest.mark.parametrize("name", list(CHANGES))
def test_each_change(name: str) -> None:
    change, still = CHANGES[name]
    again = [
        distance(picture_hash(jpeg(one)), picture_hash(jpeg(change(one), 60))) <= NEAR for _n, one in scenes()
    ]
    assert sum(again) >= len(again) * 0.7 if still else sum(again) < len(again)
