"""Folders of files that pass: swept by age, and cleared whole with any person's erasure."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path


def sweep_files(folder: Path, before: datetime) -> int:
    """Delete what is older than a moment; gives how many files."""
    return _gone(path for path in folder.iterdir() if path.stat().st_mtime < before.timestamp())


def clear_files(folder: Path) -> int:
    """Delete all; gives how many files."""
    return _gone(folder.iterdir())


def _gone(paths: Iterable[Path]) -> int:
    files = list(paths)
    for path in files:
        path.unlink(missing_ok=True)
    return len(files)
