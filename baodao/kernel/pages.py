"""Pages: apps register theirs with `@page`; the shells mount them, give them a layout, navigation and a door.

A view gets Django's request with `request.who` (see Who) and returns `render(request, "app/x.html", …)`.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal
from urllib.parse import quote, urlencode

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext as _

from . import epochs
from .act import Act, Grant
from .declare.report import BadPack, Located
from .errors import Fault, Invalid, Malformed, Mending, Missing, Problem, Refused, Unauthenticated

log = logging.getLogger(__name__)
Shell = Literal["portal", "desk", "api"]
View = Callable[..., HttpResponse]


class PostRef(msgspec.Struct, frozen=True):
    """A post somebody holds now: its code, organization, kind and the words to show."""

    code: str
    org: str
    kind: str
    title: str
    org_name: str = ""
    deputy: str = ""
    """The own post of whoever acts for this one; "" for its holder."""


class Who(msgspec.Struct, frozen=True):
    """Who stands at the door. `person` is "" for a visitor without account; `post` is the one chosen for this
    session."""

    person: str = ""
    account: str = ""
    posts: tuple[PostRef, ...] = ()
    post: PostRef | None = None
    grants: tuple[Grant, ...] = ()
    display: str = ""
    needs: str = ""
    lang: str = "zh-hans"

    @property
    def signed_in(self) -> bool:
        """An account with all its steps done (password or code, and second factor where asked)."""
        return bool(self.person) and not self.needs

    @property
    def staff(self) -> bool:
        """Holds at least one post."""
        return self.post is not None


VISITOR = Who()

#: What a browser says when its answer is a page of its own.
PAGES = frozenset({"document", "iframe", "frame"})
#: The cookie that lets the page after a form say that it was done.
DONE = "done"


class Route(msgspec.Struct):
    """One registered page. `nav` = (order, title) puts it into the shell's navigation."""

    shell: Shell
    path: str
    name: str
    view: Any
    nav: tuple[int, Any] | None = None
    public: bool = False
    methods: tuple[str, ...] = ("GET", "HEAD", "POST")
    meta: Any = None
    right: str = ""
    """Without any grant of this right the page has no place in the navigation; the page itself asks the policy."""
    opens: Callable[[Act], bool] | None = None
    """The page's own rule, where a grant alone does not say it: whom the page would refuse does not find it in the navigation."""


class Layout(msgspec.Struct):
    """What a shell gives to every page: the template to extend, the sign-in route, a function for more
    context."""

    template: str
    sign_in: str
    context: Callable[[HttpRequest], dict[str, Any]] = lambda request: {}


ROUTES: list[Route] = []
LAYOUTS: dict[str, Layout] = {}


def page(
    shell: Shell,
    where: str,
    *,
    name: str,
    nav: tuple[int, Any] | None = None,
    public: bool = False,
    methods: tuple[str, ...] = ("GET", "HEAD", "POST"),
    meta: Any = None,
    right: str = "",
    opens: Callable[[Act], bool] | None = None,
) -> Callable[[View], View]:
    """Register a view under a shell. Not `public` = signed in; on the desk also holding a post. `meta` is the
    shell's (OpenAPI)."""

    def decorate(view: View) -> View:
        ROUTES.append(Route(shell, where, name, view, nav, public, methods, meta, right, opens))
        return view

    return decorate


def register_shell(shell: Shell, layout: Layout) -> None:
    """Each shell calls this once from its own pages module."""
    LAYOUTS[shell] = layout


def shell_of(request: HttpRequest) -> str:
    """The shell that serves this request ("portal" before an address was found)."""
    match = getattr(request, "resolver_match", None)
    if match is not None and match.namespaces:
        return str(match.namespaces[0])
    return (
        "desk"
        if request.path.startswith("/desk/")
        else "api"
        if request.path.startswith("/api/")
        else "portal"
    )


def who_of(request: HttpRequest) -> Who:
    """The one at the door; people's Door sets it."""
    who: Who = getattr(request, "who", VISITOR)
    return who


def render(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """An HTML page inside its shell's layout (`{% extends layout %}`)."""
    shell = shell_of(request)
    layout = LAYOUTS.get(shell) or LAYOUTS.get("portal")
    just_done = request.method == "GET" and status == 200 and request.COOKIES.get(DONE) == "1"
    shared: dict[str, Any] = {"who": who_of(request), "shell": shell, "just_done": just_done}
    if layout is not None:
        shared["layout"] = layout.template
        shared.update(layout.context(request))
    return HttpResponse(render_to_string(template, {**shared, **context}, request=request), status=status)


def further(rows: Sequence[Any], size: int, mark: Callable[[Any], str], **asked: str) -> str:
    """The address of the next part of a list that is paged by key: ``rows`` were read one beyond ``size``, ``mark`` gives the key of
    the last one shown, ``asked`` what the list is narrowed to. "" when nothing follows."""
    return f"?{urlencode({**asked, 'after': mark(rows[size - 1])})}" if len(rows) > size else ""


def navigation(shell: Shell) -> list[Route]:
    """The shell's pages that want a place in its navigation, in order."""
    return sorted((r for r in ROUTES if r.shell == shell and r.nav), key=lambda r: r.nav[0] if r.nav else 0)


def guarded(route: Route) -> View:
    """The view behind its door: method, sign-in, post."""

    def enter(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if request.method == "OPTIONS":  # asks what can be done here: no view runs
            return HttpResponse(status=204, headers={"Allow": ", ".join(route.methods)})
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            # No text of ours holds this sign, and PostgreSQL takes none.
            raise Malformed.of("", _("提交的内容不完整或太大"), _("请返回上一页检查后重新提交"))
        if request.method not in route.methods:
            return HttpResponse(status=405, headers={"Allow": ", ".join(route.methods)})
        if request.method == "POST" and route.shell != "api":
            _refuse_nul(request)
        if not route.public and route.shell != "api":
            who = who_of(request)
            if not who.signed_in:
                return to_sign_in(request)
            if route.shell == "desk" and not who.staff:
                raise Refused.of(
                    "", _("工作台只对有岗位的人开放"), _("请从居民门户办理，或请单位管理员任命岗位")
                )
        if route.shell == "portal" and not who_of(request).signed_in:
            # Nothing else tells a visitor's page that trees or packs changed: at most a statement a second.
            epochs.refresh()
        return route.view(request, **kwargs)  # type: ignore[no-any-return]

    enter.csrf_exempt = getattr(route.view, "csrf_exempt", route.shell == "api")  # type: ignore[attr-defined]
    return enter


def _refuse_nul(request: HttpRequest) -> None:
    """A form, read already for its token, with the sign that PostgreSQL takes in no text. Raises Malformed naming the field."""
    for name, values in request.POST.lists():
        if "\0" in name or any("\0" in str(value) for value in values):
            field = name.replace("\0", "")[:60]
            raise Malformed.of(
                field, _("“%(field)s”里有看不见的字符") % {"field": field}, _("请删掉后重新输入")
            )


def urlpatterns_of(mounts: dict[str, str]) -> list[URLPattern | URLResolver]:
    """All registered pages, each shell under its prefix and its namespace."""
    autodiscover_modules("portal", "desk", "api", "pages")
    patterns: list[URLPattern | URLResolver] = []
    for shell, prefix in sorted(mounts.items(), key=lambda item: -len(item[1])):
        routes: Iterable[Route] = (r for r in ROUTES if r.shell == shell)
        patterns.append(
            path(
                prefix,
                include(([path(r.path, guarded(r), name=r.name) for r in routes], shell), namespace=shell),
            )
        )
    return patterns


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page, and from there back. What a page asks for beside itself (a picture, a poll; `Sec-Fetch-Dest` of the W3C's
    Fetch Metadata) gets a bare 401: the sign-in page would be drawn into a corner of that page, and a browser without our cookie would
    get another form token with it than the form on the screen has."""
    if request.headers.get("Sec-Fetch-Dest", "document") not in PAGES:
        answer = HttpResponse(_("请先登录"), status=401, content_type="text/plain; charset=utf-8")
        answer["WWW-Authenticate"] = "Session"
    else:
        layout = LAYOUTS[shell_of(request)]
        answer = HttpResponseRedirect(f"{reverse(layout.sign_in)}?next={quote(request.get_full_path())}")
    answer["Vary"] = "Sec-Fetch-Dest"
    return answer


def problem_response(request: HttpRequest, problem: Problem) -> HttpResponse:
    """A problem as the one who asked can read it: problem+json for the interface, a page for people."""
    if isinstance(problem, Unauthenticated) and shell_of(request) in LAYOUTS and shell_of(request) != "api":
        return to_sign_in(request)
    if shell_of(request) == "api" or "application/json" in request.headers.get("Accept", ""):
        response: HttpResponse = JsonResponse(
            problem.as_dict(),
            status=problem.status,
            content_type="application/problem+json",
            json_dumps_params={"ensure_ascii": False},
        )
    else:
        response = render(request, "kernel/problem.html", status=problem.status, problem=problem)
    if "retry_after" in problem.extra:
        response["Retry-After"] = str(problem.extra["retry_after"])
    return response


def mending(request: HttpRequest, bad: BadPack) -> HttpResponse:
    """A pack that cannot be read (503): staff read file, line and remedy; everybody else that it is being mended. The log has all."""
    lines = [fault.as_line() if isinstance(fault, Located) else fault.named for fault in bad.faults]
    log.error("a pack cannot be read: %s", "; ".join(lines[:20]))
    if shell_of(request) != "desk" or not who_of(request).signed_in:
        return problem_response(
            request,
            Mending.of(
                "",
                _("办事的规则正在修，一会儿就好"),
                _("请过一会儿再来；着急的事请打社区电话"),
                retry_after=300,
            ),
        )
    last = Fault("", _("这不是您填错了"), _("请系统管理员运行 baodao pack check，改好以后不用重启"))
    return problem_response(
        request, Mending(*(Fault("", line) for line in lines[:20]), last, retry_after=300)
    )


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler400."""
    return problem_response(
        request, Malformed.of("", _("提交的内容不完整或太大"), _("请返回上一页检查后重新提交"))
    )


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler403."""
    return problem_response(request, Refused.of("", _("您不能打开这一页"), _("请换一个岗位，或回到首页")))


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler404."""
    return problem_response(
        request, Missing.of("", _("这一页不存在，或者不对您开放"), _("请核对地址，或回到首页"))
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose protection token is missing or old."""
    return problem_response(
        request, Refused.of("", _("这个页面放得太久了"), _("请刷新页面后再提交，填过的内容浏览器会保留"))
    )


def broken(request: HttpRequest) -> HttpResponse:
    """Django's handler500: says that nothing was saved and how to reach a person; no details."""
    problem = Problem.of("", _("程序出了错，什么也没有保存"), _("请稍后再试；着急的事请打社区电话"))
    try:
        return problem_response(request, problem)
    except Exception:  # the layout itself may be what is broken
        return HttpResponse(problem.as_text(), status=500, content_type="text/plain; charset=utf-8")


def field_faults(problem: Invalid) -> dict[str, list[Any]]:
    """Faults by field name, for a form that is shown again with everything that was typed."""
    by_field: dict[str, list[Any]] = {}
    for fault in problem.faults:
        by_field.setdefault(fault.field, []).append(fault)
    return by_field
