"""The api shell: mounts every registered endpoint, its description, and the desk's page of tokens."""

import secrets
from collections.abc import Callable
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.act import new_key
from baodao.kernel.errors import Invalid, Problem, Unauthenticated
from baodao.kernel.http import Call, Endpoint, decode, decode_query, endpoints
from baodao.kernel.pages import field_faults, page, render, who_of
from baodao.kernel.typed import whole_number
from baodao.orgs.selectors import home_pack
from baodao.orgs.words import right_words
from baodao.people.door import act_from

from .door import act_of, authenticate
from .openapi import document
from .selectors import digest_of, tokens_of
from .services import issue, revoke
from .sync import desk as sync_desk
from .sync import endpoints as sync_endpoints

#: Pages and endpoints of leg sync register themselves when they are read.
__all__ = ["mount", "openapi", "sync_desk", "sync_endpoints", "tokens"]
PREFIX = "/api/v1/"


def _dispatch(table: dict[str, Endpoint]) -> Callable[..., HttpResponse]:
    def serve(request: HttpRequest, **parameters: Any) -> HttpResponse:
        endpoint = table[request.method or "GET"]
        who = authenticate(request)
        if not who.person and not endpoint.public:
            raise Unauthenticated.of("Authorization", _("这个接口要带令牌"), _("请在工作台“接口令牌”里签发"))
        request.who = who  # type: ignore[attr-defined]
        call = Call(act_of(request, who, endpoint), request)
        if endpoint.before is not None:
            endpoint.before(call)
        arguments: list[Any] = [call]
        if endpoint.body is not None:
            arguments.append(decode(request.body, endpoint.body))
        if endpoint.query is not None:
            arguments.append(decode_query(request, endpoint.query))
        answer = endpoint.do(*arguments, **parameters)
        return HttpResponse(
            msgspec.json.encode(answer), content_type="application/json", status=endpoint.status
        )

    return serve


def mount() -> None:
    """Register one page for each path; its methods are those of the endpoints there."""
    autodiscover_modules("api")
    tables: dict[str, dict[str, Endpoint]] = {}
    for endpoint in endpoints():
        tables.setdefault(endpoint.path, {})[endpoint.method] = endpoint
    for path, table in tables.items():
        first = next(iter(table.values()))
        page("api", path, name=first.name, methods=tuple(table))(_dispatch(table))


mount()


@page("api", "openapi.json", name="openapi", public=True, methods=("GET",))
def openapi(request: HttpRequest) -> HttpResponse:
    """The description of all operations."""
    return JsonResponse(document(PREFIX), json_dumps_params={"ensure_ascii": False})


def _rights_of(request: HttpRequest) -> list[tuple[str, str]]:
    """Rights of the post that a token may carry, with their words."""
    who = who_of(request)
    words, english = right_words(home_pack()), who.lang.startswith("en")
    codes = sorted({grant.right for grant in who.grants if not grant.right.startswith("*")})
    return [
        (code, (words[code].en if english else words[code].zh) if code in words else "") for code in codes
    ]


@page("desk", "tokens/", name="tokens", nav=(90, gettext_lazy("接口令牌")), right="api.token")
def tokens(request: HttpRequest) -> HttpResponse:
    """Tokens of other systems: issue (shown once), list, stop."""
    who, made, problem = who_of(request), "", None
    if request.method == "POST":
        by = act_from(request, command=request.POST.get("command") or new_key())
        try:
            if "revoke" in request.POST:
                revoke(by, handle=request.POST["revoke"])
                return HttpResponseRedirect(reverse("desk:tokens"))
            made = secrets.token_urlsafe(32)
            issue(
                by,
                digest=digest_of(made),
                title=request.POST.get("title", ""),
                rights=tuple(request.POST.getlist("rights")),
                days=whole_number(request.POST.get("days", "")) or 0,
            )
        except Problem as error:
            made, problem = "", error
    return render(
        request,
        "api/tokens.html",
        status=problem.status if problem else 200,
        rows=tokens_of(who.person),
        rights=_rights_of(request),
        made=made,
        problem=problem,
        faults=field_faults(problem) if isinstance(problem, Invalid) else {},
        typed=request.POST if problem else {},
        command=new_key(),
    )
