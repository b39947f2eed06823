"""The one middleware of the floor: headers, language, and problems as answers."""

from collections.abc import Callable

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from .errors import Busy, Problem
from .pages import problem_response

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


class Floor:
    """Outermost. Pages that carry people's data are never kept by shared caches."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        lang = self._language(request)
        with translation.override(lang):
            response = self.get_response(request)
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
