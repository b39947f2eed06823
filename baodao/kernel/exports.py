"""Where sheets that a job wrote lie until they are saved: in the data folder, mode 0600, named by their job; gone after a week or with
any person's erasure, since every list may hold anybody's words."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _

from .errors import Missing
from .passing import clear_files, sweep_files

KEPT = timedelta(days=7)
_NAME = re.compile(r"^[0-9a-f]{32}$")


def folder() -> Path:
    """The folder, made on first use."""
    path = Path(settings.DATA) / "exports"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


@contextmanager
def writing(job: str, now: datetime) -> Iterator[BinaryIO]:
    """The file of a job, there once all is written and not before: a worker that dies leaves no half sheet. Its age is
    counted from `now`, not from the disk's own clock."""
    scratch = folder() / f"writing-{job}-{os.urandom(4).hex()}"
    try:
        with os.fdopen(os.open(scratch, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as out:
            yield out
        os.utime(scratch, (now.timestamp(), now.timestamp()))
        scratch.replace(folder() / f"{job}.xlsx")
    finally:
        scratch.unlink(missing_ok=True)


def is_there(job: str) -> bool:
    """Whether the sheet of a job lies here (still)."""
    return bool(_NAME.match(job)) and (folder() / f"{job}.xlsx").is_file()


def sheet_of(job: str) -> Path:
    """The sheet that a job wrote. Missing when there is none (any more): whose job it is was asked before."""
    if not is_there(job):
        raise Missing.of("job", _("这张表已经不在了"), _("表留 7 天；请再导出一次"))
    return folder() / f"{job}.xlsx"


def sweep(now: datetime) -> int:
    """Delete what is older than a week; gives how many files."""
    return sweep_files(folder(), now - KEPT)


def clear() -> int:
    """Delete all (an erasure); gives how many files."""
    return clear_files(folder())
