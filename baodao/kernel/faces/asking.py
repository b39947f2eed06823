"""Asks the process that looks for faces. It starts for one request and ends; without it the sender's own word stands alone."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from .seeing import Box

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

log = logging.getLogger("baodao.faces")

PROCESS = (sys.executable, "-m", "baodao.kernel.faces")
#: So long may it take, in seconds, and so many pixels may a picture have.
PATIENCE, PIXELS = 10.0, 60_000_000
#: Bytes of an uploaded picture that are looked at; larger ones are refused when they are stored.
LOOKED_AT = 20 << 20
_HOME = Path(__file__).resolve().parents[3]
_ANSWER = msgspec.json.Decoder(list[list[Box]])


def installed() -> bool:
    """Whether a detector is installed here (the extra `faces`). Loads nothing."""
    return find_spec("cv2") is not None


def faces(
    pictures: Sequence[bytes], *, patience: float = PATIENCE, process: Sequence[str] = PROCESS
) -> list[list[Box]] | None:
    """Boxes of faces in each picture; None where nobody could look: no detector, no answer in time. Never raises, keeps nothing."""
    if not pictures:
        return []
    if process is PROCESS and not installed():
        return None
    # No settings and no keys of this installation: the process needs none.
    names = ("PATH", "LANG", "PYTHONPATH", "LD_LIBRARY_PATH")
    known = {name: os.environ[name] for name in names if name in os.environ}
    known |= {"OPENBLAS_NUM_THREADS": "1", "OPENCV_IO_MAX_IMAGE_PIXELS": str(PIXELS)}
    try:
        done = subprocess.run(
            list(process), input=msgspec.msgpack.encode(list(pictures)), capture_output=True, timeout=patience,
            check=False, cwd=_HOME, env=known,
        )  # fmt: skip
    except (subprocess.TimeoutExpired, OSError) as error:
        log.warning("faces: %s", type(error).__name__)
        return None
    if done.returncode == 0:
        try:
            return _ANSWER.decode(done.stdout)
        except msgspec.DecodeError:
            pass
    # The code only: what it printed is of no use to anybody.
    log.warning("faces ended with %d", done.returncode)
    return None


def face_in(files: Sequence[UploadedFile[Any]]) -> bool:
    """Whether a face is seen in any of the uploaded pictures; each is wound back to its beginning. False where nobody could look."""
    pictures = []
    for one in files:
        pictures.append(one.read(LOOKED_AT))
        one.seek(0)
    return any(faces(pictures) or ())
