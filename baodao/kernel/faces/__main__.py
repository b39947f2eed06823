"""The process that looks for faces: pictures on standard input (msgpack, a list of files), boxes on standard output (JSON, a list for each).

Exit codes: 0 an answer, 2 the request cannot be read, 3 no detector is installed. Django is not set up; nothing is read or kept.
"""

from __future__ import annotations

import sys

import msgspec

from baodao.kernel.processes import confine

from .seeing import boxes, detector

#: Bytes of data that the process may take.
MEMORY = 2 << 30


def main() -> int:
    """Answer one request."""
    try:
        pictures = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=list[bytes])
    except msgspec.DecodeError:
        return 2
    try:
        known = detector()
    except (ImportError, AttributeError, OSError):
        return 3
    confine(MEMORY)
    sys.stdout.buffer.write(msgspec.json.encode([boxes(known, picture) for picture in pictures]))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
