"""Begin a pack, or a procedure in it: files that pass `pack check` as they stand, with a remark at each place to fill."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
from django.utils.translation import gettext as _
from msgspec import Struct

from baodao.kernel.errors import Conflict, Invalid
from baodao.matters.terms import NAME

from . import texts

CODE = re.compile(r"^[0-9]{6}$")
SIGN = re.compile(r"^[A-Z]{1,6}$")


class About(Struct, frozen=True):
    """What is asked of a new district: statistical code, names, municipality, the letters before its numbers."""

    code: str
    name: str
    name_en: str
    municipality: str
    municipality_en: str
    sign: str
    hotline: str = "12345"


class Family(Struct, frozen=True):
    """What is asked of a new procedure: its code, its name, who begins it, by when it is answered."""

    name: str
    title: str
    title_en: str
    opens: str = "community_secretary"
    limit: str = "5 workdays"


def check_name(field: str, name: str) -> str:
    """A name that files and keys can have. Raises Invalid."""
    if re.match(NAME, name) is None:
        raise Invalid.of(
            field, _("名字不对：%(name)s") % {"name": name}, _("用小写字母、数字和下划线，字母开头")
        )
    return name


def new_pack(folder: Path, about: About) -> list[Path]:
    """Write the files of a district's folder; gives their paths. Raises Invalid, or Conflict where something stands."""
    if CODE.match(about.code) is None:
        raise Invalid.of("code", _("统计用区划代码是六位数字"), _("例如 500102"))
    if SIGN.match(about.sign) is None:
        raise Invalid.of("sign", _("编号前的字母不对"), _("一到六个大写字母，例如 QH"))
    for key in ("name", "name_en", "municipality", "municipality_en"):
        if not getattr(about, key).strip():
            raise Invalid.of(key, _("这一项要填"), f"--{key.replace('_', '-')}")
    if folder.exists() and any(folder.iterdir()):
        raise Conflict.of("name", _("%(folder)s 已经有文件") % {"folder": folder}, _("换一个名字，或先挪开"))
    values = {key: _toml(value) for key, value in msgspec.structs.asdict(about).items()}
    values["sign_plain"] = about.sign
    divisions = {"code": about.code, "name": about.name, "streets": []}
    written = {
        "pack.toml": texts.PACK.format(**values),
        "levels.toml": texts.LEVELS,
        "request.toml": texts.REQUEST,
        "words.toml": texts.WORDS,
        "divisions.json": msgspec.json.format(msgspec.json.encode(divisions), indent=2).decode() + "\n",
    }
    folder.mkdir(parents=True, exist_ok=True)
    return [_write(folder / name, text) for name, text in written.items()]


def new_family(folder: Path, family: Family) -> list[Path]:
    """Begin a procedure as two files of a pack, the declaration and its English. Raises Invalid, Conflict."""
    check_name("procedure", family.name)
    for key in ("title", "title_en"):
        if not getattr(family, key).strip():
            raise Invalid.of(key, _("这一项要填"), f"--{key.replace('_', '-')}")
    paths = [folder / f"{family.name}.toml", folder / f"{family.name}_english.toml"]
    for path in paths:
        if path.exists():
            raise Conflict.of(
                "procedure", _("%(file)s 已经有了") % {"file": path.name}, _("换一个名字，或接着改那个文件")
            )
    values = {
        **msgspec.structs.asdict(family),
        "said": family.title.replace('"', "”"),
        "said_en": family.title_en.replace('"', "'"),
    }
    return [
        _write(path, _fill(text, values))
        for path, text in zip(paths, (texts.FAMILY, texts.FAMILY_EN), strict=True)
    ]


def _fill(text: str, values: dict[str, str]) -> str:
    """Only our own marks: the sentences of a declaration have braces themselves."""
    for key, value in values.items():
        text = text.replace(f"<<{key}>>", value)
    return text


def _toml(text: str) -> str:
    return msgspec.json.encode(text).decode()


def _write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path
