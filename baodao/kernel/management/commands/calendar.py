"""`baodao calendar seed`: load the years that the maintained package knows. `baodao calendar load FILE …`:
load a published year (CSV or Excel with the columns date, kind, name; kind is 休 / holiday or 班 / makeup).
`baodao calendar show`."""

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from baodao.kernel.act import system_act
from baodao.kernel.calendar import Day
from baodao.kernel.errors import Fault, Invalid
from baodao.kernel.selectors import edition_in_force
from baodao.kernel.services import EditionLoaded, load_edition
from baodao.kernel.tables import Column, as_choice, as_moment, as_text, map_columns, parse_rows, read_table

KINDS = {
    "休": "holiday",
    "放假": "holiday",
    "holiday": "holiday",
    "班": "makeup",
    "上班": "makeup",
    "makeup": "makeup",
}
COLUMNS = [
    Column("date", "日期", as_moment(), required=True),
    Column("kind", "类型", as_choice(KINDS), required=True),
    Column("name", "名称", as_text(40), aliases=("节日", "holiday_name")),
]


class Command(BaseCommand):
    """Loads calendar editions."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Sub-commands."""
        commands = parser.add_subparsers(dest="command", required=True)
        commands.add_parser("seed", help="the years of the package; nothing if that edition is there")
        commands.add_parser("show", help="the edition in force")
        load = commands.add_parser("load", help="a file of a published year")
        load.add_argument("file", type=Path)
        load.add_argument("--code", required=True, help="e.g. cn-2027")
        load.add_argument("--published", required=True, type=date.fromisoformat, metavar="YYYY-MM-DD")
        load.add_argument("--source", required=True, help="number or address of the notice")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run one of them."""
        if options["command"] == "show":
            self._show()
            return
        done = _seed() if options["command"] == "seed" else _load(options)
        self.stdout.write(f"{done.edition}: {done.days} days, provisional from {done.provisional_from}")

    def _show(self) -> None:
        edition = edition_in_force()
        if edition is None:
            self.stdout.write("no edition: Monday to Friday, all provisional")
            return
        horizon = f"provisional from {edition.provisional_from}"
        self.stdout.write(f"{edition.code}: published {edition.published}, {horizon}, {edition.source}")


def _seed() -> EditionLoaded:
    from baodao.kernel.seed import seed_days, seed_horizon, seed_source

    days, source = seed_days(), seed_source()
    horizon = seed_horizon(days)
    code = f"cn-{horizon.year - 1}-{source.rsplit(' ', 1)[1]}"
    return load_edition(
        system_act(timezone.now().replace(microsecond=0), f"calendar.load:{code}"),
        code=code,
        # The package does not keep dates of notices; each year's appears before the year begins.
        published=date(horizon.year - 2, 12, 31),
        source=source,
        years=list(range(days[0].date.year, horizon.year)),
        days=days,
    )


def _load(options: dict[str, Any]) -> EditionLoaded:
    days = read_days(options["file"])
    return load_edition(
        system_act(timezone.now().replace(microsecond=0), f"calendar.load:{options['code']}"),
        code=options["code"],
        published=options["published"],
        source=options["source"],
        years=sorted({day.date.year for day in days}),
        days=days,
    )


def read_days(path: Path) -> list[Day]:
    """The days of a file. Raises Invalid with the row of each fault."""
    if not path.is_file():
        raise Invalid.of("file", f"{path}: no such file")
    faults: list[Fault] = []
    days: list[Day] = []
    with read_table(path) as table:
        for parsed in parse_rows(table, COLUMNS, map_columns(table.header, COLUMNS)):
            faults += [Fault(f"row {f.row} {f.column}", f.reason, f.remedy) for f in parsed.faults]
            if not parsed.faults:
                values = parsed.values
                # The column gives the local midnight as a moment.
                local = timezone.localtime(values["date"].at).date()
                days.append(Day(local, values["kind"], values.get("name", "")))
    if faults:
        raise Invalid(*faults)
    return days
