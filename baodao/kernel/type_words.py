"""What decoders say of what they cannot take, in the reader's language: msgspec and tomllib tell it in English, and no other way
(validation messages of msgspec 0.19 and later; tomllib of Python 3.11 and later, TOML 1.0)."""

import re

from django.utils.translation import gettext as _

_TYPE = re.compile(r"Expected `([^`]+)`, got `([^`]+)`")
_SIZE = re.compile(r"Expected `(\w+)` (of length )?(>=|<=|==|>|<) (-?[\d.]+)")
_FORM = re.compile(r"Expected `str` matching regex '(.*)'")
_FIELD = re.compile(r"Object (missing required|contains unknown) field `([^`]*)`")
_CHOICE = re.compile(r"Invalid (?:enum )?value '?(.*?)'?$")


def kind_word(names: str) -> str:
    """Types as the decoder names them (``int | null``), in words."""
    words = {
        "str": _("文字"),
        "int": _("整数"),
        "bool": _("true 或 false"),
        "float": _("数"),
        "array": _("方括号里的一列"),
        "object": _("一张表"),
        "null": _("空"),
        "date": _("日期"),
        "datetime": _("日期和时间"),
    }
    return "/".join(words.get(part.strip(), part.strip()) for part in names.split("|"))


def reason_of(text: str) -> str:
    """A message without its place, in words; what is not known here stands as it is."""
    if found := _TYPE.search(text):
        return _("要写%(wanted)s，现在是%(got)s") % {
            "wanted": kind_word(found[1]),
            "got": kind_word(found[2]),
        }
    if found := _SIZE.search(text):
        return _size(found)
    if found := _FORM.search(text):
        return _("写法不对，要合乎这个样子：%(pattern)s") % {"pattern": found[1]}
    if found := _FIELD.search(text):
        missing = found[1].startswith("missing")
        return (_("缺少 %(name)s") if missing else _("没有 %(name)s 这一项")) % {"name": found[2]}
    if found := _CHOICE.search(text):
        return _("不能是 %(value)s") % {"value": found[1]}
    if "timezone" in text:
        return _("时间要带时区，例如 2026-11-23T09:00:00+08:00")
    if "RFC3339" in text:
        return _("不是日期或时间，例如 2026-11-23，2026-11-23T09:00:00+08:00")
    if "out of range" in text:
        return _("数太大或太小")
    return _("不符合要求：%(why)s") % {"why": text}


def _size(found: re.Match[str]) -> str:
    kind, long, sign, n = found.groups()
    least = {">=": _("至少"), "<=": _("最多"), "==": _("正好"), ">": _("大于"), "<": _("小于")}[sign]
    if not long:
        return _("要%(least)s %(n)s") % {"least": least, "n": n}
    if kind == "str":
        return _("要%(least)s %(n)s 个字符") % {"least": least, "n": n}
    return _("要%(least)s %(n)s 项") % {"least": least, "n": n}


def toml_reason(text: str) -> str:
    """Why a file of a pack cannot be read, in words; what is not known here stands as it is, without its place."""
    known = (
        (r" twice|overwrite|immutable", _("同一个键或同一段写了两遍")),
        (r"Expected '=' after", _("键后面要有等号")),
        (r"end of document after a statement", _("一行只写一项，后面多了东西")),
        (
            r"Unclosed|Unterminated|Expected ['\"]|Illegal character",
            _("引号或括号没有关上，或者有不能用的字符"),
        ),
        (r"Unescaped|escape", _("引号里的反斜线要写两个")),
        (r"Invalid date", _("没有这一天或这个时间")),
        (r"Invalid (value|statement)", _("这里要写一个键，或者一个值：文字要加引号")),
        (r"codec can't decode", _("文件不是 UTF-8，请另存为 UTF-8")),
    )
    found = next((words for sign, words in known if re.search(sign, text)), "")
    return found or re.sub(r" \(at .*\)$", "", text)
