"""The process of matching: a request on standard input, a plan on standard output, both JSON (terms.Request, terms.Plan).

Exit codes: 0 a plan, 2 the request cannot be read (its fault is on standard error). Django is not set up; nothing is read or kept.
"""

from __future__ import annotations

import sys

import msgspec

from baodao.kernel.processes import confine

from .rounds import match
from .terms import Request

#: Bytes of data that the process may take.
MEMORY = 2 << 30


def main() -> int:
    """Answer one request."""
    confine(MEMORY)
    try:
        request = msgspec.json.decode(sys.stdin.buffer.read(), type=Request)
    except msgspec.DecodeError as error:
        print(f"the request cannot be read: {error}", file=sys.stderr)
        return 2
    sys.stdout.buffer.write(msgspec.json.encode(match(request)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
