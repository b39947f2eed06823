"""What these pages share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from baodao.gather.kinds import kind_of
from baodao.gather.patrols.services import Finding
from baodao.kernel.act import Act, new_key
from baodao.kernel.declare import get_pack
from baodao.kernel.declare.report import BadPack
from baodao.kernel.errors import Invalid, Problem
from baodao.kernel.evidence import store
from baodao.kernel.faces.asking import faces
from baodao.kernel.pages import who_of
from baodao.matters.declare import Procedure
from baodao.orgs import selectors as orgs
from baodao.people.door import act_from

PHOTOS = 6


def act_of(request: HttpRequest) -> Act:
    """The Act of this request; a form brings its own command."""
    return act_from(request, command=request.POST.get("command", "")[:200] or new_key("patrol"))


def home_of(request: HttpRequest) -> str:
    """The organization of the post that is acted in."""
    post = who_of(request).post
    return post.org if post is not None else ""


def status_of(problem: Problem | None) -> int:
    """The page's status."""
    return problem.status if problem is not None else 200


def finds_of(org: str, gathering: str) -> list[tuple[str, str]]:
    """Kinds of matter that a find may be: (code, words)."""
    try:
        pack = get_pack(orgs.pack_of(org))
    except BadPack:
        return []
    procedure = pack.many(Procedure, translation.get_language() or "").get(kind_of(org, gathering).finds)
    return [(one.name, one.title) for one in procedure.kinds] if procedure is not None else []


def finding_of(request: HttpRequest, by: Act) -> Finding:
    """What was typed of a find; its pictures are stored, but none on which a face is seen. Raises Invalid, TooLarge."""
    files = request.FILES.getlist("photo")[:PHOTOS]
    _only_the_place(files)
    photos = tuple(store(one, one.name or "", now=by.noted).hash for one in files)
    return Finding(
        request.POST.get("kind", "")[:40], request.POST.get("text", "")[:2100], photos, bool(request.POST.get("of_place"))
    )  # fmt: skip


#: Bytes of a picture that are looked at; larger ones are refused when they are stored.
LOOKED_AT = 20 << 20


def _only_the_place(files: Sequence[UploadedFile[Any]]) -> None:
    """A face is seen: take the place. Nothing of the try is kept. Raises Invalid; where no detector is installed the tick stands alone."""
    pictures = []
    for one in files:
        pictures.append(one.read(LOOKED_AT))
        one.seek(0)
    if any(faces(pictures) or ()):
        raise Invalid.of(
            "photo",
            _("看到人脸，请只拍地方"),
            _("换一张没有人的再交；看错了也换一张，或者不放照片，照样能报"),
        )


#: The browser itself refuses to tell where somebody is, whatever a script of these pages might ask.
NOWHERE = "geolocation=(), camera=(), microphone=(), payment=(), usb=()"


def nowhere(response: HttpResponse) -> HttpResponse:
    """A page on which a location cannot be asked."""
    response.headers["Permissions-Policy"] = NOWHERE
    return response
