"""Who hears of training."""

from .programmes import reminding  # noqa: F401
