"""The gallery's addresses: shells and templates with made-up rows."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace as Row

from django.http import HttpRequest, HttpResponse

from baodao.kernel.declare import get_pack
from baodao.kernel.errors import Fault, Invalid
from baodao.kernel.pages import page, render, urlpatterns_of
from baodao.kernel.show import Choice, Happening, Said
from baodao.matters import phrases  # noqa: F401
from baodao.matters.declare import Procedure
from baodao.notify import declare  # noqa: F401
from baodao.orgs import selectors as orgs
from baodao.orgs.tree import Forest

orgs.home_pack = lambda at=None: "fuling"
orgs.forest = lambda: Forest()
NOW = datetime(2026, 11, 25, 2, 10, tzinfo=UTC)
QR = ""

PAGES = {
    "home": "/",
    "numbers": "/numbers/",
    "who": "/who-sees/",
    "report": "/report/",
    "report-wrong": "/report/?wrong=1",
    "report-behalf": "/report/?behalf=1",
    "receipt": "/receipt/",
    "look": "/look/",
    "mine": "/mine/",
    "own": "/m/FL-2026-000123/",
    "own-answered": "/m/FL-2026-000123/?answered=1",
    "own-large": "/m/FL-2026-000123/?cannot=1",
}


def kinds() -> list[Choice]:
    rows = get_pack("fuling").many(Procedure)["request"].kinds
    return [
        Choice(k.name, k.title, k.hint.partition("。")[0], k.level or 1, k.hint.partition("。")[2])
        for k in rows
    ]


def blank(**kw: object) -> Row:
    return Row(
        **{
            "kind": "",
            "text": "",
            "address": "",
            "lon": "",
            "lat": "",
            "name": "",
            "phone": "",
            "consent": False,
            "answer": "",
            "stars": "",
            "number": "",
            "code": "",
            **kw,
        }
    )


@page("portal", "report/", name="report", nav=(10, "反映"), public=True)
def report(request: HttpRequest) -> HttpResponse:
    wrong = "wrong" in request.GET
    problem = (
        Invalid(
            Fault("kind", "请先选是什么事", "从上面选一类"), Fault("text", "请写发生了什么", "一两句话就行")
        )
        if wrong
        else None
    )
    where = Row(
        code="500102001",
        crumbs=[("", "涪陵区"), ("500102001", "敦仁街道")],
        children=[
            (str(n), name)
            for n, name in enumerate(
                ["高笋塘社区", "中山路社区", "翠屏社区", "南门山社区", "人民东路社区", "望江路社区"]
            )
        ],
        picture="",
        height=420,
    )
    preview = (
        [
            ("承办单位和它的上级", "内容、照片和地点"),
            ("别的居民", "什么也看不到"),
            ("您的电话", "加密另存，要看先说明用途"),
        ]
        if wrong
        else []
    )
    values = blank(kind="domestic_violence" if wrong else "", address="人民东路 12 号" if wrong else "")
    return render(
        request,
        "matters/portal/report.html",
        kinds=kinds(),
        values=values,
        problem=problem,
        where=where,
        preview=preview,
        behalf="behalf" in request.GET,
        kept=(),
        command="c-1",
        draft="x",
        words="家暴|打孩子",
    )


@page("portal", "receipt/", name="receipt", public=True)
def receipt(request: HttpRequest) -> HttpResponse:
    import io

    import segno

    out = io.BytesIO()
    segno.make("http://127.0.0.1:8000/look/?number=FL-2026-000123", error="m").save(
        out, kind="svg", xmldecl=False, svgns=True, border=1, omitsize=True
    )
    return render(
        request,
        "matters/portal/receipt.html",
        number="FL-2026-000123",
        code="7K3MQ2XA",
        qr=out.getvalue().decode(),
        link="127.0.0.1:8000/look/",
        behalf=False,
        own="/m/FL-2026-000123/",
        slip_page="#",
        reads="您反映的事已经登记，编号 FL-2026-000123，交给敦仁街道办理，12月2日 周三 前答复您。",
    )


@page("portal", "look/", name="look", public=True)
def look(request: HttpRequest) -> HttpResponse:
    return render(request, "matters/portal/look.html", problem=None, values=blank(), example="FL-2026-000123")


@page("portal", "mine/", name="mine", nav=(20, "我的事"), public=True)
def mine(request: HttpRequest) -> HttpResponse:
    rows = [
        Row(
            number="FL-2026-000123",
            stage="正在办",
            tone="way",
            kind="房屋",
            title="外墙裂缝",
            opened=NOW - timedelta(days=2),
            holder="敦仁街道建设管理环保办公室",
            due=NOW + timedelta(days=3),
            due_words="答复您的日子",
            left="还剩 3 个工作日",
        ),
        Row(
            number="FL-2026-000098",
            stage="等您说说办得怎样",
            tone="soon",
            kind="噪音",
            title="",
            opened=NOW - timedelta(days=12),
            holder="",
            due=NOW + timedelta(days=1),
            due_words="请在这天前",
            left="还剩 1 天",
        ),
        Row(
            number="FL-2026-000031",
            stage="已经结束",
            tone="done",
            kind="道路",
            title="井盖松动",
            opened=NOW - timedelta(days=40),
            holder="",
            due=None,
            due_words="",
            left="",
        ),
    ]
    return render(request, "matters/portal/mine.html", rows=rows, next_href="")


@page("portal", "m/<str:number>/", name="own", public=True)
def own(request: HttpRequest, number: str) -> HttpResponse:
    rows = [
        Happening(
            "您反映了这件事。",
            NOW - timedelta(days=2, hours=1),
            said=(
                Said(
                    "",
                    "去年夏天起，卧室外墙裂了一道缝，最近下雨渗水，缝变宽了，能伸进一个指头。我们老两口晚上不敢睡。",
                ),
            ),
        ),
        Happening(
            "敦仁街道建设管理环保办公室收到了，12月2日 周三 前答复您。", NOW - timedelta(days=2), "way"
        ),
        Happening(
            "敦仁街道建设管理环保办公室的人 11月24日 周二 09:30 上门查看。",
            NOW - timedelta(days=1, hours=3),
            "way",
            said=(Said("", "我们会有两个人来，穿工作服、带工作证。您不方便，打电话改时间就行。"),),
        ),
        Happening("系统按时限提醒了承办单位。", NOW - timedelta(hours=20), "small"),
    ]
    answered, cannot = "answered" in request.GET, "cannot" in request.GET
    refusal = None
    if cannot:
        refusal = Row(
            reason="这栋房是小区业主共有的外墙，修外墙要业主大会同意并用维修资金，街道没有权限直接修。",
            title="申请行政复议",
            where="涪陵区人民政府",
            until=NOW + timedelta(days=58),
            left="还剩 58 天",
            tone="",
            basis="《中华人民共和国行政复议法》第二十条：自知道或者应当知道该行政行为之日起六十日内。",
            verified="2026-11-22",
        )
    if answered or cannot:
        rows.append(
            Happening(
                "敦仁街道建设管理环保办公室答复了您。",
                NOW,
                "done",
                said=(
                    Said(
                        "",
                        "已经搭了支护，房子列入今年 D 级危房改造；从 11月26日 起您二老先住江东公租房 3 栋 502，费用由街道承担。",
                    ),
                ),
            )
        )
        rows.append(
            Happening(
                "请您说说办得怎样",
                NOW.replace(hour=15, minute=59) + timedelta(days=7),
                "next",
                beside="还剩 7 天",
            )
        )
    else:
        rows.append(
            Happening(
                "给您答复",
                NOW.replace(hour=15, minute=59) + timedelta(days=7),
                "next",
                beside="还剩 5 个工作日",
            )
        )
    it = Row(
        number=number,
        stage="等您说说办得怎样" if answered else "正在办",
        tone="soon" if answered else "way",
        level=1,
        round=1,
        kind="房屋",
        title="外墙裂缝，下雨渗水",
        now="敦仁街道建设管理环保办公室收到了，正在办。"
        if not answered
        else "已经答复您，请您说说办得怎样。",
        holder="敦仁街道建设管理环保办公室",
        due=NOW.replace(hour=15, minute=59) + timedelta(days=7),
        due_words="给您答复的日子",
        left="还剩 5 个工作日",
        due_tone="",
        provisional=False,
        ended=False,
        refusal=refusal,
        rows=rows,
        position=1,
        reopen_until=NOW + timedelta(days=15),
        seen_by="承办单位（敦仁街道建设管理环保办公室）、它的上级和受理窗口能看到内容和照片。别的居民看不到。",
    )
    from collections import defaultdict

    answers = [Choice("solved", "解决了"), Choice("partly", "解决了一部分"), Choice("not", "没有解决")]
    return render(
        request,
        "matters/portal/own.html",
        it=it,
        problem=None,
        said="",
        can=Row(confirm=answered, rate=answered, add=True, reopen=answered, withdraw=not answered),
        keys=defaultdict(str),
        values=blank(),
        answers=answers,
        at=request.path,
        opened="",
        star_words=["很不满意", "不满意", "一般", "满意", "很满意"],
    )


@page("portal", "sign-in/", name="sign-in", public=True)
def sign_in(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")


urlpatterns = urlpatterns_of({"portal": "", "desk": "desk/", "api": "api/v1/"})
