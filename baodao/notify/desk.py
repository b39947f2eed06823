"""Desk page of notify: what waits, what is parked and why; an administrator sends again or lets go."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.act import new_key
from baodao.kernel.errors import Refused
from baodao.kernel.pages import page, render
from baodao.kernel.typed import whole_number
from baodao.kernel.verbs import allowed
from baodao.people.door import act_from

from . import selectors, services
from .words import plain_error

PAGE = 50
STATE_WORDS = {
    "waiting": gettext_lazy("等待发送"),
    "sending": gettext_lazy("正在发送"),
    "sent": gettext_lazy("已发送"),
    "parked": gettext_lazy("停下待处理"),
    "skipped": gettext_lazy("不发送"),
    "folded": gettext_lazy("并入第二天的汇总"),
}
CHANNEL_WORDS = {
    "sms": gettext_lazy("短信"),
    "email": gettext_lazy("电子邮件"),
    "inbox": gettext_lazy("站内通知"),
}


@page("desk", "notices/status/", name="notices-status")
def status(request: HttpRequest) -> HttpResponse:
    """Counts, and the parked ones with number and reason; never to whom."""
    by = act_from(request, command=request.POST.get("command", "")[:200] or new_key("decide"))
    if not allowed(by, "notify.decide", services.parked_subject(by)):
        raise Refused.of("", _("这一页只对系统管理员开放"), _("请联系系统管理员"))
    if request.method == "POST":
        chosen = [n for text in request.POST.getlist("notice") if (n := whole_number(text)) is not None]
        services.decide(by, notices=chosen, again=request.POST.get("how") == "again")
        return HttpResponseRedirect(reverse("desk:notices-status"), status=303)
    before = request.GET.get("before", "")
    rows = selectors.parked(whole_number(before) or 0, PAGE + 1)
    lines = [
        {
            "id": row.id,
            "number": row.number,
            "channel": CHANNEL_WORDS[row.channel],
            "created": row.created,
            "reason": plain_error(row.error),
            "attempts": row.attempts,
        }
        for row in rows[:PAGE]
    ]
    return render(
        request,
        "notify/status.html",
        lines=lines,
        counts=[(CHANNEL_WORDS[s.channel], STATE_WORDS[s.state], s.count) for s in selectors.standing()],
        more=rows[PAGE - 1].id if len(rows) > PAGE else 0,
        command=new_key("decide"),
    )
