"""The desk's pages of matters: one matter with its actions, opening on behalf, importing."""

from baodao.matters.alerts import desk as alerts  # noqa: F401
from baodao.matters.checklists import desk as checklists  # noqa: F401
from baodao.matters.legsheet import desk as legsheet  # noqa: F401

from . import (  # noqa: F401
    bulk,
    glass,
    importing,
    likes,
    one,
    opening,
    opinions,
    person,
    procedures,
    renewing,
    start,
    suggestion,
    wanted,
)
