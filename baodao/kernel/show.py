"""What the shared macros of `kernel/ui.html` draw: clock bars and timelines, made by an app from its own rows.

Positions of a clock bar are whole thousandths of its width, so that the same bar serves list, page and print without
a style attribute.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec

WIDTH = 1000

SpanKind = Literal["open", "held", "paused", "ended"]
Tone = Literal["", "way", "soon", "late", "done", "shut", "next", "small"]


class Span(msgspec.Struct, frozen=True):
    """A stretch of a leg's life: nobody has it yet (`open`), somebody has it (`held`), its clock stands (`paused`).
    `end` None: until now. `words` is what the legend says, e.g. "建环所 2 个工作日"."""

    start: datetime
    end: datetime | None
    kind: SpanKind
    words: str = ""


class Segment(msgspec.Struct, frozen=True):
    """A drawn stretch: `x` and `width` in thousandths; `shade` is "even" for every second holder."""

    x: int
    width: int
    kind: SpanKind
    shade: str
    words: str


class ClockBar(msgspec.Struct, frozen=True):
    """One bar per leg. `limit` and `now` are marks in thousandths (None: not drawn); `over` = (x, width) past the
    limit; `words` says the same for those who do not see it."""

    segments: tuple[Segment, ...]
    limit: int | None
    now: int | None
    over: tuple[int, int] | None
    words: str


class Said(msgspec.Struct, frozen=True):
    """A folded-out text of a timeline row: its field's word and the text."""

    label: str
    text: str


class Happening(msgspec.Struct, frozen=True):
    """One row of a timeline, in words. `at` None: not yet dated. `tone` colours its mark ("next": still to come,
    "small": an act of the system). `struck`: what this row corrects is shown beside it."""

    words: str
    at: datetime | None = None
    tone: Tone = ""
    said: tuple[Said, ...] = ()
    pictures: tuple[tuple[str, str], ...] = ()
    """(address, words) each."""
    struck: str = ""
    beside: str = ""
    """"还剩 2 个工作日", beside a date to come."""
    by: str = ""
    whole_day: bool = False
    fact: int = 0


class Choice(msgspec.Struct, frozen=True):
    """One choice of a field: what is sent, what is read, a line of help; `data` is the level it asks for."""

    value: str
    words: str
    help: str = ""
    data: Any = None
    more: str = ""
    """Shown once it is chosen."""


def clock_bar(spans: Sequence[Span], now: datetime, due: datetime | None = None, words: str = "") -> ClockBar:
    """Scale the stretches of one leg to a bar that shows the whole way to the limit (or to now, when that is later)."""
    if not spans:
        return ClockBar((), None, None, None, words)
    first = spans[0].start
    running = any(span.end is None for span in spans)
    ends = [span.end or now for span in spans]
    last = max([*ends, *([due] if due else [])])
    length = max((last - first).total_seconds(), 1.0)

    def place(at: datetime) -> int:
        return max(0, min(WIDTH, round((at - first).total_seconds() * WIDTH / length)))

    limit = place(due) if due else None
    end = place(max(ends))
    over = (limit, end - limit) if limit is not None and end > limit else None
    return ClockBar(tuple(_segments(spans, now, place)), limit, place(now) if running else None, over, words)


def _segments(spans: Iterable[Span], now: datetime, place: Any) -> Iterable[Segment]:
    holders = 0
    for span in spans:
        x = place(span.start)
        width = max(place(span.end or now) - x, 4)
        shade = "even" if span.kind == "held" and holders % 2 else ""
        holders += span.kind == "held"
        yield Segment(x, width, span.kind, shade, span.words)
