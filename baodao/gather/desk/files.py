"""Desk: files of a slot, sent and read. A photo of a list is kept with the slot, presence is entered from it by list."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from baodao.gather import enclosing, selectors, services
from baodao.gather.models import Enclosed, Slot
from baodao.gather.services import NewPaper
from baodao.kernel.act import Act
from baodao.kernel.errors import Fault, Invalid, Missing, Problem
from baodao.kernel.evidence import ref_of, response, store
from baodao.kernel.faces.asking import face_in
from baodao.kernel.pages import page

from .common import act_of

READERS = ("slot", "seat", "convener")


def enclose(by: Act, row: Slot, request: HttpRequest, *, listed: bool) -> None:
    """Store the files of the field `file` and keep them with the slot. Raises Invalid, TooLarge, Busy naming the field."""
    name, readers = request.POST.get("name", "")[:200], request.POST.get("readers", "slot")
    if readers not in READERS:
        raise Invalid.of("readers", _("要从清单里选谁能看"))
    uploads, papers = request.FILES.getlist("file")[: enclosing.MOST], []
    # Only of lists: a paper before a gathering may well be a poster with its lecturer on it.
    if listed and face_in(uploads):
        raise Invalid.of(
            "file", _("看到人脸，请只拍名单"), _("把纸放平再拍；不放照片，照样可以在下面名单里补记")
        )
    for upload in uploads:
        try:
            digest = store(upload, upload.name or "", now=by.noted).hash
        except Problem as caught:
            raise type(caught)(*(Fault("file", one.reason, one.remedy) for one in caught.faults)) from None
        papers.append(
            NewPaper(digest, "list") if listed else NewPaper(digest, "paper", name, readers)  # type: ignore[arg-type]
        )
    if not papers:
        raise Invalid.of("file", _("没有选文件"), _("请选照片或文件"))
    services.enclose(by, slot=row.code, papers=papers)


def answer(found: list[Enclosed], digest: str, code: str) -> HttpResponse:
    """One file of those that the actor may read. Raises Missing."""
    if digest not in {one.digest for one in found}:
        raise Missing.of("file", _("没有这个文件，或已经删除"))
    return cast(HttpResponse, response(ref_of(digest), name=code))


@page("desk", "gather/<str:code>/files/<str:digest>/", name="gathering-file", methods=("GET", "HEAD"))
def file(request: HttpRequest, code: str, digest: str) -> HttpResponse:
    """One file of a slot: lists for those who keep them, papers for those whom they are meant for."""
    by = act_of(request)
    row = selectors.slot(by, code)
    found = enclosing.readable(by, row, None, seen=True) if row is not None else []
    return answer(found, digest, code)
