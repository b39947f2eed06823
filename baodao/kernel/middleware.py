"""The one middleware of the floor: headers, language, and problems as answers."""

from collections.abc import Callable

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from .declare.report import BadPack
from .errors import Busy, Problem
from .pages import DONE, mending, problem_response, shell_of, who_of
from .verbs import watch

# No inline script or style anywhere; pictures also as blob for the preview before an upload.
CSP = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; script-src 'self'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=(), usb=()",
}


#: Changing who one is, or leaving, is seen from what comes next.
SILENT = frozenset({"sign-out", "me-post"})


def _tell(request: HttpRequest, response: HttpResponse, done: bool) -> None:
    """A form that wrote something and leads on marks the page that comes next: it says so once (see the layouts). The mark is a
    cookie of half a minute that holds nothing."""
    if request.method == "POST" and done and response.status_code in {302, 303}:
        match = getattr(request, "resolver_match", None)
        if (
            shell_of(request) != "api"
            and who_of(request).signed_in
            and match
            and match.url_name not in SILENT
        ):
            response.set_cookie(
                DONE, "1", max_age=30, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
            )
    elif DONE in request.COOKIES and response.headers.get("Content-Type", "").startswith("text/html"):
        response.delete_cookie(DONE, samesite="Lax")


class Floor:
    """Outermost. Pages that carry people's data are never kept by shared caches."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        lang = self._language(request)
        done = watch()
        with translation.override(lang):
            response = self.get_response(request)
        _tell(request, response, bool(done))
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Language", lang)
        if "Cache-Control" not in response.headers and not request.path.startswith(
            f"/{settings.STATIC_URL.strip('/')}/"
        ):
            response.headers["Cache-Control"] = "no-store"
        if settings.SECURE_HSTS_SECONDS:
            response.headers.setdefault(
                "Strict-Transport-Security", f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains"
            )
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Problems become answers; a database that is away or locked becomes 503 with a clear word."""
        if isinstance(error, Problem):
            return problem_response(request, error)
        if isinstance(error, BadPack):
            return mending(request, error)
        if isinstance(error, (OperationalError, InterfaceError)):
            return problem_response(
                request,
                Busy.of("", _("数据库暂时不可用"), _("请稍后再试，同一页面再提交不会重复"), retry_after=5),
            )
        return None

    @staticmethod
    def _language(request: HttpRequest) -> str:
        chosen = request.COOKIES.get("lang", "")
        known = {code for code, _name in settings.LANGUAGES}
        if chosen in known:
            return chosen
        first = request.headers.get("Accept-Language", "").split(",")[0].strip().lower()
        return "en" if first.startswith("en") else "zh-hans"
