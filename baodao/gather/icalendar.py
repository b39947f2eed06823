"""A calendar file (iCalendar, RFC 5545): lines of at most 75 octets, folded; texts escaped. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

_FOLD = 75


class Event(msgspec.Struct, frozen=True):
    """One entry. ``uid`` is the same for the same slot for ever; ``off``: it was called off, and stays so that calendars learn of it."""

    uid: str
    starts: datetime
    ends: datetime
    title: str
    where: str = ""
    notes: str = ""
    off: bool = False


def write(name: str, events: Iterable[Event], stamp: datetime) -> bytes:
    """The file in UTF-8."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Baodao//gather//ZH", "METHOD:PUBLISH"]
    lines.append(f"X-WR-CALNAME:{_text(name)}")
    for event in events:
        lines += [
            "BEGIN:VEVENT", f"UID:{event.uid}", f"DTSTAMP:{_moment(stamp)}", f"DTSTART:{_moment(event.starts)}",
            f"DTEND:{_moment(event.ends)}", f"SUMMARY:{_text(event.title)}",
            f"STATUS:{'CANCELLED' if event.off else 'CONFIRMED'}",
        ]  # fmt: skip
        lines += [f"LOCATION:{_text(event.where)}"] if event.where else []
        lines += [f"DESCRIPTION:{_text(event.notes)}"] if event.notes else []
        lines.append("END:VEVENT")
    lines.append("END:VCALENDAR")
    return "".join(folded(line) for line in lines).encode()


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "")


def folded(line: str) -> str:
    """One content line: folded by octets, never inside a character."""
    parts, part, size = [], "", 0
    for letter in line:
        width = len(letter.encode())
        if size + width > _FOLD:
            parts.append(part)
            part, size = "", 1  # the blank that a folded line begins with
        part += letter
        size += width
    return "\r\n ".join([*parts, part]) + "\r\n"
