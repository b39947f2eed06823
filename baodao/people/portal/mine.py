"""A person's own pages, in both shells: my data, who looked, who can see me, sign-ins, consents, being
forgotten.

Every page is about `who.person` and takes nobody else's name: there is nothing to guess in an address."""

import json
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.act import new_key
from baodao.kernel.errors import Missing, Problem
from baodao.kernel.pages import Shell, View, page, render, who_of
from baodao.kernel.typed import whole_number
from baodao.people import normalise, ports, selectors
from baodao.people.declare import consent_kinds, in_language, purposes
from baodao.people.door import act_from, address_of, clock, key_of
from baodao.people.services import accounts, consent, identity, sign_in
from baodao.people.services.logs import log_security
from baodao.people.words import BROWSER_WORDS, EVENT_WORDS, FIELD_WORDS, fields_in_words

from .forms import again, back_to, command_of

EDITABLE = ("name", "phone", "email", "address", "contact_phone", "contact_email", "contact_note")
PAGE = 100


def both(where: str, *, name: str, nav: tuple[int, Any] | None = None, **more: Any) -> Callable[[View], View]:
    """Register a page under both shells."""

    def decorate(view: View) -> View:
        shells: tuple[Shell, ...] = ("portal", "desk")
        for shell in shells:
            page(shell, where, name=name, nav=nav if shell == "portal" else None, **more)(view)
        return view

    return decorate


@both("me/", name="me", nav=(80, gettext_lazy("我的资料")))
def me(request: HttpRequest) -> HttpResponse:
    """What is known of me, and the ways to the other pages."""
    who = who_of(request)
    held = {field.field: field for field in selectors.own_fields(who.person)}
    rows = [
        (code, word, held.get(code), normalise.local(code, held[code].value) if code in held else "")
        for code, word in FIELD_WORDS.items()
        if code in held or code in EDITABLE
    ]
    return render(
        request,
        "people/me.html",
        rows=rows,
        editable=EDITABLE,
        asked=selectors.erasure_asked(who.person),
        command=new_key("erase-ask"),
    )


@both("me/field/<str:field>/", name="me-field")
def change(request: HttpRequest, field: str) -> HttpResponse:
    """Change one field of mine. What I sign in by is changed by answering a code."""
    if field not in EDITABLE:
        raise Missing.of("", _("没有这一项"), _("请从“我的资料”进入"))
    who = who_of(request)
    held = next(
        (normalise.local(field, f.value) for f in selectors.own_fields(who.person) if f.field == field), ""
    )
    shown: dict[str, Any] = {
        "field": field,
        "word": FIELD_WORDS[field],
        "typed": request.POST.get("value", held),
        "coded": field in {"phone", "email"},
        "question": request.POST.get("question", "")[:64],
        "command": new_key("contact"),
    }
    if request.method != "POST":
        return render(request, "people/field.html", problem=None, **shown)
    try:
        return _change(request, field, shown)
    except Problem as problem:
        return again(request, "people/field.html", problem, **shown)


def _change(request: HttpRequest, field: str, shown: dict[str, Any]) -> HttpResponse:
    who, value = who_of(request), request.POST.get("value", "")
    if shown["coded"] and value.strip():
        contact = normalise.Contact(field, normalise.normal(field, value))
        if not shown["question"]:
            shown["question"] = sign_in.start_code("contact", contact, clock(), address_of(request))
            return render(request, "people/field.html", problem=None, **shown)
        sign_in.answer_code(
            "contact",
            shown["question"],
            contact,
            code=request.POST.get("code", ""),
            now=clock(),
            address=address_of(request),
        )
    by = act_from(request, command=command_of(request))
    identity.contact_set(by, field=field, value=value, question=shown["question"])
    log_security("contact.changed", clock(), person=who.person, detail=field)
    return back_to(request, "me")


@both("me/looked/", name="me-looked")
def looked(request: HttpRequest) -> HttpResponse:
    """Who looked at my information: office and post, when, why, what."""
    before = request.GET.get("before", "")
    rows = selectors.looks_at(who_of(request).person, whole_number(before) or 0, PAGE + 1)
    return render(request, "people/looked.html", looks=look_lines(request, rows[:PAGE]), more=next_of(rows))


def look_lines(request: HttpRequest, rows: list[Any]) -> list[dict[str, Any]]:
    """Access-log rows in words. The staff member's own name is not the matter: the office answers for the
    look."""
    posts = ports.post_words(row.post for row in rows)
    reasons, lang = purposes(), who_of(request).lang
    lines = []
    for row in rows:
        words, purpose = posts.get(row.post), reasons.get(row.purpose)
        lines.append(
            {
                "at": row.at,
                "office": words.office if words else (row.org or _("系统")),
                "post": words.title if words else (row.post and _("工作人员")),
                "what": fields_in_words(row.fields),
                "why": in_language(purpose.title, purpose.title_en, lang) if purpose else row.purpose,
                "about": row.subject.partition(":")[2] if row.subject.startswith("matter:") else "",
            }
        )
    return lines


def next_of(rows: list[Any]) -> int:
    """Where the following page begins; 0 at the end."""
    return int(rows[PAGE - 1].id) if len(rows) > PAGE else 0


@both("me/seers/", name="me-seers")
def seers(request: HttpRequest) -> HttpResponse:
    """Who can see my information now, and because of what."""
    # One line for one post that sees one kind of thing, however many of her matters it handles.
    groups: dict[tuple[str, str, str], list[str]] = {}
    for seer in ports.seers(who_of(request).person):
        groups.setdefault((seer.office, seer.post, seer.what), []).append(seer.why)
    return render(request, "people/seers.html", seers=groups.items())


@both("me/sign-ins/", name="me-sign-ins")
def sign_ins(request: HttpRequest) -> HttpResponse:
    """Where I am signed in; end a session, set a password."""
    who, problem, done = who_of(request), None, ""
    if request.method == "POST":
        try:
            done = _sign_ins_post(request)
        except Problem as found:
            problem = found
    account = selectors.account_of(who.account)
    context: dict[str, Any] = {
        "browsers": selectors.browsers(who.account, key_of(request), clock()),
        "events": selectors.events_of(who.person),
        "browser_words": BROWSER_WORDS,
        "event_words": EVENT_WORDS,
        "ask_old": selectors.has_password(who.account)
        and not selectors.came_by_code(key_of(request), clock()),
        "has_password": selectors.has_password(who.account),
        "factor_on": bool(account and account.totp_on),
        "done": done,
    }
    if problem is not None:
        return again(request, "people/sign_ins.html", problem, **context)
    return render(request, "people/sign_ins.html", problem=None, **context)


def _sign_ins_post(request: HttpRequest) -> str:
    who, now, how = who_of(request), clock(), request.POST.get("how", "")
    if how == "end":
        sign_in.close_browser(who.account, request.POST.get("mark", ""), who.person, now)
        return _("已经结束那一处登录")
    if how == "end_others":
        sign_in.close_others(who.account, key_of(request), who.person, now)
        return _("其他各处的登录都已结束")
    if how == "password":
        old, new = request.POST.get("old", ""), request.POST.get("new", "")
        accounts.set_password(who.account, old, new, key_of(request), now)
        return _("密码已设好，其他各处的登录都已结束")
    return ""


@both("me/consents/", name="me-consents")
def consents(request: HttpRequest) -> HttpResponse:
    """What I agreed to; each a switch."""
    who, kinds, done = who_of(request), consent_kinds(), False
    if request.method == "POST":
        yes = set(request.POST.getlist("yes"))
        choices = [consent.Choice(code, code in yes) for code in kinds]
        consent.consent(act_from(request, command=command_of(request)), choices=choices)
        done = True
    held = selectors.consents(who.person)
    rows = [
        {
            "code": code,
            "title": in_language(kind.title, kind.title_en, who.lang),
            "text": in_language(kind.text, kind.text_en, who.lang),
            "yes": code in held,
            "newer": code in held and held[code] != kind.version,
        }
        for code, kind in kinds.items()
    ]
    return render(request, "people/consents.html", rows=rows, done=done, command=new_key("consent"))


@both("me/forget/", name="me-forget", methods=("POST",))
def forget(request: HttpRequest) -> HttpResponse:
    """Ask to be forgotten, or take it back."""
    by = act_from(request, command=command_of(request))
    consent.erase_ask(by, ask=request.POST.get("ask", "yes") == "yes")
    return back_to(request, "me")


@both("me/data.json", name="me-data", methods=("POST",))
def data(request: HttpRequest) -> HttpResponse:
    """Everything about me as JSON. By POST: a link in a message must not be able to start it."""
    who = who_of(request)
    body = json.dumps(everything(request), ensure_ascii=False, indent=2, default=str)
    log_security("export.my_data", clock(), person=who.person)
    response = HttpResponse(body, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


def everything(request: HttpRequest) -> dict[str, Any]:
    """My fields, consents, sign-ins, who looked, and what each app adds."""
    who = who_of(request)
    return {
        "fields": {f.field: f.value for f in selectors.own_fields(who.person)},
        "consents": [
            {"what": c.what, "version": c.version, "given": c.given, "withdrawn": c.withdrawn}
            for c in selectors.consent_history(who.person)
        ],
        "signed_in": [
            {"browser": b.browser, "since": b.created, "last_day": b.seen}
            for b in selectors.browsers(who.account, key_of(request), clock())
        ],
        "who_looked": look_lines(request, selectors.looks_at(who.person, limit=10_000)),
        "who_can_see": [
            {"office": s.office, "post": s.post, "why": s.why, "what": s.what}
            for s in ports.seers(who.person)
        ],
        **ports.my_data(who.person),
    }


@page("desk", "me/post/", name="me-post", methods=("POST",))
def post(request: HttpRequest) -> HttpResponse:
    """Act in another of my posts."""
    who, wanted = who_of(request), request.POST.get("post", "")
    if wanted not in {p.code for p in who.posts}:
        raise Missing.of("post", _("您没有这个岗位"), _("请从列表中选择"))
    sign_in.choose_post(key_of(request), wanted, who.person, clock())
    return HttpResponseRedirect("/desk/", status=303)
