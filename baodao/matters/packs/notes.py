"""What `pack check` says beside faults: sound, but perhaps not meant. Only of what the pack itself declares."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from baodao.kernel.declare import Pack
from baodao.matters.declare import Procedure
from baodao.matters.engine import OPEN
from baodao.orgs.declare import ANYONE, PERSON, PostKind


def notes(pack: Pack) -> Iterator[str]:
    """One sentence each, with the key that it is about."""
    for name, procedure in pack.many(Procedure).items():
        yield from _moved(pack, name, procedure)
        # What the base declares has pages of its own.
        if len(pack.layers) > 1 and pack.owns("procedure", name, "title"):
            yield from _doorless(pack, name, procedure)


def _moved(pack: Pack, name: str, procedure: Procedure) -> Iterator[str]:
    """A day promised in an act becomes the end of every clock that starts with it, wished for or not."""
    for action in procedure.actions:
        clocks = [
            clock.title or clock.name
            for clock in procedure.clocks
            if clock.promised and {action.fact, action.reference} & set(clock.starts())
        ]
        if action.promises and clocks and pack.owns("procedure", name, "action", action.name):
            words = _(
                "procedure.%(name)s.action[%(action)s]：约定的日子（%(field)s）就是这些时限的终点：%(clocks)s；不该跟着它的，写 promised = false"
            )
            yield words % {
                "name": name, "action": action.name, "field": action.promises, "clocks": _("、").join(clocks),
            }  # fmt: skip


def _doorless(pack: Pack, name: str, procedure: Procedure) -> Iterator[str]:
    """Residents have the right to begin it, and no page on which they could."""
    posts = pack.many(PostKind)
    free = {line.right for kind in (ANYONE, PERSON) if kind in posts for line in posts[kind].rights}
    if not procedure.portal and not procedure.about and f"{name}.{OPEN}" in free:
        yield _("procedure.%(name)s：居民有权发起，可是没有写 portal = true，手机上没有它的表") % {
            "name": name
        }
