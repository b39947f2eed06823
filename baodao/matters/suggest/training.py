"""Training, for `baodao train` alone: the one place that knows scikit-learn, which no web worker ever loads.

For each label a linear SVM against the rest (LinearSVC) on TF-IDF of characters, each n-gram weighed by how unevenly
it lies between the label and the rest (S. Wang, C. Manning, ACL 2012). Calibrated by a multinomial logistic
regression on decisions of folds that did not see the row.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
import numpy as np
from django.utils.translation import gettext as _
from numpy import ndarray

from baodao.kernel.errors import Invalid

from . import figures, model
from .figures import Figure

Array = ndarray[Any, Any]
#: A chosen label goes into a fact, which holds codes only.
_CODE = re.compile(r"[\w.\-:/+]{1,80}")

#: An n-gram is kept only if it occurs in so many different texts (or of so many different persons).
LEAST = 3
MOST = 50_000
INNER, OUTER = 3, 5
UNEVEN = 0.7
#: What it leaves to people: the least sure tenth.
COVERAGE = 0.9
#: Rows of a label under which it cannot be learned.
FEWEST = 9


class Rows(msgspec.Struct, frozen=True):
    """Labelled texts. ``groups``: rows with the same word here never lie on both sides of a fold, and count once for
    the vocabulary."""

    titles: list[str]
    texts: list[str]
    labels: list[str]
    groups: list[str]
    source: str
    digest: str


class Counted(msgspec.Struct, frozen=True):
    """Counts of n-grams by view (sparse, rows × vocabulary), labels and groups as numbers."""

    vocabulary: list[str]
    views: list[Any]
    y: Array
    labels: list[str]
    groups: Array


class Fit(msgspec.Struct, frozen=True):
    """A linear model over the ``columns`` of the vocabulary."""

    columns: Array
    idf: Array
    coef: Array
    intercept: Array


def count(rows: Rows) -> Counted:
    """Cut all texts. Raises Invalid when there is too little to learn from."""
    labels = sorted(set(rows.labels))
    have = Counter(rows.labels)
    scarce = [label for label in labels if have[label] < FEWEST]
    if len(labels) < 2 or scarce:
        words = _("每个标签至少要 %(n)d 条，至少两个标签；不够的：%(names)s")
        raise Invalid.of(
            "label", words % {"n": FEWEST, "names": "、".join(scarce[:5]) or "—"}, _("请补充或合并标签")
        )
    if unfit := [label for label in labels if not _CODE.fullmatch(label)]:
        words = _("标签里有不能用的字符：%(names)s")
        raise Invalid.of("label", words % {"names": "；".join(unfit[:5])}, _("只用文字、数字和 . - : / + _"))
    cut = [model.views(title, text) for title, text in zip(rows.titles, rows.texts, strict=True)]
    known: dict[str, int] = {name: n for n, name in enumerate(dict.fromkeys(rows.groups))}
    groups = np.array([known[name] for name in rows.groups])
    seen: dict[int, set[str]] = {}
    for group, (_title, _text, both) in zip(groups, cut, strict=True):
        seen.setdefault(int(group), set()).update(both)
    often = Counter(gram for found in seen.values() for gram in found)
    vocabulary = sorted(gram for gram, n in often.items() if n >= LEAST)
    if not vocabulary:
        raise Invalid.of("text", _("文字太少，学不到东西"), _("请换一个文件或补充"))
    at = {gram: n for n, gram in enumerate(vocabulary)}
    views = [_matrix([each[view] for each in cut], at) for view in range(model.VIEWS)]
    numbers = {label: n for n, label in enumerate(labels)}
    return Counted(vocabulary, views, np.array([numbers[label] for label in rows.labels]), labels, groups)


def _matrix(cut: Sequence[list[str]], at: dict[str, int]) -> Any:
    from scipy.sparse import csr_matrix

    indices: list[int] = []
    data: list[int] = []
    ends = [0]
    for found in cut:
        counted = Counter(at[gram] for gram in found if gram in at)
        for n in sorted(counted):
            indices.append(n)
            data.append(counted[n])
        ends.append(len(indices))
    return csr_matrix((np.array(data, dtype=float), np.array(indices), np.array(ends)), (len(cut), len(at)))


def _columns(counted: Counted, at: Array) -> Array:
    """The commonest n-grams among these rows, by groups that hold them."""
    from scipy.sparse import csr_matrix

    groups = np.unique(counted.groups[at], return_inverse=True)[1]
    gather = csr_matrix((np.ones(len(at)), (groups, np.arange(len(at)))))
    held = (gather @ counted.views[-1][at]).tocsr()
    often = np.bincount(held.indices, minlength=held.shape[1])
    kept = np.flatnonzero(often >= LEAST)
    if len(kept) > MOST:
        kept = np.sort(kept[np.argsort(-often[kept], kind="stable")[:MOST]])
    return kept


def _features(counted: Counted, at: Array, columns: Array, idf: Array) -> Any:
    """The same as `Model.features`, for many rows."""
    from scipy.sparse import hstack
    from sklearn.preprocessing import normalize

    parts = []
    for view, weights in zip(counted.views, idf, strict=True):
        part = view[at][:, columns].tocsr()
        part.data = 1.0 + np.log(part.data)
        parts.append(normalize(part.multiply(weights).tocsr()))
    return normalize(hstack(parts).tocsr())


def fit(counted: Counted, at: Array) -> Fit:
    """Learn from some of the rows."""
    from sklearn.svm import LinearSVC

    columns = _columns(counted, at)
    idf = np.stack([_idf(view[at][:, columns]) for view in counted.views]).astype(np.float32)
    x, y = _features(counted, at, columns, idf), counted.y[at]
    there = (x > 0).astype(float)
    total = np.asarray(there.sum(0)).ravel()
    coefs, intercepts = [], []
    for label in range(len(counted.labels)):
        mine = np.asarray(there[y == label].sum(0)).ravel() + 1
        rest = total - mine + 2
        uneven = np.abs(np.log((mine / mine.sum()) / (rest / rest.sum()))) ** UNEVEN
        svm = LinearSVC(C=1.0, tol=1e-3, random_state=1).fit(x.multiply(uneven).tocsr(), y == label)
        coefs.append(svm.coef_[0] * uneven)
        intercepts.append(svm.intercept_[0])
    return Fit(columns, idf, np.stack(coefs).astype(np.float32), np.array(intercepts))


def _idf(view: Any) -> Array:
    rows = view.shape[0]
    often = np.bincount(view.tocsr().indices, minlength=view.shape[1])
    found: Array = np.log((1 + rows) / (1 + often)) + 1
    return found


def decisions(counted: Counted, at: Array, fitted: Fit) -> Array:
    """Decisions (rows × labels)."""
    x = _features(counted, at, fitted.columns, fitted.idf)
    found: Array = np.asarray(x @ fitted.coef.T.astype(float)) + fitted.intercept
    return found


def _folds(groups: Array, folds: int) -> list[tuple[Array, Array]]:
    """(train, test) row numbers; a group lies whole in one fold. Drawn by a fixed seed."""
    names = np.unique(groups)
    part = np.random.default_rng(1).permutation(len(names)) % folds
    of_row = part[np.searchsorted(names, groups)]
    return [(np.flatnonzero(of_row != n), np.flatnonzero(of_row == n)) for n in range(folds)]


def calibrated(counted: Counted, at: Array) -> tuple[Fit, Array, Array, float]:
    """(model, turn, shift, threshold) learned from some of the rows: the threshold leaves the least sure tenth of rows
    that a fold had not seen."""
    from sklearn.linear_model import LogisticRegression

    unseen = np.zeros((len(at), len(counted.labels)))
    for train, test in _folds(counted.groups[at], INNER):
        unseen[test] = decisions(counted, at[test], fit(counted, at[train]))
    if len(np.unique(counted.y[at])) < len(counted.labels):
        raise Invalid.of("label", _("有的标签只出现在相同的文字里"), _("请补充或合并标签"))
    logistic = LogisticRegression(C=10.0, max_iter=1000).fit(unseen, counted.y[at])
    turn, shift = logistic.coef_.T, logistic.intercept_
    if len(counted.labels) == 2:  # one column for two labels
        turn, shift = np.hstack([-turn, turn]) / 2, np.concatenate([-shift, shift]) / 2
    chances = model.softmax(unseen @ turn + shift)
    threshold = float(np.quantile(figures.lead(chances), 1 - COVERAGE))
    return fit(counted, at), turn, shift, threshold


def train(rows: Rows, what: str, at: datetime, measured: dict[str, Figure]) -> tuple[model.About, bytes]:
    """The account and the arrays of a model of all rows."""
    counted = count(rows)
    fitted, turn, shift, threshold = calibrated(counted, np.arange(len(counted.y)))
    arrays = model.Arrays(fitted.idf, fitted.coef, fitted.intercept, turn, shift)
    body = model.pack(arrays)
    about = model.About(
        format=model.FORMAT,
        what=what,
        trained=at.isoformat(timespec="seconds"),
        source=rows.source,
        data=rows.digest,
        arrays=hashlib.sha256(body).hexdigest(),
        rows=len(rows.labels),
        labels=tuple(counted.labels),
        counts=tuple(int(n) for n in np.bincount(counted.y)),
        vocabulary=tuple(counted.vocabulary[n] for n in fitted.columns),
        threshold=threshold,
        least=LEAST,
        figures={name: round(figure.value, 4) for name, figure in measured.items()},
    )
    return about, body


def evaluate(rows: Rows) -> dict[str, Figure]:
    """Five folds grouped by text, everything (vocabulary, weights, calibration, threshold) learned inside."""
    counted = count(rows)
    chances = np.zeros((len(counted.y), len(counted.labels)))
    spoke = np.zeros(len(counted.y), dtype=bool)
    for train_at, test in _folds(counted.groups, OUTER):
        fitted, turn, shift, threshold = calibrated(counted, train_at)
        chances[test] = model.softmax(decisions(counted, test, fitted) @ turn + shift)
        spoke[test] = figures.lead(chances[test]) >= threshold
    y, said = counted.y, chances.argmax(axis=1)
    return {
        "macro_f1": figures.macro_f1_figure(y, said, len(counted.labels), counted.groups),
        "right": figures.share(int((said == y).sum()), len(y)),
        "right_within_two": figures.within_first(y, chances, 2),
        "right_of_surest_90": figures.right_of_surest(y, chances, COVERAGE),
        "right_when_it_speaks": figures.share(int((said == y)[spoke].sum()), int(spoke.sum())),
        "speaks": figures.share(int(spoke.sum()), len(y)),
    }
