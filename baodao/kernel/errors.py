"""Problems: what the product says when it cannot do a thing. Each names field, reason and remedy in the
reader's language (RFC 9457)."""

from typing import Any, ClassVar

import msgspec
from django.utils.translation import gettext_lazy as _


class Fault(msgspec.Struct, frozen=True):
    """One thing that is wrong: `field` (form or column name, "" for the whole), `reason`, `remedy`, and the field's own words, `label`,
    where the form has them (""); `href`, the address of a page on which one can see it (""). Strings, already translated."""

    field: str
    reason: str
    remedy: str = ""
    label: str = ""
    href: str = ""

    @property
    def named(self) -> str:
        """The reason behind the field's words: for a summary that stands apart from its fields."""
        return (
            _("%(label)s：%(reason)s") % {"label": self.label, "reason": self.reason}
            if self.label
            else self.reason
        )


class Problem(Exception):
    """Base of all refusals that a person should read. `status` is the HTTP status, `code` the last part of
    the problem's type."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "problem"
    title: ClassVar[Any] = _("没有办成")

    def __init__(self, *faults: Fault, **extra: Any) -> None:
        super().__init__(*faults)
        self.faults = faults
        self.extra = extra

    @classmethod
    def of(cls, field: str, reason: Any, remedy: Any = "", **extra: Any) -> "Problem":
        """A problem with a single fault; lazy translations are resolved now, in the reader's language."""
        return cls(Fault(field, str(reason), str(remedy)), **extra)

    def as_text(self) -> str:
        """Lines for a terminal."""
        lines = [str(self.title)]
        for fault in self.faults:
            head = f"{fault.field}: " if fault.field else ""
            lines.append(f"  {head}{fault.named}" + (f"  → {fault.remedy}" if fault.remedy else ""))
        return "\n".join(lines)

    def as_dict(self) -> dict[str, Any]:
        """The body of application/problem+json (RFC 9457) with `faults` as extension member."""
        return {
            "type": f"urn:baodao:problem:{self.code}",
            "title": str(self.title),
            "status": self.status,
            "detail": "; ".join(fault.named for fault in self.faults),
            "faults": [msgspec.to_builtins(fault) for fault in self.faults],
            **self.extra,
        }

    def __str__(self) -> str:
        return self.as_text()


class Invalid(Problem):
    """Bad input (422)."""

    status, code, title = 422, "invalid", _("有几处要改一下")


class Malformed(Problem):
    """A request that cannot be read at all (400)."""

    status, code, title = 400, "malformed", _("这个请求读不懂")


class Refused(Problem):
    """Not allowed (403)."""

    status, code, title = 403, "refused", _("您没有办这件事的权限")


class Unauthenticated(Problem):
    """Nobody is signed in (401)."""

    status, code, title = 401, "unauthenticated", _("请先登录")


class Missing(Problem):
    """Not there, or not to be seen (404): the two are not told apart."""

    status, code, title = 404, "missing", _("没有找到")


class Conflict(Problem):
    """An illegal move: says what happened meanwhile (409)."""

    status, code, title = 409, "conflict", _("事情已经有了变化")


class KeyReused(Problem):
    """Same command key, other body (422)."""

    status, code, title = 422, "key-reused", _("这个提交编号已经用过")


class TooMany(Problem):
    """Rate limit (429); `retry_after` seconds in extra."""

    status, code, title = 429, "too-many", _("请稍后再试")


class TooLarge(Problem):
    """Upload or sheet over its limit (413)."""

    status, code, title = 413, "too-large", _("文件太大")


class Mending(Problem):
    """What the service goes by is broken and being mended; nothing was written (503)."""

    status, code, title = 503, "mending", _("这里的服务正在修，什么也没有保存")


class Busy(Problem):
    """The database or disk cannot take the write now; nothing was written (503)."""

    status, code, title = 503, "busy", _("现在办不了，什么也没有保存，请稍后再提交一次")
