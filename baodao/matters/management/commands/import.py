"""`baodao import requests FILE`: requests answered elsewhere become closed matters, replayed against today's rule.
`baodao import duties FILE`: a sheet of duty items becomes whole lists of organizations.
`baodao import orgs|people|posts|… FILE`: a filled template (`baodao export orgs --empty --out FILE` makes one to fill in)."""

from pathlib import Path
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from baodao.kernel.act import system_act
from baodao.kernel.tables import templates
from baodao.kernel.tables.command import load_template
from baodao.matters.importing import COLUMNS, Outcome, Year, read_sheet, run, summary
from baodao.matters.importing.known import request_desk
from baodao.matters.importing.rows import write_faults
from baodao.matters.importing.run import act_factory
from baodao.orgs.importing import duties
from baodao.orgs.importing.command import load_duties


class Command(BaseCommand):
    """Imports a sheet of requests."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["requests", *(one.name for one in templates())])
        parser.add_argument("file", type=Path, help="CSV or Excel")
        parser.add_argument(
            "--org", default="", help="code of the organization that holds them (default: the request desk)"
        )
        parser.add_argument(
            "--column",
            action="append",
            default=[],
            metavar="FIELD=TITLE",
            help=f"column map; fields: {', '.join(COLUMNS)}; of duties: {', '.join(duties.COLUMNS)}",
        )
        parser.add_argument(
            "--since", default="", metavar="DAY", help="duties without a day hold from here (default: today)"
        )
        parser.add_argument(
            "--good", action="store_true", help="load the good rows although others are faulty"
        )
        parser.add_argument("--dry-run", action="store_true", help="judge everything, write nothing")
        parser.add_argument(
            "--errors", type=Path, help="where to write the error file (default: beside the file)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"{path}: no such file")
        now = timezone.now().replace(microsecond=0)
        # A list as a unit keeps it, without its name or day; with them it is a template like the others.
        if options["what"] == "duties" and (options["org"] or options["since"]):
            load_duties(self, path, _pairs(options["column"]), options, now)
            return
        if options["what"] != "requests":
            load_template(self, path, _pairs(options["column"]), options, now)
            return
        sheet = read_sheet(path, _pairs(options["column"]), now)
        if sheet.faults:
            out = options["errors"] or path.with_name(f"{path.stem}-errors.xlsx")
            write_faults(path, sheet, out)
            self.stderr.write(_("%(n)d 行有错，写在 %(file)s") % {"n": len(sheet.faults), "file": out})
        org = options["org"] or request_desk()
        if not org:
            raise CommandError("no request desk in this district: name the organization with --org")
        console = Console(file=cast(IO[str], self.stdout), soft_wrap=True)
        with Progress(console=console, transient=True) as bar:
            task = bar.add_task(_("导入"), total=len(sheet.rows))
            outcome = run(
                act_factory(system_act(now, "import", "import")),
                path,
                sheet,
                org=org,
                good=options["good"],
                dry=options["dry_run"],
                progress=lambda done, total: bar.update(task, completed=done, total=total),
            )
        self._tell(console, outcome)

    def _tell(self, console: Console, outcome: Outcome) -> None:
        words = {
            "total": outcome.total,
            "bad": outcome.bad,
            "repeated": outcome.repeated,
            "known": outcome.known,
        }
        console.print(_("共 %(total)d 行：有错 %(bad)d，表内重复 %(repeated)d，已经在库 %(known)d") % words)
        if outcome.dry:
            console.print(_("试运行：会新增 %(n)d 件，什么也没有写") % {"n": outcome.added})
            return
        console.print(_("新增 %(n)d 件") % {"n": outcome.added})
        if not outcome.batch:
            return
        console.print(_("批号 %(batch)s（撤回：baodao takeback %(batch)s）") % {"batch": outcome.batch})
        console.print(_("按今天的规矩重算（导入的数据，不与实际办理混算）"))
        console.print(_table(summary(outcome.batch)))
        console.print(_("满意：未测（文件里没有居民的答复）"))


def _pairs(given: list[str]) -> dict[str, str]:
    pairs = {}
    for text in given:
        field, equals, title = text.partition("=")
        if not equals:
            raise CommandError(f"--column {text}: write FIELD=TITLE")
        pairs[field] = title
    return pairs


def _table(years: list[Year]) -> Table:
    table = Table()
    for title in (_("来信年份"), _("件数"), _("答复用时中位数"), _("样本"), _("超时")):
        table.add_column(title, justify="right")
    for line in years:
        hours = _("未测") if line.hours is None else _("%(h)s 小时") % {"h": f"{line.hours:,.1f}"}
        late = _("未测") if not line.due else f"{line.late / line.due:.0%} · {line.late}/{line.due}"
        table.add_row(line.year or _("合计"), str(line.count), hours, str(line.sample), late)
    return table
