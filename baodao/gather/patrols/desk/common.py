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
from baodao.kernel.faces.asking import face_in
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


#: Finds of one joint check: each department may have one of its own.
FINDS = 5


def finding_of(request: HttpRequest, by: Act) -> Finding:
    """What was typed of a find; its pictures are stored, but none on which a face is seen. Raises Invalid, TooLarge."""
    return _findings(request, by, (1,))[0]


def findings_of(request: HttpRequest, by: Act) -> list[Finding]:
    """Every find of one record in which something was typed. Raises Invalid, TooLarge."""
    return _findings(
        request, by, [n for n in range(1, FINDS + 1) if request.POST.get(_field("text", n), "").strip()]
    )


def _findings(request: HttpRequest, by: Act, numbers: Sequence[int]) -> list[Finding]:
    files = {n: request.FILES.getlist(_field("photo", n))[:PHOTOS] for n in numbers}
    for n, held in files.items():
        _only_the_place(held, _field("photo", n))
    return [
        Finding(
            request.POST.get(_field("kind", n), "")[:40], request.POST.get(_field("text", n), "")[:2100],
            tuple(store(one, one.name or "", now=by.noted).hash for one in files[n]), bool(request.POST.get("of_place")),
        )
        for n in numbers
    ]  # fmt: skip


def _field(name: str, n: int) -> str:
    return name if n == 1 else f"{name}-{n}"


def _only_the_place(files: Sequence[UploadedFile[Any]], field: str) -> None:
    """A face is seen: take the place. Nothing of the try is kept. Raises Invalid; where no detector is installed the tick stands alone."""
    if face_in(files):
        raise Invalid.of(
            field,
            _("看到人脸，请只拍地方"),
            _("换一张没有人的再交；看错了也换一张，或者不放照片，照样能报"),
        )


#: The browser itself refuses to tell where somebody is, whatever a script of these pages might ask.
NOWHERE = "geolocation=(), camera=(), microphone=(), payment=(), usb=()"


def nowhere(response: HttpResponse) -> HttpResponse:
    """A page on which a location cannot be asked."""
    response.headers["Permissions-Policy"] = NOWHERE
    return response
