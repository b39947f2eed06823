"""Where uploaded sheets lie while they are imported: in the data folder, mode 0600, named by their SHA-256; gone after a week or with
any person's erasure, since every sheet may hold anybody's words."""

import hashlib
import os
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _

from baodao.kernel.errors import Busy, Missing, TooLarge
from baodao.kernel.passing import clear_files, sweep_files

LARGEST = 50 << 20
KEPT = timedelta(days=7)
_NAME = re.compile(r"^[0-9a-f]{64}$")


def folder() -> Path:
    """The folder, made on first use."""
    path = Path(settings.DATA) / "imports"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def keep(stream: BinaryIO, now: datetime) -> str:
    """Store an upload; gives its name. Its age is counted from `now`, like everything, not from the disk's own clock. TooLarge over 50 MB; Busy when the disk is full: nothing is left."""
    digest, size = hashlib.sha256(), 0
    scratch = folder() / f"upload-{os.urandom(8).hex()}"
    try:
        with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            while chunk := stream.read(1 << 20):
                size += len(chunk)
                if size > LARGEST:
                    raise TooLarge.of("file", _("文件超过 50 MB"), _("请分成几个文件"))
                digest.update(chunk)
                out.write(chunk)
        os.utime(scratch, (now.timestamp(), now.timestamp()))
        scratch.replace(folder() / digest.hexdigest())
    except OSError as error:
        raise Busy.of("file", _("磁盘写不进去"), _("请联系系统管理员")) from error
    finally:
        scratch.unlink(missing_ok=True)
    return digest.hexdigest()


def sheet_path(name: str) -> Path:
    """The stored sheet; Missing when there is none (any more)."""
    path = folder() / name
    if not _NAME.match(name) or not path.is_file():
        raise Missing.of("file", _("这个文件已经不在了"), _("请重新上传"))
    return path


def faults_path(name: str) -> Path:
    """Where the error file of a sheet lies."""
    return sheet_path(name).with_name(f"{name}.errors.xlsx")


def sweep(now: datetime) -> int:
    """Delete what is older than a week; gives how many files."""
    return sweep_files(folder(), now - KEPT)


def clear() -> int:
    """Delete all (an erasure); gives how many files."""
    return clear_files(folder())
