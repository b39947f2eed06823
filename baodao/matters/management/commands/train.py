"""`baodao train FILE --text title,text --label label`: learns categories from labelled texts; `--evaluate` says how well."""

import importlib.util
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from baodao.matters.suggest import card, model


class Command(BaseCommand):
    """Trains the model that suggests categories."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", help="CSV or Excel, also packed by gzip")
        parser.add_argument("--text", default="text", metavar="TITLE,TEXT", help="one or two columns")
        parser.add_argument("--label", default="label", help="the column of labels")
        parser.add_argument("--out", type=Path, help="folder of the model (default: this installation's own)")
        parser.add_argument(
            "--from-choices",
            action="store_true",
            help="learn from what people chose here, in place of a file",
        )
        parser.add_argument("--evaluate", action="store_true", help="five folds; with --out also trains")

    def handle(self, *args: Any, **options: Any) -> None:
        if importlib.util.find_spec("sklearn") is None:
            raise CommandError('training needs scikit-learn: pip install "baodao[train]"')
        if (options["file"] is None) != options["from_choices"]:
            raise CommandError("name a file, or --from-choices")
        from baodao.matters.suggest.choices import read_choices
        from baodao.matters.suggest.reading import read_rows
        from baodao.matters.suggest.training import evaluate, train

        if options["from_choices"]:
            rows = read_choices()
        else:
            names = [name.strip() for name in options["text"].split(",") if name.strip()]
            rows = read_rows(options["file"], names, options["label"])
        measured = evaluate(rows) if options["evaluate"] else {}
        for name, figure in measured.items():
            self.stdout.write(f"{name:22} {figure.words()}")
        if options["evaluate"] and options["out"] is None:
            return
        about, body = train(rows, "category", timezone.now(), measured)
        folder: Path = options["out"] or card.folder()
        model.save(folder, about, body)
        words = {"rows": about.rows, "labels": len(about.labels), "n": len(about.vocabulary)}
        self.stdout.write(_("%(rows)d 条文字，%(labels)d 个标签，%(n)d 个字串") % words)
        self.stdout.write(f"{folder} {about.arrays[:16]}")
