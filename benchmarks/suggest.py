"""Suggestions: how often the true original is among the first five, what a text costs, and that cost against the
scikit-learn side.

.venv/bin/python -m benchmarks.suggest [--shared FOLDER]     (the folder of sample data; five folds: baodao train --evaluate)
"""

import argparse
import csv
import gzip
import tempfile
import time
from collections import defaultdict
from datetime import datetime
from pathlib import Path

from .ground import set_up

TEXTS = 500


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    data = parser.parse_args().shared / "data"
    with tempfile.TemporaryDirectory() as home:
        set_up(home)
        _duplicates(data / "boston")
        _texts(data / "requests" / "labelled_train.csv")


def _duplicates(folder: Path) -> None:
    from baodao.matters.suggest.alike import Report, ranked
    from baodao.matters.suggest.figures import share
    from baodao.matters.suggest.spots import cell_of, cells_around

    def whole(report: Report) -> tuple[int, int]:
        return round(1e6 * (report.lat or 0)), round(1e6 * (report.lon or 0))

    with gzip.open(folder / "reports_one_quarter.csv.gz", "rt", encoding="utf-8") as source:
        rows = list(csv.DictReader(source))
    reports = {}
    cells = defaultdict(list)
    for row in rows:
        at = datetime.fromisoformat(row["at"].replace("Z", "+00:00")).timestamp()
        report = Report(row["id"], at, row["service"], row["text"], float(row["lat"]), float(row["lon"]))
        reports[report.key] = report
        cells[cell_of(*whole(report))].append(report)
    pairs = list(csv.DictReader((folder / "duplicate_pairs_of_quarter.csv").open(encoding="utf-8")))
    asked = [(reports[row["dup"]], reports[row["orig"]]) for row in pairs]
    later = [(one, other) if one.at >= other.at else (other, one) for one, other in asked]
    for words, found in (("the city's original", asked), ("the earlier of the two", later)):
        began, good = time.process_time(), {1: 0, 5: 0}
        for report, wanted in found:
            near = [one for cell in cells_around(*whole(report)) for one in cells[cell]]
            order = [one.key for one in ranked(report, near)]
            for most in good:
                good[most] += wanted.key in order[:most]
        spent = 1000 * (time.process_time() - began) / len(found)
        for most, n in good.items():
            print(f"{words:24} among the first {most}: {share(n, len(found)).words()}")
        print(f"{words:24} {spent:.1f} ms CPU each")


def _texts(path: Path) -> None:
    import numpy as np

    from baodao.matters.suggest.model import About, Arrays, Model, pack
    from baodao.matters.suggest.reading import read_rows
    from baodao.matters.suggest.training import count, decisions, fit

    rows = read_rows(path, ["title", "text"], "label")
    began = time.process_time()
    counted = count(rows)
    fitted = fit(counted, np.arange(len(rows.labels)))
    print(f"one training of {len(rows.labels)} texts: {time.process_time() - began:.0f} s CPU")
    labels = len(counted.labels)
    arrays = Arrays(fitted.idf, fitted.coef, fitted.intercept, np.eye(labels), np.zeros(labels))
    print(f"arrays: {len(pack(arrays)) / 1e6:.1f} MB packed, {len(fitted.columns)} n-grams")
    vocabulary = tuple(counted.vocabulary[n] for n in fitted.columns)
    about = About(
        format=1, what="category", trained="", source="", data="", arrays="0" * 64, rows=0,
        labels=tuple(counted.labels), counts=(1,) * labels, vocabulary=vocabulary, threshold=0.0, least=3,
    )  # fmt: skip
    model = Model(about, arrays)
    began = time.process_time()
    for title, text in zip(rows.titles[:TEXTS], rows.texts[:TEXTS], strict=True):
        model.guess(title, text)
    pure = 1000 * (time.process_time() - began) / TEXTS
    began = time.process_time()
    for n in range(TEXTS):
        decisions(counted, np.array([n]), fitted)
    other = 1000 * (time.process_time() - began) / TEXTS
    print(
        f"numpy, with cutting and terms: {pure:.2f} ms; scikit-learn on counts already made: {other:.2f} ms"
    )


if __name__ == "__main__":
    main()
