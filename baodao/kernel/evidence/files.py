"""Where evidence lies: BAODAO_DATA/evidence/ab/cdef…, and its row. Written whole or not at all."""

import errno
import fcntl
import hashlib
import os
import secrets
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

import msgspec
from django.conf import settings
from django.http import FileResponse
from django.utils.translation import gettext as _

from baodao.kernel.errors import Busy, Missing, TooLarge
from baodao.kernel.models import Evidence

from .content import ENDINGS, SIZE, Clean, cleaned

_SMALL = ".small"
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Readable(Protocol):
    """Anything to read bytes from: an upload, an open file."""

    def read(self, size: int = ..., /) -> bytes:
        """At most `size` bytes."""
        ...


class EvidenceRef(msgspec.Struct, frozen=True):
    """A kept file. `hash` is 64 hex digits; width and height only of pictures."""

    hash: str
    media_type: str
    size: int
    width: int | None = None
    height: int | None = None

    @property
    def is_picture(self) -> bool:
        """Whether it has a small picture and may be shown in a page."""
        return self.media_type.startswith("image/")


def store(stream: Readable, name_hint: str = "", *, now: datetime) -> EvidenceRef:
    """Check, clean and keep a file; the same content again is the same file. `name_hint` only words an error.
    Raises Invalid or TooLarge (413) for what may not be kept, Busy (503) when the disk takes nothing; then
    nothing is left."""
    raw = stream.read(SIZE + 1)
    if len(raw) > SIZE:
        raise TooLarge.of("file", _("文件超过 %(most)d MB") % {"most": SIZE >> 20}, _("请缩小或分开再传"))
    clean = cleaned(raw, name_hint)
    digest = hashlib.sha256(clean.body).hexdigest()
    columns = {
        "media_type": clean.media_type,
        "size": len(clean.body),
        "width": clean.width,
        "height": clean.height,
        "created": now,
    }
    with _locked(), _kept(digest, clean):
        # A repeated file counts as new for the sweep.
        Evidence.objects.update_or_create(hash=digest, defaults=columns)
    return EvidenceRef(digest, clean.media_type, len(clean.body), clean.width, clean.height)


def ref_of(digest: str) -> EvidenceRef:
    """The reference of a kept file; Missing if there is none."""
    found = refs_of([digest])
    if not found:
        raise _missing()
    return found[0]


def refs_of(digests: Iterable[str]) -> list[EvidenceRef]:
    """References in the order asked, without those that are gone."""
    wanted = list(digests)
    rows = {row.hash: row for row in Evidence.objects.filter(hash__in=wanted)}
    return [
        EvidenceRef(row.hash, row.media_type, row.size, row.width, row.height)
        for row in (rows.get(digest) for digest in wanted)
        if row is not None
    ]


def open_evidence(digest: str, *, small: bool = False) -> BinaryIO:
    """The bytes of a kept file, or of a picture's small one. Raises Missing."""
    try:
        return _path(digest, small=small).open("rb")
    except (OSError, ValueError):
        raise _missing() from None


def response(
    ref: EvidenceRef, *, small: bool = False, download: bool = False, name: str = ""
) -> FileResponse:
    """An HTTP answer that no browser executes. Pictures are shown unless `download`; everything else is
    always a download. `name` (without ending) is what the page knows to call it, such as a matter's number.
    The caller has asked the rule."""
    small = small and ref.is_picture
    media_type = "image/jpeg" if small else ref.media_type
    answer = FileResponse(
        open_evidence(ref.hash, small=small),
        as_attachment=download or not ref.is_picture,
        filename=f"{name or ref.hash[:12]}.{ENDINGS[media_type]}",
        content_type=media_type,
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    # The right to see it may end: no shared cache, and a private one asks again.
    answer["Cache-Control"] = "private, no-cache"
    answer["Referrer-Policy"] = "no-referrer"
    return answer


_holders: dict[str, Callable[[Collection[str]], Collection[str]]] = {}


def register_holder(name: str, holds: Callable[[Collection[str]], Collection[str]]) -> None:
    """Apps tell which of some hashes they still refer to; what nobody holds is swept."""
    _holders[name] = holds


def held_by(digests: Collection[str]) -> set[str]:
    """Those of the hashes that some app holds."""
    return {digest for holds in _holders.values() for digest in holds(digests)}


def delete(digests: Iterable[str]) -> int:
    """Delete files, small pictures and rows, whoever holds them: the caller has asked `held_by`. Gives how
    many were there."""
    wanted = list(digests)
    with _locked():
        gone = Evidence.objects.filter(hash__in=wanted).delete()[0]
        for digest in wanted:
            _unlink(digest)
    return gone


def sweep(before: datetime) -> int:
    """Delete what was sent before `before` and is held by nobody (drafts never sent), and traces of killed
    uploads. Does nothing while no app has registered as holder: a worker without its apps must not delete what
    they hold."""
    if not _holders:
        return 0
    count, after = 0, ""
    while rows := list(Evidence.objects.filter(created__lt=before, hash__gt=after).order_by("hash")[:500]):
        after = rows[-1].hash
        hashes = [row.hash for row in rows]
        loose = set(hashes) - held_by(hashes)
        with _locked():
            # Sent again meanwhile: `created` has moved, and it stays.
            still = list(
                Evidence.objects.filter(hash__in=loose, created__lt=before).values_list("hash", flat=True)
            )
            count += Evidence.objects.filter(hash__in=still).delete()[0]
            for digest in still:
                _unlink(digest)
    limit = before.timestamp()
    for path in _root().glob("tmp/*"):
        with suppress(OSError):
            if path.stat().st_mtime < limit:
                path.unlink()
    return count


def _root() -> Path:
    return Path(settings.DATA) / "evidence"


def _path(digest: str, *, small: bool = False) -> Path:
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        raise ValueError("not a SHA-256 in hex")
    return _root() / digest[:2] / (digest[2:] + (_SMALL if small else ""))


def _missing() -> Exception:
    return Missing.of("file", _("没有这个文件，或已经删除"))


def _unlink(digest: str) -> None:
    for small in (False, True):
        with suppress(ValueError):
            _path(digest, small=small).unlink(missing_ok=True)


@contextmanager
def _locked() -> Iterator[None]:
    """One writer of the folder at a time, over all processes: a file sent again is never swept in between."""
    with _told():
        _root().mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(_root() / ".lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


@contextmanager
def _told() -> Iterator[None]:
    """Failures of the disk as Busy, in words."""
    try:
        yield
    except OSError as error:
        reason = _("存放文件的磁盘满了") if error.errno in _FULL else _("存放文件的磁盘写不进去")
        raise Busy.of("file", reason, _("请稍后再试；文字可以先提交，照片以后补充")) from error


@contextmanager
def _kept(digest: str, clean: Clean) -> Iterator[None]:
    """Write the files, and take them away again if they or the row cannot be written."""
    written: list[Path] = []
    try:
        with _told():
            for body, small in ((clean.body, False), (clean.small, True)):
                path = _path(digest, small=small)
                if body is not None and not path.exists():
                    _write(path, body)
                    written.append(path)
        yield
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise


def _write(path: Path, body: bytes) -> None:
    """Temporary file, fsync, rename, fsync of the folder: after a crash the file is there whole or not at
    all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    scratch = _root() / "tmp" / secrets.token_hex(12)
    scratch.parent.mkdir(exist_ok=True, mode=0o700)
    try:
        with scratch.open("xb") as out:
            out.write(body)
            out.flush()
            os.fsync(out.fileno())
        scratch.replace(path)
    except BaseException:
        with suppress(OSError):
            scratch.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
