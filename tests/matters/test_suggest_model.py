"""The model of texts: what training learned and what inference says are the same, its files are refused when damaged, and
no single person's words lie in them."""

from __future__ import annotations

import gzip
import io
import json
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from baodao.kernel.errors import Invalid
from baodao.matters.suggest import figures, model
from baodao.matters.suggest.grams import grams, normal

from . import labelled

ROOT = Path(__file__).resolve().parents[2]
CANARY, SHARED_WORD = "QZXMODELCANARY", "渗水"


def train(path: Path, out: Path, *more: str) -> str:
    told = io.StringIO()
    call_command("train", str(path), "--text", "title,text", "--out", str(out), *more, stdout=told)
    return told.getvalue()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: Any) -> Path:
    """A model of the synthetic set, with words that only one or two letters hold."""
    home = tmp_path_factory.mktemp("model")
    made = labelled.rows()
    made[0] = (made[0][0], made[0][1] + CANARY, made[0][2])
    made[1] = (made[1][0], made[1][1] + "丹桂路" + "电话13955550202", made[1][2])
    # A letter sent five times over is one text.
    made += [(made[2][0], made[2][1] + "朱鹮飞了", made[2][2])] * 5
    train(labelled.write(home / "set.csv", made), home / "out")
    return home / "out"


def test_a_text_is_cut_the_same_way_everywhere() -> None:
    assert grams("漏水") == ["漏", "水", "漏水"]
    assert normal("  ＡＢＣ\n漏 水　") == "abc 漏 水"
    assert "13955550202" not in normal("打13955550202")


@given(st.text(max_size=60))
def test_normal_form_is_a_fixed_point_of_cutting(text: str) -> None:
    plain = normal(text)
    found = grams(plain)
    assert sum(len(one) == 1 for one in found) == len(plain)
    assert all(1 <= len(one) <= 3 and one in plain for one in found)


def test_numpy_says_what_training_says(folder: Path) -> None:
    """The pure model against the scikit-learn side, row by row, to 1e-6."""
    from baodao.matters.suggest import training

    made = labelled.rows(seed=11)
    rows = training.Rows(
        [r[0] for r in made], [r[1] for r in made], [r[2] for r in made], [r[1] for r in made], "test", ""
    )
    held = model.load(folder)
    counted = training.count(rows)
    everything = np.arange(len(made))
    fitted, turn, shift, threshold = training.calibrated(counted, everything)
    about = held.about.__class__(
        **{
            **{n: getattr(held.about, n) for n in held.about.__struct_fields__},
            "labels": tuple(counted.labels),
            "vocabulary": tuple(counted.vocabulary[n] for n in fitted.columns),
            "threshold": threshold,
        }
    )
    pure = model.Model(about, model.Arrays(fitted.idf, fitted.coef, fitted.intercept, turn, shift))
    wanted = model.softmax(training.decisions(counted, everything, fitted) @ turn + shift)
    got = np.stack([pure.probabilities(title, text) for title, text, _label in made])
    assert np.abs(got - wanted).max() < 1e-6
    assert np.allclose(got.sum(axis=1), 1)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(title=st.text(max_size=40), text=st.text(max_size=200))
def test_any_text_has_probabilities(folder: Path, title: str, text: str) -> None:
    held = model.current(folder)
    assert held is not None
    chances = held.probabilities(title, text)
    assert np.isfinite(chances).all()
    assert abs(chances.sum() - 1) < 1e-9


def test_it_says_what_it_knows_with_words_and_is_silent_else(folder: Path) -> None:
    held = model.load(folder)
    best = held.guess("老菜场路灯不亮", "路灯不亮，请尽快处理。")
    assert best[0].label == "道路"
    assert 0.5 < best[0].probability <= 1
    assert best[0].terms
    assert all(term in normal("老菜场路灯不亮，请尽快处理。") for term in best[0].terms)
    assert held.guess("", "ZZZ") == ()
    assert held.guess("", "") == ()


def test_no_words_of_one_person_lie_in_a_model(folder: Path) -> None:
    """N-grams of fewer than three different texts are not kept, nor any number of a phone."""
    about = json.loads((folder / model.ABOUT).read_text())
    vocabulary = about["vocabulary"]
    assert SHARED_WORD in vocabulary
    held = "\n".join(vocabulary)
    own = {gram for gram in grams(CANARY.lower()) if len(gram) > 1} | {"朱鹮", "丹桂", "鹮"}
    assert not own & set(vocabulary)
    assert not any(part in held for part in ("139", "0202"))
    assert CANARY.encode() not in (folder / model.ARRAYS).read_bytes()
    assert about["least"] == 3


@pytest.mark.parametrize("harm", ["arrays", "account", "cut", "version", "shape", "missing", "nan"])
def test_a_damaged_model_is_refused_in_words(folder: Path, tmp_path: Path, harm: str) -> None:
    import hashlib

    account = json.loads((folder / model.ABOUT).read_text())
    body = (folder / model.ARRAYS).read_bytes()
    with np.load(io.BytesIO(body), allow_pickle=False) as held:
        arrays = dict(held)
    if harm == "arrays":
        body = body[:200] + b"x" + body[201:]
    elif harm == "account":
        account["labels"] = 3
    elif harm == "cut":
        body = body[: len(body) // 2]
        account["arrays"] = hashlib.sha256(body).hexdigest()
    elif harm == "version":
        account["format"] = 9
    elif harm in {"shape", "nan"}:
        arrays["coef"] = arrays["coef"][:, 1:] if harm == "shape" else arrays["coef"] * np.nan
        out = io.BytesIO()
        np.savez_compressed(out, **arrays)
        body = out.getvalue()
        account["arrays"] = hashlib.sha256(body).hexdigest()
    (tmp_path / model.ABOUT).write_text(json.dumps(account))
    if harm != "missing":
        (tmp_path / model.ARRAYS).write_bytes(body)
    with pytest.raises(Invalid, match="baodao train"):
        model.load(tmp_path)


def test_a_pickle_is_never_opened(folder: Path, tmp_path: Path) -> None:
    import hashlib

    class Harm:
        def __reduce__(self) -> Any:
            return os.mkdir, (str(tmp_path / "ran"),)

    out = io.BytesIO()
    with np.load(folder / model.ARRAYS, allow_pickle=False) as held:
        np.savez(out, **{**dict(held), "idf": np.array([Harm()], dtype=object)})
    for number, body in enumerate((out.getvalue(), pickle.dumps(Harm()))):
        there = tmp_path / str(number)
        there.mkdir()
        account = json.loads((folder / model.ABOUT).read_text())
        account["arrays"] = hashlib.sha256(body).hexdigest()
        (there / model.ABOUT).write_text(json.dumps(account))
        (there / model.ARRAYS).write_bytes(body)
        with pytest.raises(Invalid, match="baodao train"):
            model.load(there)
    assert not (tmp_path / "ran").exists()


def test_training_says_what_it_did_and_refuses_what_is_too_little(tmp_path: Path) -> None:
    plain = labelled.write(tmp_path / "set.csv")
    packed = tmp_path / "set.csv.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    told = train(packed, tmp_path / "a", "--evaluate")
    assert "macro_f1" in told
    assert " to " in told
    account = json.loads((tmp_path / "a" / model.ABOUT).read_text())
    assert account["rows"] == 160
    assert account["source"] == "set.csv.gz"
    assert account["counts"] == [40, 40, 40, 40]
    assert sorted(p.name for p in (tmp_path / "a").iterdir()) == [model.ABOUT, model.ARRAYS]
    few = labelled.write(tmp_path / "few.csv", labelled.rows(each=3))
    with pytest.raises(Invalid, match="每个标签"):
        train(few, tmp_path / "b")
    with pytest.raises(Invalid, match="没有“label”这一列"):
        (tmp_path / "c.csv").write_text("title,text,kind\n甲,乙,丙\n")
        train(tmp_path / "c.csv", tmp_path / "c")
    with pytest.raises(CommandError, match="--from-choices"):
        call_command("train")


def test_the_same_file_gives_the_same_model(tmp_path: Path) -> None:
    path = labelled.write(tmp_path / "set.csv")
    for name in ("a", "b"):
        train(path, tmp_path / name)
    one, two = (json.loads((tmp_path / name / model.ABOUT).read_text()) for name in ("a", "b"))
    assert one["vocabulary"] == two["vocabulary"]
    arrays = [np.load(tmp_path / name / model.ARRAYS, allow_pickle=False) for name in ("a", "b")]
    assert all(np.array_equal(arrays[0][name], arrays[1][name]) for name in arrays[0].files)


def test_asking_a_model_loads_no_training_library(folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path; import django; django.setup(); "
        "from baodao.matters.suggest import card, model; "
        f"print(model.load(Path({str(folder)!r})).guess('', '路灯不亮了，路面坑洼')[0].label); "
        "print(sorted({n.split('.')[0] for n in sys.modules} & {'sklearn', 'scipy', 'joblib', 'pandas'}))"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "baodao.settings"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["道路", "[]"]


def test_figures_against_known_values() -> None:
    """Wilson's interval of 8 in 10 (0.4902 to 0.9433, R's binom package); F1 by hand."""
    found = figures.share(8, 10)
    assert (round(found.low, 4), round(found.high, 4)) == (0.4902, 0.9433)
    assert figures.share(0, 0) == figures.Figure(0.0, 0.0, 1.0, 0)
    truth, said = np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1])
    assert figures.macro_f1(truth, said, 2) == pytest.approx((2 / 3 + 4 / 5) / 2)
    around = figures.macro_f1_figure(truth, said, 2, np.array([0, 1, 2, 3]))
    assert around.low <= around.value <= around.high


@pytest.mark.long
def test_real_letters_are_told_apart(shared: Path) -> None:
    """Five folds grouped by text on 4,849 labelled messages. The last figure is the one reached, not the 0.97 asked for:
    docs/suggestions.md says so."""
    from baodao.matters.suggest.reading import read_rows
    from baodao.matters.suggest.training import evaluate

    path = shared / "data" / "requests" / "labelled_train.csv"
    found = evaluate(read_rows(path, ["title", "text"], "label"))
    assert found["macro_f1"].value >= 0.915
    assert found["right_within_two"].value >= 0.985
    assert found["right_of_surest_90"].value >= 0.96
