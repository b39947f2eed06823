"""Reading a pack: all its TOML files over those it extends, checked strictly, kept for the process."""

from __future__ import annotations

import hashlib
import re
import threading
import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

import msgspec
from django.conf import settings
from django.utils.translation import gettext as _

from baodao.kernel.errors import Fault
from baodao.kernel.type_words import toml_reason

from . import examine
from .english import check_english, speak
from .located import Key, KeyPath, Node, Spot, deepest, plain, read_nodes, spell
from .merge import merge
from .report import BadPack, Located, Report, suggest
from .sections import Section, section_of, sections

T = TypeVar("T", bound=msgspec.Struct)

_LINE = re.compile(r"line (\d+)")

#: Keys that stand at the top of a file and are no section.
TOP = ("extends", "source", "words", "english", "remove")


class Assumed(NamedTuple):
    """An entry that nobody has confirmed yet; screens mark it 示例,待核定."""

    key: str
    title: str
    file: str
    line: int


class Pack:
    """A checked pack. Entries by their Struct: `pack.many(Procedure)["request"]`, `pack.one(District)`."""

    def __init__(self, name: str, folder: Path, layers: tuple[str, ...], root: Node) -> None:
        self.name, self.folder, self.layers, self.root = name, folder, layers, root
        self._read: dict[str, dict[str, Any]] = {}
        self._spoken: dict[str, dict[str, Any]] = {}
        english = root.value.get("english")
        told = plain(english) if english is not None else {}
        self._english: dict[str, Any] = told if isinstance(told, dict) else {}
        self.words: Mapping[str, str] = {}
        self.words_en: Mapping[str, str] = {}

    def many(self, struct: type[T], lang: str = "zh-hans") -> Mapping[str, T]:
        """All entries of a section by name, with their texts in this language."""
        section = section_of(struct).name
        if not lang.startswith("en"):
            return MappingProxyType(self._read.get(section, {}))
        if section not in self._spoken:
            entries = self._read.get(section, {}).items()
            self._spoken[section] = {name: self.speak(entry, section, name) for name, entry in entries}
        return MappingProxyType(self._spoken[section])

    def one(self, struct: type[T], lang: str = "zh-hans") -> T:
        """The single table of a section. Raises KeyError when the pack has none."""
        return self.many(struct, lang)[""]

    def speak(self, entry: T, section: str, name: str = "", lang: str = "en") -> T:
        """An entry, or an older version of it that a matter kept, with its texts in this language."""
        if not lang.startswith("en"):
            return entry
        english = self._english.get(section, {})
        return speak(entry, english.get(name) if name else english)

    def has(self, struct: type[T]) -> bool:
        """Was at least one entry of this section read?"""
        return bool(self._read.get(section_of(struct).name))

    def word(self, key: str, lang: str = "zh-hans") -> str:
        """This district's word for a key; the key itself when nobody has named it."""
        if lang.startswith("en"):
            return self.words_en.get(key) or self.words.get(key, key)
        return self.words.get(key, key)

    def names(self, section: str) -> list[str]:
        """Names declared in a section, broken entries too (so that one fault is not told twice)."""
        node = self.root.value.get(section)
        return [key for key in node.value if key != "remove"] if node and isinstance(node.value, dict) else []

    def canonical(self, section: str, name: str = "") -> bytes:
        """The bytes of one entry: the Struct as JSON with sorted keys, sets sorted."""
        return msgspec.json.encode(self._read[section][name], order="deterministic")

    def digest(self, section: str = "", name: str = "") -> str:
        """SHA-256 (hex) of one entry; of the whole pack, words and all, when no section is named."""
        if section:
            return hashlib.sha256(self.canonical(section, name)).hexdigest()
        whole = [self._read, dict(self.words), dict(self.words_en), list(self.layers)]
        return hashlib.sha256(msgspec.json.encode(whole, order="deterministic")).hexdigest()

    def where(self, *path: Key) -> tuple[str, int]:
        """(file relative to the folder of packs, line) of the deepest part of this path that is declared."""
        spot = deepest(self.root, path).spot
        return _short(spot.file, self.folder.parent), spot.line

    def owns(self, *path: Key) -> bool:
        """Does the deepest declared part of this path stand in the pack's own files, not in a lower layer's?"""
        return deepest(self.root, path).spot.file.parent == self.folder

    def source(self, *path: Key) -> str:
        """Where an entry is from: its own `source`, else that of the tables around it, else of its file."""
        return _source(self.root, path)

    def assumed(self) -> list[Assumed]:
        """Entries marked `assumed`, those of their own mark inside a confirmed entry too."""
        rows: list[Assumed] = []
        for name, section in sections().items():
            node = self.root.value.get(name)
            for key, entry in _entries(node, section) if node else ():
                path: KeyPath = (name, key) if key else (name,)
                if _source(self.root, path) == "assumed":
                    rows.append(self._row(path, entry))
                else:
                    rows.extend(self._row(*inner) for inner in _marked(entry, path))
        return rows

    def _row(self, path: KeyPath, node: Node) -> Assumed:
        title = node.value.get("title") or node.value.get("name") if isinstance(node.value, dict) else None
        file = _short(node.spot.file, self.folder.parent)
        return Assumed(spell(self.root, path), title.value if title else "", file, node.spot.line)


def _marked(node: Node, path: KeyPath) -> list[tuple[KeyPath, Node]]:
    """Tables inside an entry that are assumed by their own mark, or by that of the layer that changed them."""
    found: list[tuple[KeyPath, Node]] = []
    pairs: list[tuple[Key, Node]] = []
    if isinstance(node.value, dict):
        pairs = list(node.value.items())
    elif isinstance(node.value, list):
        pairs = [(inner.name or place, inner) for place, inner in enumerate(node.value)]
    for key, inner in pairs:
        own = inner.value.get("source") if isinstance(inner.value, dict) else None
        told = own.value if own is not None else inner.spot.source if inner.name else ""
        if told == "assumed":
            found.append(((*path, key), inner))
        else:
            found.extend(_marked(inner, (*path, key)))
    return found


def _source(root: Node, path: KeyPath) -> str:
    for length in range(len(path), 0, -1):
        node, around = deepest(root, path[:length]), deepest(root, path[: length - 1])
        own = node.value.get("source") if isinstance(node.value, dict) else None
        if own is not None:
            return str(own.value)
        if node.spot.file != around.spot.file:
            return node.spot.source
    return deepest(root, path[:1]).spot.source


def _short(file: Path, home: Path) -> str:
    return str(file.relative_to(home)) if file.is_relative_to(home) else str(file)


def _entries(node: Node, section: Section) -> list[tuple[str, Node]]:
    if not section.many:
        return [("", node)]
    members = node.value.items() if isinstance(node.value, dict) else ()
    return [(key, inner) for key, inner in members if key != "remove"]


def read_pack(folder: Path, home: Path | None = None) -> tuple[Pack, Report]:
    """Read without raising: the pack as far as it goes and all that is wrong with it (see `load_pack`)."""
    folder, home = Path(folder), Path(home or Path(folder).parent)
    report = Report(Node({}, Spot(folder, 0)), home)
    root, layers = _layer(folder, home, report)
    report.root = root
    pack = Pack(folder.name, folder, layers, root)
    _read_words(pack, report)
    _read_sections(pack, report)
    check_english(root, folder, sections(), report)
    for section in sections().values():
        for check in section.checks:
            check(pack, report)
    return pack, report


#: Codes of faults of what has no English yet: what is being written can be walked all the same.
UNSPOKEN = frozenset({"english", "slots"})


def load_pack(folder: Path, home: Path | None = None, *, unspoken: bool = False) -> Pack:
    """The checked pack of a folder of TOML files; `home` is where `extends` looks (default: beside it). ``unspoken``: missing English
    is no fault yet, for whoever walks what is being written. Raises BadPack with all faults."""
    pack, report = read_pack(folder, home)
    if unspoken:
        report.faults = [fault for fault in report.faults if fault.code not in UNSPOKEN]
    report.close()
    return pack


_held: dict[str, Pack] = {}
#: Packs that could not be read: what the files looked like then, and the faults.
_bad: dict[str, tuple[tuple[tuple[str, int, int], ...], tuple[Fault, ...]]] = {}
_reading = threading.Lock()


def get_pack(name: str) -> Pack:
    """The pack `name` of settings.PACKS, read once in a process until `forget_packs()`. Raises BadPack."""
    if name not in _held:
        # Reading takes most of a second: the threads of a fresh server wait for one of them, they do not read it each.
        with _reading:
            if name not in _held:
                _held[name] = _sound(name)
    return _held[name]


def _sound(name: str) -> Pack:
    """Read it; what was broken is read again only once a file has changed, so that no request pays for it a second time."""
    files = sorted(Path(settings.PACKS).glob("*/*.toml"))
    stamp = tuple((str(file), (held := file.stat()).st_mtime_ns, held.st_size) for file in files)
    if name in _bad and _bad[name][0] == stamp:
        raise BadPack(*_bad[name][1])
    try:
        return load_pack(Path(settings.PACKS) / name)
    except BadPack as bad:
        _bad[name] = (stamp, bad.faults)
        raise


def forget_packs() -> None:
    """Read packs anew at the next use (commands, tests). Servers restart: no pack changes under a request."""
    _held.clear()
    _bad.clear()


def pack_names(home: Path | None = None) -> list[str]:
    """Folders under settings.PACKS with TOML files that somebody can be bound to: all but `base`."""
    home = Path(home or settings.PACKS)
    folders = [path for path in home.iterdir() if any(path.glob("*.toml"))] if home.is_dir() else []
    return sorted(path.name for path in folders if path.name != "base")


def _layer(
    folder: Path, home: Path, report: Report, above: tuple[str, ...] = ()
) -> tuple[Node, tuple[str, ...]]:
    """The merged tree of a folder over what it extends, and the names of the layers, lowest first."""
    own = _folder(folder, report)
    extends = own.value.get("extends")
    if extends is None:
        return own, (folder.name,)
    folders = [path.name for path in home.iterdir() if path.is_dir()] if home.is_dir() else []
    known = [name for name in folders if name not in (folder.name, *above)]
    if extends.value not in known:
        near, remedy = suggest(extends.value, known)
        reason = _("没有可以承接的包 %(name)s") % {"name": extends.value}
        report.add_at(extends, ("extends",), reason, remedy, near=near, code="extends")
        return own, (folder.name,)
    base, layers = _layer(home / extends.value, home, report, (folder.name, *above))

    def missing(path: KeyPath, wrong: str, right: list[str], node: Node) -> None:
        near, remedy = suggest(wrong, right)
        reason = _("要去掉的 %(name)s 在下层包里没有") % {"name": wrong}
        report.add_at(node, path, reason, remedy, near=near, code="remove")

    return merge(base, own, missing), (*layers, folder.name)


def _folder(folder: Path, report: Report) -> Node:
    """All TOML files of a folder as one tree; a key that stands in two files is a fault."""
    files = sorted(folder.glob("*.toml"))
    out = Node({}, Spot(files[0] if files else folder, 0))
    if not files:
        reason, remedy = _("这个文件夹里没有 .toml 文件"), _("包是一个装着 TOML 文件的文件夹。")
        report.add_at(out, (), reason, remedy, code="empty")
    for file in files:
        try:
            node = read_nodes(file)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            text = str(error)
            # What is wrong at the end is told of the last line.
            last = file.read_bytes().count(b"\n") if "end of document" in text else 1
            line = int(found.group(1)) if (found := _LINE.search(text)) else max(last, 1)
            reason, remedy = _("读不懂：%(why)s") % {"why": toml_reason(text)}, _("检查引号、括号和等号。")
            report.add_at(Node(None, Spot(file, line)), (), reason, remedy, code="toml")
            continue
        _check_top(node, report)
        out = _join(out, node, (), report)
    return out


def _check_top(node: Node, report: Report) -> None:
    source = node.value.get("source")
    if source is not None:
        examine._check_source(source, ("source",), report)
    allowed = [*TOP, *sections()]
    for key, inner in node.value.items():
        if key not in allowed:
            near, remedy = suggest(key, allowed)
            reason = _("没有叫 %(key)s 的段") % {"key": key}
            report.add_at(inner, (key,), reason, remedy, near=near, code="section")


def _join(left: Node, right: Node, path: KeyPath, report: Report) -> Node:
    out = dict(left.value)
    for key, inner in right.value.items():
        if key not in out or (not path and key == "source"):
            out[key] = inner
        elif (
            isinstance(out[key].value, dict)
            and isinstance(inner.value, dict)
            and len(path) < (3 if path[:1] == ("english",) else 1)
        ):
            out[key] = _join(out[key], inner, (*path, key), report)
        else:
            place = f"{out[key].spot.file.name}:{out[key].spot.line}"
            reason = _("在 %(place)s 已经写过") % {"place": place}
            report.add_at(inner, (*path, key), reason, _("留一处，删一处。"), code="twice")
    return Node(out, left.spot)


def _read_words(pack: Pack, report: Report) -> None:
    """`[words]` and `[words.en]`: flat maps of the same keys."""
    node = pack.root.value.get("words")
    if node is None:
        return
    zh = {key: inner for key, inner in node.value.items() if key not in ("en", "remove")}
    en = node.value["en"].value if "en" in node.value and isinstance(node.value["en"].value, dict) else {}
    for prefix, words in ((("words",), zh), (("words", "en"), en)):
        for key, inner in words.items():
            if not isinstance(inner.value, str) or not inner.value.strip():
                reason, remedy = _("词要写成引号里的文字"), _('例如 desk = "群众工作中心"。')
                report.add_at(inner, (*prefix, key), reason, remedy, code="word")
    for key in [key for key in zh if key not in en]:
        remedy = _("在 [words.en] 下写 %(key)s。") % {"key": key}
        report.add_at(zh[key], ("words", key), _("没有英文词"), remedy, code="word")
    for key in [key for key in en if key not in zh]:
        remedy = _("在 [words] 下写 %(key)s。") % {"key": key}
        report.add_at(en[key], ("words", "en", key), _("没有中文词"), remedy, code="word")
    pack.words = MappingProxyType({key: str(plain(inner)) for key, inner in zh.items()})
    pack.words_en = MappingProxyType({key: str(plain(inner)) for key, inner in en.items()})


def _read_sections(pack: Pack, report: Report) -> None:
    for name, section in sections().items():
        node = pack.root.value.get(name)
        if node is None:
            if section.needs and pack.name != "base":
                reason = _("少了 [%(name)s] 这一段") % {"name": name}
                report.add((), reason, _("照 packs/fuling 的样子补上。"), code="missing")
            continue
        if not isinstance(node.value, dict):
            report.add_at(node, (name,), _("[%(name)s] 要写成一张表") % {"name": name}, code="shape")
            continue
        read = pack._read.setdefault(name, {})
        for key, entry in _entries(node, section):
            value = examine.read_as(entry, section.struct, (name, key) if key else (name,), report)
            if value is not None:
                read[key] = value
    for section in sections().values():
        for finish in section.finishes:
            finish(pack._read)


__all__ = [
    "Assumed",
    "BadPack",
    "Located",
    "Pack",
    "forget_packs",
    "get_pack",
    "load_pack",
    "pack_names",
    "read_pack",
]
