"""What people erases: the vault last of all, since it knows who is who."""

from baodao.ledger.erasure import register_eraser

from . import selectors
from .services.erase import erase_vault

register_eraser("people", erase_vault, subjects=selectors.person_subjects, order=90)
