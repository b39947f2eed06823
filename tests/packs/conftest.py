"""The five districts in one installation."""

from tests.support.districts import districts

__all__ = ["districts"]
