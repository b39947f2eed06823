"""The detector itself: OpenCV's cascade of frontal faces (Viola and Jones 2001; the file lies in the package). Of the four that were tried it has
the fewest false hits (docs/patrols.md). Loaded in the process of this room only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

#: The longest side that is looked at, and the smallest face in it, in pixels.
SIDE, LEAST = 640, 24
CASCADE = "haarcascade_frontalface_alt.xml"

Box = tuple[int, int, int, int]


def detector() -> Any:
    """The cascade. Raises ImportError or OSError where it is not installed."""
    import cv2

    cv2.setNumThreads(1)
    known = cv2.CascadeClassifier(str(Path(cv2.__file__).parent / "data" / CASCADE))
    if known.empty():
        raise OSError(CASCADE)
    return known


def boxes(known: Any, picture: bytes) -> list[Box]:
    """(left, top, width, height) of faces in the pixels of the picture made small; none for a file that is no picture."""
    import cv2
    import numpy as np

    try:
        grey = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_GRAYSCALE)
    except cv2.error:
        return []
    if grey is None:
        return []
    share = SIDE / max(grey.shape)
    if share < 1:
        grey = cv2.resize(grey, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    found = known.detectMultiScale(cv2.equalizeHist(grey), 1.1, 3, minSize=(LEAST, LEAST))
    return [(int(x), int(y), int(w), int(h)) for x, y, w, h in found]
