"""The demonstration's own page: how far the districts are, whom one may be, what was planted. Not there outside of demonstrations."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from baodao.kernel.declare import District, get_pack
from baodao.kernel.errors import Missing
from baodao.kernel.frame import Note, register_note
from baodao.kernel.pages import page, render
from baodao.orgs.selectors import forest

from . import told


@page("portal", "demo/", name="demo", public=True, methods=("GET", "HEAD"))
def demo(request: HttpRequest) -> HttpResponse:
    """Districts with their progress, one-click sign-ins, planted truths. Looks again while one is being built."""
    story = told.read() if settings.DEMO else {}
    if not story:
        raise Missing.of("", _("这一页不存在，或者不对您开放"), _("请核对地址，或回到首页"))
    rows = [_row(story, row) for row in story.get("districts", ())]
    return render(
        request, "simulate/demo.html", rows=rows, counts=story["counts"], running=bool(told.waiting(story))
    )


def _row(story: dict[str, Any], row: dict[str, Any]) -> dict[str, Any]:
    english = (translation.get_language() or "").startswith("en")
    district, trees = get_pack(row["pack"]).one(District), forest()
    lang = "en" if english else "zh-hans"
    named = [
        {**role, "org_name": trees.name(role["org"], lang)}
        for role in story["roles"]
        if role.get("district") == row["code"]
    ]
    truths = [
        {**truth, "name": trees.name(truth["org"], lang)}
        for truth in row.get("truths", {}).values()
        if truth["org"]
    ]
    return {
        **row,
        "title": district.name_en if english else district.name,
        "city": district.municipality_en if english else district.municipality,
        "roles": named,
        "truths": truths,
    }


def _note() -> Note | None:
    """On the start page: where the sign-ins are, and how much is still being built."""
    story = told.read()
    rows = story.get("districts", ())
    if not rows:
        return None
    ready = sum(row["state"] == "done" for row in rows)
    share = sum(row["day"] / max(1, row["of"]) for row in rows if row["state"] == "living")
    if told.waiting(story):
        text = _("演示：%(done)d 个区县可以用了，共 %(all)d 个，其余正在后台建")
    elif ready < len(rows):
        text = _("演示：%(done)d 个区县，共 %(all)d 个，一键登录")
    else:
        text = _("演示：%(all)d 个区县，一键登录")
    words = {"done": ready, "all": len(rows)}
    percent = round(100 * (ready + share) / len(rows))
    return Note(text % words, reverse("portal:demo"), percent if told.waiting(story) else None)


register_note(_note)
