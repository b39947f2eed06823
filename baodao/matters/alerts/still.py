"""A still is blurred before anything is stored: so coarsely that a lane or a desk can be told, a face or a plate cannot."""

from __future__ import annotations

import base64
import binascii
import io
from datetime import datetime

from django.utils.translation import gettext as _

from baodao.kernel.errors import Invalid
from baodao.kernel.evidence import store


def keep(text: str, now: datetime, field: str) -> str:
    """Blur and keep a picture given as base64; gives its SHA-256. What came in is never written anywhere. Raises Invalid."""
    from baodao.kernel.evidence.pictures import blurred  # the library of pictures is read where one comes

    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Invalid.of(field, _("画面不是有效的 base64"), _("请用 JPEG，base64 编码")) from None
    return store(io.BytesIO(blurred(raw)), now=now).hash
