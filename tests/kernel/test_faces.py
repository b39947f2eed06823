"""The process that looks for faces: boxes and nothing else; whatever becomes of it, a picture is never refused for that."""

import io
import sys

import pytest
from PIL import Image, ImageDraw

from baodao.kernel.faces import asking
from baodao.kernel.faces.asking import faces
from tests.support.faces import drawn_face

FACE = drawn_face()


def street() -> bytes:
    """A drawn street: walls, windows, lamps; nobody."""
    picture = Image.new("RGB", (640, 480), (150, 170, 190))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 300, 640, 480), fill=(90, 90, 90))
    for n in range(5):
        draw.rectangle((20 + 120 * n, 80, 110 + 120 * n, 300), fill=(170 - 15 * n, 120, 90))
        for row in range(3):
            draw.rectangle((40 + 120 * n, 100 + 60 * row, 70 + 120 * n, 140 + 60 * row), fill=(60, 70, 90))
    out = io.BytesIO()
    picture.save(out, "JPEG")
    return out.getvalue()


def test_a_face_has_a_box_and_a_place_has_none() -> None:
    seen = faces([FACE, street(), b"no picture", b""])
    assert seen is not None and [len(one) for one in seen] == [1, 0, 0, 0]
    [(x, y, w, h)] = seen[0]
    # The face lies in the middle of the picture of 280 x 280.
    assert x < 140 < x + w and y < 140 < y + h and 90 < w < 180


@pytest.mark.parametrize("code", ["raise SystemExit(3)", "print('[[[1,2]]]')", "import time; time.sleep(9)"])
def test_who_cannot_look_says_nothing(code: str) -> None:
    assert faces([FACE], patience=0.5, process=[sys.executable, "-c", code]) is None


def test_without_a_detector_no_process_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "installed", lambda: False)
    monkeypatch.setattr(asking.subprocess, "run", lambda *_a, **_k: pytest.fail("started"))
    assert faces([FACE]) is None
    assert faces([]) == []


def test_the_process_gets_no_key_and_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAODAO_SECRET", "hidden")
    code = "import os, sys; sys.exit(0 if any(n.startswith(('BAODAO', 'DJANGO')) for n in os.environ) else 4)"
    assert faces([b"x"], process=[sys.executable, "-c", code]) is None  # 4: none of them was there
    show = "import os; print([[[len([n for n in os.environ if n.startswith(('BAODAO', 'DJANGO'))]),0,0,0]]])"
    assert faces([b"x"], process=[sys.executable, "-c", show]) == [[(0, 0, 0, 0)]]
