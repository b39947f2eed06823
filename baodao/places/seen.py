"""Who can see a household, a device, a facility, a grid: what is seen of each, and what opens it."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from baodao.kernel.act import Act, Subject
from baodao.kernel.errors import Missing, Refused
from baodao.orgs.policies import in_office
from baodao.orgs.powers.seeing import Part, Seen, register_seen

from . import selectors
from .devices import selectors as devices
from .facilities import selectors as facilities
from .households import policies as homes
from .households import selectors as households


def household(by: Act, code: str) -> Seen:
    """What it told, and that it is there: those above have the number of households of a community."""
    row = households.household(by, code)
    if row is None:
        raise Missing.of("code", _("没有这一户，或者不归您的岗位联系"), _("请从名单里选"))
    org = str(row.org_id)
    own = (_("这一户自己"), households.members(code) or None)
    counted = Subject(ref=f"org:{org}", org=org, level=1)
    return Seen(
        code,
        reverse("desk:household", kwargs={"code": code}),
        (
            Part(_("这一户说过的内容：每次说明用途，这一户看得到谁看过"), homes.READ, homes.of(code, org), (own,), sent=_("联系这个社区的各家")),
            Part(_("只看得到社区有几户，不到 10 户不说几户"), homes.COUNT, counted),
        ),
    )  # fmt: skip


def device(by: Act, code: str) -> Seen:
    """Its entry; and what everybody may know of what hangs there."""
    row = devices.device(by, code)
    if row is None:
        raise Missing.of("code", _("没有这个设备，或者不对您开放"), _("请从列表里选"))
    subject = Subject(ref=f"device:{code}", org=str(row.org_id), level=row.level, place=row.grid)
    parts = [Part(_("登记的内容和经过"), devices.READ, subject)]
    if row.state != "removed":
        told = Subject(ref="device:told")
        parts.append(Part(_("装在哪里、是谁的、干什么用、有没有提示标识"), devices.TOLD, told))
    return Seen(row.name, reverse("desk:device", kwargs={"code": code}), tuple(parts))


def facility(by: Act, code: str) -> Seen:
    """Everybody may know it."""
    row = facilities.facility(by, code)
    if row is None:
        raise Missing.of("code", _("没有这个设施，或者不对您开放"), _("请从列表里选"))
    subject = Subject(ref=f"facility:{code}", org=str(row.org_id), level=row.level)
    part = Part(_("登记的内容和经过"), facilities.READ, subject)
    return Seen(row.name, reverse("desk:facility", kwargs={"code": code}), (part,))


def grid(by: Act, code: str) -> Seen:
    """Its outline is for everybody; what lies in it opens by the rights on each kind of thing."""
    ref = selectors.grid(code)
    if ref is None:
        raise Missing.of("code", _("没有这个网格"), _("请从网格列表里选"))
    if not in_office(by):
        raise Refused.of("", _("网格的页面给在岗的人看"), _("请换岗位"))
    hung = Subject(ref="", org=ref.org, level=1, place=code)
    return Seen(
        ref.name,
        reverse("desk:grid", kwargs={"code": code}),
        (
            Part(_("网格的名称和范围"), anyone=True),
            Part(_("网格里社区的设备"), devices.READ, hung),
            Part(_("网格里的家庭登记"), homes.READ, homes.of("", ref.org), sent=_("联系这个社区的各家")),
        ),
    )


register_seen("household", household)
register_seen("device", device)
register_seen("facility", facility)
register_seen("grid", grid)
