"""Files of an evening, for the branch."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from baodao.gather.branch import selectors
from baodao.gather.branch.selectors import READ, subject_of
from baodao.kernel.errors import Missing
from baodao.kernel.evidence import ref_of
from baodao.kernel.evidence.files import response
from baodao.kernel.pages import page
from baodao.kernel.verbs import allowed

from .common import act_of


@page("desk", "branch/evenings/<str:code>/files/<str:digest>/", name="branch-paper", methods=("GET", "HEAD"))
def paper(request: HttpRequest, code: str, digest: str) -> HttpResponse:
    """One file. Missing for everybody outside the branch."""
    by, slot = act_of(request), selectors.planned(code)
    mine = slot is not None and allowed(by, READ, subject_of(str(slot.org_id)))
    if not mine or digest not in selectors.papers_of(code):
        raise Missing.of("file", _("没有这个文件，或已经删除"))
    return cast(HttpResponse, response(ref_of(digest), name=code))
