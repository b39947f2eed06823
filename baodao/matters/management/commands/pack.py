"""`baodao pack check` and `baodao pack show`: what a district declared, examined and drawn, without a database; `baodao pack
migrate`: open matters go on under the version declared now."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from baodao.kernel.act import system_act
from baodao.kernel.declare import Pack, get_pack, pack_names
from baodao.kernel.errors import Invalid, Missing, Problem
from baodao.matters.chart import as_text, chart_of
from baodao.matters.check import inspect
from baodao.matters.declare import Procedure, digest
from baodao.matters.draw import svg
from baodao.matters.selectors import outdated
from baodao.matters.services import migrate


class Command(BaseCommand):
    """check: exit code 1 when anything is wrong. show: the chart of one procedure as text, or as SVG into a file."""

    help = "Examine packs (check) or draw a procedure (show)."
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

    def handle(self, *args: Any, **options: Any) -> None:
        """Dispatch in the wanted language."""
        with override(options["lang"]):
            if options["verb"] == "check":
                self._check(options["packs"] or ["base", *pack_names()])
            elif options["verb"] == "migrate":
                self._migrate(options)
            else:
                self._show(options["procedure"], options["pack"], options["svg"], options["lang"])

    def _check(self, names: list[str]) -> None:
        wrong = 0
        for name in names:
            folder = _folder(name)
            pack, faults = inspect(folder)
            wrong += len(faults)
            self.stdout.write(_("%(pack)s：") % {"pack": " < ".join(reversed(pack.layers))})
            for fault in faults:
                self.stdout.write("  ✗ " + fault.as_line())
            self._assumed(pack)
            if not faults:
                words = {"count": len(pack.many(Procedure)), "digest": pack.digest()[:12]}
                self.stdout.write("  ✓ " + _("没有问题；%(count)d 个程序，版本 %(digest)s") % words)
        if wrong:
            self.stderr.write(_("共 %(count)d 处要改") % {"count": wrong})
            raise SystemExit(1)

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
                        f"{number}: " + "；".join(f"{f.reason} → {f.remedy}" for f in problem.faults)
                    )
            last = numbers[-1]
        self.stdout.write(
            _("换到新版本 %(moved)d 件，没有换的 %(stuck)d 件") % {"moved": moved, "stuck": stuck}
        )
        if stuck:
            raise SystemExit(1)

    def _assumed(self, pack: Pack) -> None:
        rows = pack.assumed()
        if rows:
            self.stdout.write("  " + _("示例，待核定（%(count)d）：") % {"count": len(rows)})
        for row in rows:
            self.stdout.write(f"    {row.file}:{row.line} {row.key} {row.title}".rstrip())

    def _show(self, name: str, pack_name: str, target: str, lang: str) -> None:
        pack = get_pack(pack_name or _only_pack())
        if name not in pack.many(Procedure):
            known = "、".join(pack.many(Procedure))
            raise Missing.of("procedure", _("没有叫 %(name)s 的程序") % {"name": name}, known)
        chart = chart_of(pack, name, lang)
        if target and target != "-":
            Path(target).write_text(svg(chart), encoding="utf-8")
            self.stdout.write(_("画在 %(file)s") % {"file": target})
        else:
            self.stdout.write(svg(chart) if target else as_text(chart))


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


def _only_pack() -> str:
    names = pack_names()
    if len(names) != 1:
        raise Invalid.of("pack", _("要说明是哪个包"), "--pack " + "|".join(names))
    return names[0]
