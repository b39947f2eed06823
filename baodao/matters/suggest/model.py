"""A trained model of texts: read from its two files, asked with numpy.

``model.json`` says what the arrays are, from what they were trained and how well; ``model.npz`` holds them. Never
pickle: both are read with ``allow_pickle=False`` and refused unless every shape and digest fits.

A text is three views: title, body, both. Of each: n-grams counted, ``(1 + ln count) · idf``, brought to length one;
side by side, again to length one. Decisions are ``x · coef + intercept``; probabilities are
``softmax(decisions · turn + shift)``.
"""

from __future__ import annotations

import hashlib
import io
import math
import zipfile
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from django.utils.translation import gettext as _

from baodao.kernel.errors import Invalid

from .grams import grams, normal

if TYPE_CHECKING:
    from numpy import ndarray

FORMAT = 1
VIEWS = 3
ABOUT, ARRAYS = "model.json", "model.npz"
#: No file of ours is larger; a larger one is refused unread.
LARGEST = 200 << 20


class About(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The model's own account. ``data``: SHA-256 of what it was trained on; ``arrays``: that of the npz;
    ``threshold``: with a lead over the second label below this it says nothing; ``least``: in how many different texts (or of how many
    different persons) an n-gram must occur to be kept at all."""

    format: int
    what: str
    trained: str
    source: str
    data: str
    arrays: str
    rows: int
    labels: tuple[str, ...]
    counts: tuple[int, ...]
    vocabulary: tuple[str, ...]
    threshold: float
    least: int
    figures: dict[str, float] = {}


class Arrays(msgspec.Struct, frozen=True):
    """``idf`` (3, n), ``coef`` (labels, 3·n), ``intercept`` (labels), ``turn`` (labels, labels), ``shift``
    (labels)."""

    idf: ndarray[Any, Any]
    coef: ndarray[Any, Any]
    intercept: ndarray[Any, Any]
    turn: ndarray[Any, Any]
    shift: ndarray[Any, Any]


class Guess(msgspec.Struct, frozen=True):
    """One label, how probable it is (0 to 1), and the words of the text that speak most for it."""

    label: str
    probability: float
    terms: tuple[str, ...] = ()


class Model:
    """A model in memory. ``digest`` names it in facts: the first 16 hex digits of SHA-256 of its arrays."""

    def __init__(self, about: About, arrays: Arrays) -> None:
        self.about, self.arrays = about, arrays
        self.digest = about.arrays[:16]
        self._at = {gram: n for n, gram in enumerate(about.vocabulary)}

    def features(self, title: str, text: str) -> tuple[ndarray[Any, Any], ndarray[Any, Any]]:
        """(columns, values) of one text."""
        import numpy as np

        size = len(self.about.vocabulary)
        columns, values = [], []
        for view, part in enumerate(views(title, text)):
            counted = Counter(self._at[gram] for gram in part if gram in self._at)
            at = np.fromiter(sorted(counted), dtype=np.int64, count=len(counted))
            seen = np.fromiter((counted[n] for n in sorted(counted)), dtype=np.float64, count=len(counted))
            found = (1.0 + np.log(seen)) * self.arrays.idf[view][at] if len(at) else seen
            length = math.sqrt(float(found @ found))
            columns.append(at + view * size)
            values.append(found / length if length else found)
        whole = np.concatenate(values)
        length = math.sqrt(float(whole @ whole))
        return np.concatenate(columns), whole / length if length else whole

    def probabilities(self, title: str, text: str) -> ndarray[Any, Any]:
        """One probability for each label, summing to one."""
        return self._probabilities(*self.features(title, text))

    def _probabilities(self, at: ndarray[Any, Any], values: ndarray[Any, Any]) -> ndarray[Any, Any]:
        decisions = self.arrays.coef[:, at] @ values + self.arrays.intercept
        return softmax(decisions @ self.arrays.turn + self.arrays.shift)

    def guess(self, title: str, text: str, most: int = 2) -> tuple[Guess, ...]:
        """The likeliest labels with their terms, best first (at least two are weighed); nothing for a text without a
        known n-gram, or when the first does not lead the second by the model's threshold."""
        at, values = self.features(title, text)
        if not len(at):
            return ()
        chances = self._probabilities(at, values)
        order = [int(n) for n in chances.argsort()[::-1][: max(most, 2)]]
        if chances[order[0]] - chances[order[1]] < self.about.threshold:
            return ()
        return tuple(
            Guess(self.about.labels[n], float(chances[n]), self._terms(n, at, values)) for n in order[:most]
        )

    def _terms(
        self, label: int, at: ndarray[Any, Any], values: ndarray[Any, Any], most: int = 5
    ) -> tuple[str, ...]:
        """What speaks for a label: the n-grams of two characters or more that add most, none inside another."""
        share = values * self.arrays.coef[label, at]
        found: list[str] = []
        for n in share.argsort()[::-1][:60]:
            gram = self.about.vocabulary[int(at[n]) % len(self.about.vocabulary)].strip()
            if share[n] <= 0 or len(found) == most:
                break
            if len(gram) > 1 and not any(gram in held or held in gram for held in found):
                found.append(gram)
        return tuple(found)


def views(title: str, text: str) -> tuple[list[str], list[str], list[str]]:
    """The n-grams of a text in its three views."""
    first, second = grams(normal(title)), grams(normal(text))
    return first, second, first + second


def softmax(rows: ndarray[Any, Any]) -> ndarray[Any, Any]:
    """Probabilities along the last axis."""
    import numpy as np

    raised: ndarray[Any, Any] = np.exp(rows - rows.max(axis=-1, keepdims=True))
    total: ndarray[Any, Any] = raised.sum(axis=-1, keepdims=True)
    shares: ndarray[Any, Any] = raised / total
    return shares


# ── files ───────────────────────────────────────────────────────────────────────────────────────────────


def pack(arrays: Arrays) -> bytes:
    """The arrays as the bytes of an npz."""
    import numpy as np

    out = io.BytesIO()
    np.savez_compressed(out, **{name: getattr(arrays, name) for name in Arrays.__struct_fields__})
    return out.getvalue()


def save(folder: Path, about: About, body: bytes) -> None:
    """Write both files; the account comes last, so that a half-written model does not open."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in ((ARRAYS, body), (ABOUT, msgspec.json.encode(about))):
        part = folder / f"{name}.part"
        part.write_bytes(data)
        part.replace(folder / name)


def load(folder: Path) -> Model:
    """Read a model. Raises Invalid with what is wrong: a file that is missing, damaged, too large, pickled, or does
    not fit the other."""
    about_file, arrays_file = folder / ABOUT, folder / ARRAYS
    try:
        if max(about_file.stat().st_size, arrays_file.stat().st_size) > LARGEST:
            raise _refused(folder, _("文件太大"))
        about = msgspec.json.decode(about_file.read_bytes(), type=About)
        body = arrays_file.read_bytes()
    except OSError as error:
        raise _refused(folder, _("缺文件")) from error
    except msgspec.MsgspecError as error:
        raise _refused(folder, _("说明文件不对")) from error
    if about.format != FORMAT:
        raise _refused(folder, _("版本 %(n)s 不认识") % {"n": about.format})
    if hashlib.sha256(body).hexdigest() != about.arrays:
        raise _refused(folder, _("数组和说明对不上"))
    return Model(about, _arrays(folder, about, body))


def _arrays(folder: Path, about: About, body: bytes) -> Arrays:
    import numpy as np

    try:
        with np.load(io.BytesIO(body), allow_pickle=False) as held:
            found = Arrays(**{name: held[name] for name in Arrays.__struct_fields__})
    except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise _refused(folder, _("数组读不出来")) from error
    labels, size = len(about.labels), len(about.vocabulary)
    shapes: dict[str, Sequence[int]] = {
        "idf": (VIEWS, size),
        "coef": (labels, VIEWS * size),
        "intercept": (labels,),
        "turn": (labels, labels),
        "shift": (labels,),
    }
    for name, shape in shapes.items():
        array = getattr(found, name)
        if array.dtype.kind != "f" or array.shape != tuple(shape) or not np.isfinite(array).all():
            raise _refused(folder, _("数组 %(name)s 的形状或数值不对") % {"name": name})
    if labels < 2 or len(about.counts) != labels or len(set(about.vocabulary)) != size:
        raise _refused(folder, _("说明文件不对"))
    return found


def _refused(folder: Path, why: str) -> Invalid:
    words = _("模型 %(name)s 打不开：%(why)s") % {"name": folder.name, "why": why}
    return Invalid.of("model", words, _("请用 baodao train 重新训练"))  # type: ignore[return-value]


@lru_cache(maxsize=4)
def _held(folder: Path, _stamp: int) -> Model:
    return load(folder)


def current(folder: Path) -> Model | None:
    """The model of a folder, kept in memory until its account changes; None where none was trained. Raises Invalid for
    a damaged one."""
    try:
        stamp = (folder / ABOUT).stat().st_mtime_ns
    except OSError:
        return None
    return _held(folder, stamp)
