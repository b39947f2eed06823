"""Search words and private numbers: what is found, what is left alone, and what can never survive."""

import re
import sqlite3
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.cn import ric

from baodao.kernel import text

TEXTS = [
    "人民路三号楼住户反映：房屋墙体开裂，雨天渗水",
    "李渡街道消防通道长期被占，电动车乱停",
    "FL-2026-000123 路灯不亮",
    "小区 KTV 噪声扰民，ＡＢＣ栋",
    "马路",
    "3号楼",
]


def by_tokens(haystack: str, query: str) -> bool:
    """What an index does with terms: all of them there, prefixes by their beginning."""
    held = set(text.index_words(haystack).split())
    return all(
        any(t.startswith(term) if term.prefix else t == term for t in held)
        for term in text.query_terms(query)
    )


@pytest.mark.parametrize(
    ("query", "hits"),
    [
        ("路", [0, 2, 4]),
        ("开裂", [0]),
        ("房屋墙体", [0]),
        ("消防 乱停", [1]),
        ("fl-2026-0001", [2]),
        ("ktv", [3]),
        ("abc", [3]),
        ("马路", [4]),
        ("路灯不亮", [2]),
        ("墙体渗水", []),
        ("消防，电动车", [1]),
        ("3号楼", [5]),
    ],
)
def test_search_finds_exactly(query: str, hits: list[int]) -> None:
    assert [i for i, t in enumerate(TEXTS) if by_tokens(t, query) and text.contains(t, query)] == hits


def test_tokens_are_bigrams_and_words() -> None:
    assert text.tokens("A市占道，123号") == ["a", "市占", "占道", "道", "123", "号"]
    assert text.index_words("占道占道") == "占道 道占 道"
    assert text.tokens("") == []


@pytest.mark.parametrize("query", ["", "  ", "，。", "*", "\"'"])
def test_a_query_without_words_asks_nothing(query: str) -> None:
    assert text.query_terms(query) == []
    assert text.fts5_query(query) == ""
    assert text.tsquery(query) == ""
    assert not text.contains("占道", query)


@given(st.text(max_size=60), st.text(max_size=60))
def test_tokens_of_any_text_have_no_blanks_or_operators(a: str, b: str) -> None:
    for token in text.tokens(a + b):
        assert token
        assert not any(c.isspace() or c in "'\"\\&|!:*()<>^-+\0" for c in token), token
    assert text.fold(text.fold(a)) == text.fold(a)


@given(st.text(st.sampled_from("占道路灯a1bＡ３ -，"), min_size=1, max_size=12), st.data())
def test_whatever_contains_chinese_is_proposed_by_the_index(haystack: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(haystack) - 1))
    piece = haystack[start : data.draw(st.integers(start + 1, len(haystack)))]
    inside_word = start > 0 and re.match(r"[a-z0-9]{2}", text.fold(haystack[start - 1 : start + 1]))
    if text.query_terms(piece) and not inside_word and text.contains(haystack, piece):
        assert by_tokens(haystack, piece)


def test_sqlite_understands_the_query() -> None:
    db = sqlite3.connect(":memory:")
    db.execute('CREATE VIRTUAL TABLE doc USING fts5(words, tokenize="unicode61 remove_diacritics 0")')
    db.executemany(
        "INSERT INTO doc (rowid, words) VALUES (?, ?)",
        [(i, text.index_words(t)) for i, t in enumerate(TEXTS)],
    )

    def hits(query: str) -> list[int]:
        rows = db.execute("SELECT rowid FROM doc WHERE doc MATCH ? ORDER BY rowid", [text.fts5_query(query)])
        return [i for (i,) in rows if text.contains(TEXTS[i], query)]

    assert hits("路") == [0, 2, 4]
    assert hits("消防 乱停") == [1]
    assert hits("fl-2026-0001") == [2]
    assert hits("not and or") == []
    db.close()


PHONES = st.builds("1{}{}".format, st.integers(3, 9), st.integers(10**8, 10**9 - 1))


def identity(day: str = "19900307", place: str = "500102", serial: str = "123") -> str:
    head = f"{place}{day}{serial}"
    return head + str(ric.calc_check_digit(head))


def wide(number: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) for c in number)


def han(number: str) -> str:
    return number.translate(str.maketrans("0123456789", "零一二三四五六七八九"))


@pytest.mark.parametrize(
    ("raw", "masked"),
    [
        ("请打13812345678联系", "请打138****5678联系"),
        ("１３８１２３４５６７８", "138****5678"),
        ("138 1234 5678", "138****5678"),
        ("138-1234-5678，急", "138****5678，急"),
        ("+86 13812345678", "138****5678"),
        ("8613812345678", "138****5678"),
        ("008613812345678", "138****5678"),
        ("138.1234.5678", "138****5678"),
        ("1 3 8 1 2 3 4 5 6 7 8", "138****5678"),
        ("138\u200b1234\u200b5678", "138****5678"),
        ("一三八一二三四五六七八", "138****5678"),
        ("组三13812345678", "组三138****5678"),
        ("13812345678/13912345678", "138****5678/139****5678"),
        ("023-72221234", "023****1234"),
        ("（023）72221234", "023****1234"),
        ("010-8888 1234", "010****1234"),
        ("电话：72221234", "电话：****34"),
        ("+1 650 253 0000", "165****0000"),
        ("微信号：zhangsan88", "微信号：z****8"),
        ("qq 123456789", "qq 1****9"),
        ("护照E12345678", "护照E****8"),
        ("a.b@example.com", "a***@*.com"),
    ],
)
def test_private_numbers_are_masked(raw: str, masked: str) -> None:
    assert text.mask(raw) == masked


@pytest.mark.parametrize(
    "plain",
    [
        "FL-2026-000123",
        "请拨12345、110、119、120",
        "2019/4/25 9:32:09",
        "500102001 渝街道",
        "欠费13812元，共5678户",
        "营业时间13-15 16-18 19-20 1号楼",
        "统一社会信用代码91500102MA5U6XABCD",
        "水4.23一吨，电0.64一度",
        "二〇二六年一月三日",
        "3号楼2单元1501",
        "订单202604251234567890123",
        "二百三十四户，一千二百米",
    ],
)
def test_other_numbers_are_left_alone(plain: str) -> None:
    assert text.mask(plain) == plain
    assert not text.has_private(plain)


def test_identity_numbers_by_checksum_and_by_form() -> None:
    good = identity()
    assert [s.kind for s in text.find_private(f"身份证{good}。")] == ["identity"]
    assert text.mask(f"身份证{good}") == f"身份证5001************{good[-2:]}"
    assert text.mask(wide(good)) == text.mask(good)
    assert text.mask(f"{good[:6]} {good[6:14]} {good[14:]}") == text.mask(good)
    mistyped = good[:-1] + ("1" if good[-1] != "1" else "2")
    assert mistyped not in text.mask(mistyped)
    assert text.mask("500102900307123") == "5001*********23"
    x = next(n for n in (identity(serial=f"{i:03}") for i in range(999)) if n.endswith("X"))
    assert x.lower()[:14] not in text.mask(x.lower())


def test_bank_cards_by_luhn() -> None:
    head = "622202000000000012"
    check = int(luhn.calc_check_digit(head))
    card, wrong = f"{head}{check}", f"{head}{(check + 1) % 10}"
    assert text.mask(f"卡号{card}") == f"卡号6222****{card[-4:]}"
    assert (
        text.mask(f"卡号{card[:4]} {card[4:8]} {card[8:12]} {card[12:16]} {card[16:]}")
        == f"卡号6222****{card[-4:]}"
    )
    assert text.mask(f"编号{wrong}") == f"编号{wrong}"


@given(st.text(max_size=80))
def test_any_text_can_be_masked_and_masking_again_changes_nothing(raw: str) -> None:
    once = text.mask(raw)
    assert text.mask(once) == once
    assert not text.has_private(once) or text.mask(once) == once
    for span in text.find_private(raw):
        assert 0 <= span.start < span.end <= len(raw)


@given(st.text(st.sampled_from("0123456789１３８三八 -+()xX*@.a6微信号电话"), max_size=60))
def test_number_soup_can_be_masked_and_masking_again_changes_nothing(raw: str) -> None:
    once = text.mask(raw)
    assert text.mask(once) == once


around = st.text(
    st.characters(
        exclude_categories=["Nd"], exclude_characters="*+" + "〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖幺"
    ),
    max_size=10,
)
dress = st.sampled_from(
    [str, wide, han, lambda n: f"{n[:3]} {n[3:7]} {n[7:]}", lambda n: f"{n[:3]}-{n[3:7]}-{n[7:]}", " ".join]
)


@given(around, PHONES, around, dress)
def test_no_mobile_number_survives(before: str, phone: str, after: str, write) -> None:  # type: ignore[no-untyped-def]
    out = text.mask(before + write(phone) + after)
    digits = "".join(str(d) for c in out if (d := _digit(c)) is not None)
    assert phone not in digits


def _digit(c: str) -> int | None:
    import unicodedata

    return "零一二三四五六七八九".index(c) if c in "零一二三四五六七八九" else unicodedata.decimal(c, None)


@given(around, st.dates(date(1900, 1, 1), date(2020, 1, 1)), st.integers(0, 999), around)
def test_no_identity_number_survives(before: str, day, serial: int, after: str) -> None:  # type: ignore[no-untyped-def]
    number = identity(day.strftime("%Y%m%d"), serial=f"{serial:03}")
    assert number[6:16] not in text.mask(before + number + after)


@pytest.mark.parametrize(
    "soup",
    ["1" * 20_000, "1 " * 10_000, "138 " * 5_000, "a@" * 5_000, "0" * 20_000, "微信号" * 5_000, "+1~" * 4000],
)
def test_long_soup_takes_no_long_time(soup: str) -> None:
    import time

    start = time.process_time()
    text.mask(soup)
    text.tokens(soup)
    assert time.process_time() - start < 3
