"""Endpoints of the machine's interface: apps register typed functions, the api shell mounts, guards and documents them.

    @endpoint("POST", "matters/", name="matter.open", summary=_("…"), body=OpenBody, result=Opened, status=201)
    def open_(call: Call, body: OpenBody) -> Opened: ...

Bodies and answers are msgspec Structs: what OpenAPI 3.1 tells is what is checked.
"""

import re
from collections.abc import Callable
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from django.http import HttpRequest
from django.utils.translation import gettext as _

from .act import Act
from .errors import Fault, Invalid, Malformed, TooLarge
from .type_words import reason_of

LARGEST_BODY = 1_048_576
#: A code in a query or a body, "" for none: of an organization, a kind, a place. None of ours is longer.
Word = Annotated[str, msgspec.Meta(max_length=48, pattern=r"^[\w.\-]*$")]
#: The sign that no text of ours holds, as JSON spells it: behind an even number of backslashes.
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


class Call(msgspec.Struct, frozen=True):
    """What an endpoint gets first: the Act (its `command` is the Idempotency-Key) and Django's request."""

    by: Act
    request: Any


Row = TypeVar("Row")


class Paged(msgspec.Struct, Generic[Row], frozen=True):
    """One page of a list. ``next`` names the page that follows, for the list's own query (`after` or `before`); "" on the last one."""

    rows: list[Row]
    next: str


class Endpoint(msgspec.Struct, frozen=True):
    """One registered operation. `path` in Django's syntax below the shell's prefix; `query` a Struct of optional strings and numbers."""

    method: str
    path: str
    name: str
    summary: Any
    do: Any
    body: Any = None
    query: Any = None
    result: Any = None
    status: int = 200
    public: bool = False
    errors: tuple[int, ...] = ()
    raw: bool = False
    """The body is a file as it is: the function reads it from the request."""
    before: Callable[[Call], None] | None = None
    """Asked with the body unread: may refuse it for what no type says."""


_endpoints: dict[tuple[str, str], Endpoint] = {}


def endpoint(
    method: str,
    path: str,
    *,
    name: str,
    summary: Any,
    body: Any = None,
    query: Any = None,
    result: Any = None,
    status: int = 200,
    public: bool = False,
    errors: tuple[int, ...] = (),
    raw: bool = False,
    before: Callable[[Call], None] | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register an operation; the function is called as `do(call, [body], [query], **path parameters)`."""

    def decorate(do: Callable[..., Any]) -> Callable[..., Any]:
        key = (path, method)
        if key in _endpoints:
            raise TypeError(f"{method} {path} is registered twice")
        _endpoints[key] = Endpoint(
            method, path, name, summary, do, body, query, result, status, public, errors, raw, before
        )
        return do

    return decorate


def endpoints() -> list[Endpoint]:
    """All operations by path and method."""
    return [_endpoints[key] for key in sorted(_endpoints)]


_AT = re.compile(r" - at `\$?\.?([^`]*)`$")


def decode(raw: bytes, kind: Any) -> Any:
    """A JSON body as its Struct; Invalid names the field, Malformed says that it is no JSON at all."""
    if len(raw) > LARGEST_BODY:
        raise TooLarge.of("", _("内容超过 1 MB"), _("请分几次提交"))
    if _NUL.search(raw):
        raise Malformed.of("", _("内容里有看不见的字符（NUL）"), _("请删掉后重新提交"))
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.ValidationError as error:
        raise Invalid(fault_of(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed.of("", _("内容不是有效的 JSON"), _("请按接口文档的格式提交")) from None


def decode_query(request: HttpRequest, kind: Any) -> Any:
    """Query parameters as a Struct; unknown names are refused, so that a mistyped filter never means "all"."""
    try:
        return msgspec.convert(dict(request.GET.items()), kind, strict=False)
    except msgspec.ValidationError as error:
        raise Invalid(fault_of(error)) from None


def fault_of(error: msgspec.ValidationError) -> Fault:
    """msgspec's message, told as field, reason and remedy."""
    text = str(error)
    found = _AT.search(text)
    field = found.group(1) if found else ""
    return Fault(field, reason_of(_AT.sub("", text)), _("请按接口文档改正后再提交"))
