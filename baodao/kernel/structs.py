"""Making msgspec's types ready before threads use them.

msgspec 0.22.0 hands out the description of a Struct while it is still being filled: two threads that meet a type
for the first time at the same moment end the process (a null type node in `convert`). One thread meets them all
first: the web server before it takes requests, the worker before its beats begin.
"""

import contextlib
from collections.abc import Iterator

import msgspec


def prepare() -> int:
    """Describe every Struct that is defined by now; gives how many. Call it from one thread, after all modules were
    imported."""
    done = 0
    for struct in _all(msgspec.Struct):
        # Some cannot be decoded at all (they hold classes or functions); those are never converted to either.
        with contextlib.suppress(TypeError, NameError, ValueError):
            msgspec.json.Decoder(struct)
            done += 1
    return done


def _all(base: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    for struct in base.__subclasses__():
        yield struct
        yield from _all(struct)
