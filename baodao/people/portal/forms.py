"""What the pages share: safe ways back, command keys, forms that are shown again with what was typed."""

from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from baodao.kernel.act import new_key
from baodao.kernel.errors import Problem
from baodao.kernel.pages import render, shell_of, who_of

DEMO_SALT = "baodao.people.demo"


def onward(request: HttpRequest) -> str:
    """The local page to go to after signing in; "" when none was asked for or it leads elsewhere."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    local = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if local and not wanted.startswith("/sign-in/") else ""


def home(request: HttpRequest) -> str:
    """Where somebody without a wish goes: staff to the desk, residents to the portal."""
    return "/desk/" if who_of(request).staff else "/"


def here(request: HttpRequest, name: str, **kwargs: Any) -> str:
    """The address of one of our pages inside the shell that serves this request."""
    return reverse(f"{shell_of(request)}:{name}", kwargs=kwargs or None)


def back_to(request: HttpRequest, name: str, **kwargs: Any) -> HttpResponseRedirect:
    """Answer a form that did its work: 303 to one of our pages."""
    return HttpResponseRedirect(here(request, name, **kwargs), status=303)


def command_of(request: HttpRequest) -> str:
    """The idempotency key that the page put into its form."""
    return request.POST.get("command", "")[:200] or new_key()


def again(request: HttpRequest, template: str, problem: Problem, **context: Any) -> HttpResponse:
    """The same form with what is wrong; status as the problem's."""
    answer = render(request, template, status=problem.status, problem=problem, **context)
    if "retry_after" in problem.extra:
        answer["Retry-After"] = str(problem.extra["retry_after"])
    return answer


def demo_path(person: str, *, post: str = "", to: str = "") -> str:
    """The path of a one-click sign-in (demonstrations only): signed, without end."""
    token = signing.dumps({"p": person, "o": post, "n": to}, salt=DEMO_SALT, compress=True)
    return reverse("portal:demo-sign-in", kwargs={"token": token})
