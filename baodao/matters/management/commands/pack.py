"""`baodao pack new`, `check`, `show` and `try`: a district's declarations begun, examined, drawn and walked, without a database;
`baodao pack migrate`: open matters go on under the version declared now."""

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import UTC
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from baodao.kernel.act import system_act
from baodao.kernel.calendar import Limit, weekdays_only
from baodao.kernel.declare import (
    UNSPOKEN,
    Located,
    Pack,
    get_pack,
    load_pack,
    missing_english,
    pack_names,
    read_pack,
    sections,
)
from baodao.kernel.errors import Invalid, Missing, Problem
from baodao.kernel.typed import moment_typed
from baodao.matters.chart import as_text, chart_of
from baodao.matters.check import inspect
from baodao.matters.declare import Procedure, digest
from baodao.matters.draw import svg
from baodao.matters.packs.new import About, Family, check_name, new_family, new_pack
from baodao.matters.packs.notes import notes
from baodao.matters.packs.play import begin
from baodao.matters.packs.talk import Talk, help_words
from baodao.matters.selectors import outdated
from baodao.matters.services import migrate


class Command(BaseCommand):
    """check: exit code 1 when anything is wrong. show: the chart of one procedure as text, or as SVG into a file."""

    help = "Begin packs (new), examine them (check), draw (show) or walk (try) a procedure."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The two verbs and their arguments."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        check = verbs.add_parser("check", help="walk everything that packs declare and tell what is wrong")
        check.add_argument("packs", nargs="*", help="names or folders of packs; default: all, base first")
        check.add_argument("--lang", default=settings.LANGUAGE_CODE, help="zh-hans or en")
        show = verbs.add_parser("show", help="draw a procedure")
        show.add_argument("procedure", help="its name, e.g. request")
        show.add_argument(
            "--pack", default="", help="name of the pack; may be left out when there is only one"
        )
        show.add_argument("--svg", default="", help="write a picture to this file; - for standard output")
        show.add_argument("--lang", default=settings.LANGUAGE_CODE, help="zh-hans or en")
        migrate = verbs.add_parser(
            "migrate", help="take open matters to the version that the pack declares now"
        )
        migrate.add_argument("procedure", help="its name, e.g. request")
        migrate.add_argument(
            "--pack", default="", help="name of the pack; may be left out when there is only one"
        )
        migrate.add_argument(
            "--stage",
            action="append",
            default=[],
            metavar="OLD=NEW",
            help="a stage that has another name now",
        )
        migrate.add_argument(
            "--leg",
            action="append",
            default=[],
            metavar="OLD=NEW",
            help="a leg's state that has another name now",
        )
        migrate.add_argument("--lang", default=settings.LANGUAGE_CODE, help="zh-hans or en")
        _new_arguments(verbs.add_parser("new", help="begin a district's folder, or a procedure in one"))
        english = verbs.add_parser("english", help="what has no English yet, as a file to fill in")
        english.add_argument("pack", help="name or folder of a pack")
        english.add_argument("--lang", default=settings.LANGUAGE_CODE, help="zh-hans or en")
        _try_arguments(verbs.add_parser("try", help="walk a procedure in memory with a made-up cast"))

    def handle(self, *args: Any, **options: Any) -> None:
        """Dispatch in the wanted language."""
        with override(options["lang"]):
            if options["verb"] == "check":
                self._check(options["packs"] or ["base", *pack_names()])
            elif options["verb"] == "migrate":
                self._migrate(options)
            elif options["verb"] == "new":
                self._new(options)
            elif options["verb"] == "english":
                self._english(_folder(options["pack"]))
            elif options["verb"] == "try":
                self._try(options)
            else:
                self._show(options["procedure"], options["pack"], options["svg"], options["lang"])

    def _check(self, names: list[str]) -> None:
        wrong = 0
        for name in names:
            folder = _folder(name)
            pack, faults = inspect(folder, _home(folder))
            wrong += len(faults)
            self.stdout.write(_("%(pack)s：") % {"pack": " < ".join(reversed(pack.layers))})
            self._faults(faults)
            for note in notes(pack):
                self.stdout.write("  ! " + note)
            self._assumed(pack)
            if not faults:
                words = {"count": len(pack.many(Procedure)), "digest": pack.digest()[:12]}
                self.stdout.write("  ✓ " + _("没有问题；%(count)d 个程序，版本 %(digest)s") % words)
        if wrong:
            self.stderr.write(_("共 %(count)d 处要改") % {"count": wrong})
            raise SystemExit(1)

    def _faults(self, faults: Sequence[Located]) -> None:
        """What has no English comes last, and as one line beside anything else: it hides no other fault."""
        unspoken = [fault for fault in faults if fault.code in UNSPOKEN]
        others = [fault for fault in faults if fault.code not in UNSPOKEN]
        for fault in others or unspoken:
            self.stdout.write("  ✗ " + fault.as_line())
        if others and unspoken:
            words = _("还有 %(count)d 处没有英文或英文里少了空格处（baodao pack english 列出来）")
            self.stdout.write("  ✗ " + words % {"count": len(unspoken)})
        elif unspoken:
            self.stdout.write("  " + _("除了英文，没有别的问题"))

    def _migrate(self, options: dict[str, Any]) -> None:
        """One command a matter: safe to repeat. What cannot be mapped stays where it is and is told."""
        pack, name = options["pack"] or _only_pack(), options["procedure"]
        procedure = get_pack(pack).many(Procedure).get(name)
        if procedure is None:
            raise Missing.of("procedure", _("没有叫 %(name)s 的程序") % {"name": name})
        stages, legs = _pairs("stage", options["stage"]), _pairs("leg", options["leg"])
        wanted, now, last = digest(procedure), timezone.now().replace(microsecond=0), ""
        moved, stuck = 0, 0
        while numbers := outdated(pack, name, wanted, last, 200):
            for number in numbers:
                by = system_act(now, f"migrate-{number}-{wanted[:16]}-{int(now.timestamp())}")
                try:
                    moved += migrate(by, number=number, stages=stages, legs=legs)
                except Problem as problem:
                    stuck += 1
                    self.stderr.write(
                        f"{number}: " + "；".join(f"{f.named} → {f.remedy}" for f in problem.faults)
                    )
            last = numbers[-1]
        self.stdout.write(
            _("换到新版本 %(moved)d 件，没有换的 %(stuck)d 件") % {"moved": moved, "stuck": stuck}
        )
        if stuck:
            raise SystemExit(1)

    def _new(self, options: dict[str, Any]) -> None:
        """Files that pass the check, and what to do next. What no flag says is asked where somebody sits there."""
        name = check_name("name", options["name"])
        folder = Path(options["folder"] or settings.PACKS) / name
        if options["procedure"]:
            family = Family(
                name=options["procedure"],
                title=self._given(options, "title", _("这种事叫什么")),
                title_en=self._given(options, "title_en", _("英文叫什么")),
                opens=options["opens"],
                limit=str(Limit.parse(options["limit"], "limit")),
            )
            if not folder.is_dir():
                _folder(name)  # raises, with the packs that there are
            paths = new_family(folder, family)
        else:
            asked = {
                "code": _("统计用区划代码（六位）"),
                "title": _("区的名称"),
                "title_en": _("英文名称"),
                "municipality": _("属于哪个市"),
                "municipality_en": _("市的英文名称"),
                "sign": _("编号前的字母，例如 QH"),
            }
            told = {key: self._given(options, key, words) for key, words in asked.items()}
            paths = new_pack(folder, About(name=told.pop("title"), name_en=told.pop("title_en"), **told))
        for path in paths:
            self.stdout.write(f"  + {path}")
        self.stdout.write(_("照文件里的提示改，然后：baodao pack check %(folder)s") % {"folder": folder})

    def _english(self, folder: Path) -> None:
        """TOML with an empty text for everything that has no English, its Chinese beside it; then English whose Chinese is gone."""
        pack, report = read_pack(folder, _home(folder))
        for table, texts in missing_english(pack.root, sections()).items():
            self.stdout.write(f"[english.{table}]")
            for key, text in texts:
                first, *more = text.strip().split("\n")
                self.stdout.write(f'{key} = ""  # {first}')
                # A text of several lines is written between three quotation marks.
                for line in more:
                    self.stdout.write(f"#   {line}")
            self.stdout.write("")
        for fault in report.sorted():
            if fault.code == "english" and fault.field.startswith("english."):
                self.stdout.write(f"# {fault.as_line()}")

    def _given(self, options: dict[str, Any], key: str, words: str) -> str:
        if options[key] or not sys.stdin.isatty():
            return str(options[key])
        return input(f"{words}：").strip()

    def _try(self, options: dict[str, Any]) -> None:
        """Exit code 1 when a line of a script was refused."""
        folder, name = _folder(options["pack"]), options["procedure"]
        pack = load_pack(folder, _home(folder), unspoken=True)
        if name not in pack.many(Procedure):
            raise Missing.of(
                "procedure", _("没有叫 %(name)s 的程序") % {"name": name}, "、".join(pack.many(Procedure))
            )
        now = timezone.localtime().replace(microsecond=0)
        at = moment_typed(options["at"], "--at") if options["at"] else now
        play = begin(pack, name, options["lang"], at.astimezone(UTC), weekdays_only(settings.TIME_ZONE))
        lines = _lines(options["script"]) if options["script"] else sys.stdin
        asks = not options["script"] and sys.stdin.isatty()
        if asks:
            self.stdout.write(help_words())
        if Talk(play, self.stdout.write, iter(lines), asks).run():
            raise SystemExit(1)

    def _assumed(self, pack: Pack) -> None:
        rows = pack.assumed()
        own = [row for row in rows if row.file.partition("/")[0] == pack.name]
        if own:
            self.stdout.write("  " + _("示例，待核定（%(count)d）：") % {"count": len(own)})
        for row in own:
            self.stdout.write(f"    {row.file}:{row.line} {row.key} {row.title}".rstrip())
        if len(own) < len(rows):
            words = _("它所依据的包里还有 %(count)d 处示例，待核定（baodao pack check base 列出来）")
            self.stdout.write("  " + words % {"count": len(rows) - len(own)})

    def _show(self, name: str, pack_name: str, target: str, lang: str) -> None:
        folder = _folder(pack_name or _only_pack())
        pack = load_pack(folder, _home(folder), unspoken=True)
        if name not in pack.many(Procedure):
            known = "、".join(pack.many(Procedure))
            raise Missing.of("procedure", _("没有叫 %(name)s 的程序") % {"name": name}, known)
        chart = chart_of(pack, name, lang)
        if target and target != "-":
            Path(target).write_text(svg(chart), encoding="utf-8")
            self.stdout.write(_("画在 %(file)s") % {"file": target})
        else:
            self.stdout.write(svg(chart) if target else as_text(chart))


def _new_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("name", help="the folder's name: small letters, digits, _")
    parser.add_argument(
        "--folder", default="", help="the folder of packs; default: the one that the server reads"
    )
    parser.add_argument("--procedure", default="", help="begin this procedure in the pack instead of a pack")
    parser.add_argument("--title", default="", help="the district's name, or the procedure's")
    parser.add_argument("--title-en", default="", help="the same in English")
    parser.add_argument("--code", default="", help="six digits of the district")
    parser.add_argument("--municipality", default="", help="the municipality's name")
    parser.add_argument("--municipality-en", default="", help="the same in English")
    parser.add_argument("--sign", default="", help="letters before its numbers, e.g. QH")
    parser.add_argument(
        "--opens", default="community_secretary", help="kind of post that begins such a matter"
    )
    parser.add_argument("--limit", default="5 workdays", help="how long an answer may take")
    parser.add_argument("--lang", default=settings.LANGUAGE_CODE, help="zh-hans or en")


def _try_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("pack", help="name or folder of a pack")
    parser.add_argument("procedure", help="its name, e.g. request")
    parser.add_argument("--script", default="", help="a file of lines; default: standard input")
    parser.add_argument("--at", default="", help="the moment at which it begins, e.g. 2026-03-02T09:00")
    parser.add_argument("--lang", default=settings.LANGUAGE_CODE, help="zh-hans or en")


def _pairs(name: str, given: list[str]) -> dict[str, str]:
    pairs = dict(one.partition("=")[::2] for one in given)
    if not all(old and new for old, new in pairs.items()):
        raise Invalid.of(name, _("要写成 旧名=新名"), f"--{name} joint=together")
    return pairs


def _folder(name: str) -> Path:
    """A pack by name, or any folder."""
    known = Path(settings.PACKS) / name
    folder = known if known.is_dir() else Path(name)
    if not folder.is_dir():
        remedy = _("可用的包：%(names)s。") % {"names": "、".join(["base", *pack_names()])}
        raise Missing.of("pack", _("没有叫 %(name)s 的包") % {"name": name}, remedy)
    return folder


def _lines(name: str) -> list[str]:
    try:
        return Path(name).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise Missing.of(
            "script", _("读不了 %(name)s") % {"name": name}, _("要写一个文本文件的路径")
        ) from None


def _home(folder: Path) -> Path:
    """Where the packs lie that a folder extends: beside it, else those that the server reads."""
    return folder.parent if (folder.parent / "base").is_dir() else Path(settings.PACKS)


def _only_pack() -> str:
    names = pack_names()
    if len(names) != 1:
        raise Invalid.of("pack", _("要说明是哪个包"), "--pack " + "|".join(names))
    return names[0]
