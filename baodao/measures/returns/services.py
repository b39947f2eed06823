"""Every write to returns. The machine fills at a position; a hand may write any cell and says why; two persons sign the very bytes that
are kept; a correction is a new version beside the old, signed by two again."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

import msgspec
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from baodao.dues.services import note
from baodao.kernel.act import Act
from baodao.kernel.declare import get_pack
from baodao.kernel.errors import Conflict, Invalid, Missing, Refused
from baodao.kernel.evidence import open_evidence, ref_of
from baodao.kernel.evidence.content import DOCX, XLSX
from baodao.kernel.text import find_private
from baodao.kernel.verbs import Tx, lock, verb
from baodao.ledger.selectors import position
from baodao.orgs.powers.seconds import agreed_post
from baodao.orgs.selectors import forest, pack_of

from . import facts
from .declare import ReturnForm
from .filling import Filling, named
from .fits import faults, unknown
from .fold import State
from .models import Copy, Form, Return
from .owed import met_by, mets
from .policies import CORRECT, FILL, FORM, SIGN, TAKE, subject_of
from .selectors import (
    contents,
    digest_of,
    form_of,
    free_key,
    reason_of,
    rendered,
    state_of,
    typed_of,
    values_of,
    version_of,
)

_LOCK = 0x5245544E  # "RETN"
ORIGINS = ("live", "simulated")
MOST_WORDS = 500


class Wish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be filled: a form of an organization for the days from ``first`` to ``last``; ``source``: of which origin the figures
    are; ``due``: by when, where the form has no rhythm."""

    org: str
    form: str
    first: date
    last: date
    source: str = "live"
    due: date | None = None


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A cell written by hand; ``value`` "" takes the hand away."""

    key: str
    value: str
    reason: str = ""


@verb("return.fill")
def fill(tx: Tx, by: Act, *, wish: Wish, number: str = "") -> str:
    """The machine fills all cells that it knows, at the present position: a new return, or (``number``) the draft anew; what hands wrote
    stays. Gives the number. Raises Invalid, Missing, Conflict when there is one already, Refused."""
    tx.ask(FILL, subject_of(wish.org, number))
    lock(_LOCK)
    _sound(wish)
    found, held = form_of(wish.org, wish.form), None
    if number:
        held = _draft(number, wish.org)
        if (held.form, held.first, held.last, held.source) != (wish.form, wish.first, wish.last, wish.source):
            raise Conflict.of("number", _("这张报表不是这一期的"), _("请刷新页面"))
    elif row := Return.objects.filter(
        org=wish.org, form=wish.form, first=wish.first, last=wish.last, source=wish.source
    ).first():
        raise Conflict.of("form", _("这一期已经填了：%(number)s") % {"number": row.number}, _("请打开那一张"))
    at, period = position(), named(wish.first, wish.last)
    with translation.override("zh-hans"):
        asked = Filling(by, found.form, wish.org, period, origin=wish.source, position=at)
        values = asked.values(found.raw)
    version = held.version if held else 1
    number = number or f"BB-{by.noted.year}-{tx.number('return'):06}"
    data = facts.Filled(
        form=wish.form, digest=found.digest, first=wish.first.isoformat(), last=wish.last.isoformat(), position=at,
        version=version, cells=len(values), blank=sum(not one.text for one in values), source=wish.source,
        due=wish.due.isoformat() if wish.due else "",
    )  # fmt: skip
    cells = msgspec.json.encode(values).decode()
    _tell(tx, number, wish.org, data, {"cells": cells})
    state = held or State(wish.org, wish.form, wish.first, wish.last, wish.source, by.origin)
    state.position, state.due = at, wish.due or state.due
    tx.upsert(Return, ("number",), **columns(number, state))
    return number


@verb("return.write")
def write(tx: Tx, by: Act, *, number: str, cells: list[Words]) -> str:
    """Cells of a draft written by hand, each with its reason; what the machine said stays beside."""
    state = _of(number)
    tx.ask(FILL, subject_of(state.org, number))
    lock(_LOCK)
    _draft(number, state.org)
    found = form_of(state.org, state.form)
    for place, one in enumerate(cells):
        if not free_key(found, one.key):
            raise Invalid.of(
                f"cells[{place}].key", _("这一格不能手填：没有、被合并，或是公式"), _("请从表里选一格")
            )
        gone = not one.value.strip()
        if not gone:
            _check(f"cells[{place}]", one)
        texts = {} if gone else {"value": one.value.strip(), "reason": one.reason.strip()}
        _tell(tx, number, state.org, facts.Written(one.key, state.version, gone), texts)
    tx.upsert(Return, ("number",), **columns(number, state))
    return number


@verb("return.sign")
def sign(tx: Tx, by: Act, *, number: str, file: str, digest: str) -> str:
    """Sign a draft as it stands: ``digest`` of what is in it, ``file`` the evidence that is frozen. Needs a second person, who signs the
    same bytes. Raises Conflict when anything changed meanwhile, Refused without a second person."""
    state = _of(number)
    tx.ask(SIGN, subject_of(state.org, number))
    lock(_LOCK)
    _draft(number, state.org)
    if not (second := agreed_post()):
        raise Refused.of("", _("报表要两个人签"), _("请在 powers.toml 里把 return.sign 写成要两个人"))
    found = form_of(state.org, state.form)
    values, typed = values_of(state.filled), typed_of(state.hands)
    if found.digest != state.digest or digest != digest_of(found.digest, values, typed):
        raise Conflict.of("", _("签的时候内容已经变了，没有签"), _("请打开报表，看过再签"))
    body = rendered(found, contents(values, typed), state.source)
    if hashlib.sha256(body).hexdigest() != file or ref_of(file).size != len(body):
        raise Conflict.of("file", _("要签的文件和表里的内容对不上"), _("请刷新页面再签"))
    old = state.copies[-1] if state.copies else None
    day = timezone.localdate(by.happened)
    meets = old.meets if old else met_by(state, found.form.every, day)
    met_on = old.met_on if old else day.isoformat() if meets else ""
    data = facts.Signed(state.version, file, digest, state.position, second, meets, met_on)
    _tell(tx, number, state.org, data, {}, supersedes=old.fact if old else None)
    if old is None:
        note(tx, mets(number, state.org, day, meets))
    state.state = "frozen"
    tx.upsert(Return, ("number",), **columns(number, state))
    tx.insert(
        Copy, number=number, version=state.version, file=file, signed=by.happened, post=by.post, second=second
    )
    return number


@verb("return.correct")
def correct(tx: Tx, by: Act, *, number: str, reason: str) -> str:
    """Begin a new version beside the signed one; the reason stands on every page of both."""
    state = _of(number)
    tx.ask(CORRECT, subject_of(state.org, number))
    lock(_LOCK)
    if state.state != "frozen":
        raise Conflict.of("number", _("这张报表还没有定稿，直接改就行"), _("请刷新页面"))
    if not reason.strip() or len(reason) > MOST_WORDS:
        raise Invalid.of("reason", _("要写更正的原因"), _("一两句话，写在 %(n)d 字以内") % {"n": MOST_WORDS})
    state.version, state.state = state.version + 1, "draft"
    _tell(tx, number, state.org, facts.Corrected(state.version), {"reason": reason.strip()})
    tx.upsert(Return, ("number",), **columns(number, state))
    return number


@verb("return.take")
def take(tx: Tx, by: Act, *, number: str, version: int) -> str:
    """Take a frozen copy: whoever took one hears of its correction. Gives the file's digest."""
    state = _of(number)
    tx.ask(TAKE, subject_of(state.org, number))
    copy = version_of(state, version)
    if (version, by.post) not in state.taken:
        _tell(tx, number, state.org, facts.Taken(version), {})
    return copy.file


@verb("return.drop")
def drop(tx: Tx, by: Act, *, number: str) -> str:
    """Give up a draft that was never signed, or the version that was begun: what was signed stands."""
    state = _of(number)
    tx.ask(FILL, subject_of(state.org, number))
    lock(_LOCK)
    state = _draft(number, state.org)
    _tell(tx, number, state.org, facts.Dropped(state.version), {})
    if not state.copies:
        tx.delete(Return, number=number)
        return number
    last = state.copies[-1]
    state.version, state.state, state.position = last.version, "frozen", last.position
    tx.upsert(Return, ("number",), **columns(number, state))
    return number


@verb("return.form")
def give_form(tx: Tx, by: Act, *, org: str, file: str, form: ReturnForm) -> str:
    """A form that came from above, with its mapping: gives its code. Raises Invalid naming every cell that does not fit."""
    tx.ask(FORM, subject_of(org))
    if org not in forest():
        raise Invalid.of("org", _("没有这个组织"), _("请从列表里选"))
    ref = ref_of(file)
    if ref.media_type not in (XLSX, DOCX):
        raise Invalid.of("file", _("要 Excel（.xlsx）或 Word（.docx）"), _("请另存后再传"))
    if find_private(form.title):
        raise Invalid.of("title", _("名称里不能有电话和证件号"), _("请删去"))
    form = msgspec.structs.replace(form, file="form.docx" if ref.media_type == DOCX else "form.xlsx")
    with open_evidence(file) as held:
        raw = held.read()
    wrong = [one for one in (*faults(form, raw), *unknown(get_pack(pack_of(org)), form)) if one.hard]
    if wrong:
        from baodao.kernel.errors import Fault as Said

        raise Invalid(*(Said(f"cell.{one.at}", f"{one.at}：{one.reason}", one.remedy) for one in wrong[:50]))
    code = f"bf-{tx.number('form'):06}"
    mapping = msgspec.json.encode(form, order="sorted").decode()
    tx.fact(facts.Formed(file), subject=f"form:{code}", org=org, level=1, texts={"mapping": mapping})
    tx.insert(Form, code=code, org_id=org, file=file, origin=by.origin)
    return code


# ── shared steps ────────────────────────────────────────────────────────────────────────────────────────


def columns(number: str, state: State) -> dict[str, Any]:
    """A return as model columns."""
    return {
        "number": number, "org_id": state.org, "form": state.form, "first": state.first, "last": state.last,
        "source": state.source, "due": state.due, "version": state.version, "state": state.state, "position": state.position,
    }  # fmt: skip


def prepared(state: State) -> tuple[bytes, str]:
    """What two persons would sign now: the bytes, and the digest of what stands in them. Raises Conflict when the form changed."""
    found = form_of(state.org, state.form)
    if found.digest != state.digest:
        raise Conflict.of("", _("表样或对应关系改过了"), _("请先重新填一次"))
    values, typed = values_of(state.filled), typed_of(state.hands)
    return rendered(found, contents(values, typed), state.source), digest_of(found.digest, values, typed)


def why_of(state: State) -> str:
    """Why the present version was begun."""
    return reason_of(state.reason)


def _of(number: str) -> State:
    state = state_of(number)
    if state is None:
        raise Missing.of("number", _("没有这张报表，或它不对您开放"), _("请从列表里选"))
    return state


def _draft(number: str, org: str) -> State:
    state = _of(number)
    if state.org != org:
        raise Missing.of("number", _("没有这张报表，或它不对您开放"), _("请从列表里选"))
    if state.state != "draft":
        raise Conflict.of("number", _("这张报表已经定稿"), _("要改，请先写更正的原因，另起一版"))
    return state


def _sound(wish: Wish) -> None:
    if wish.source not in ORIGINS:
        raise Invalid.of("source", _("报表只用实时的或模拟的数据"), _("写 live 或 simulated"))
    if not date(1990, 1, 1) <= wish.first <= wish.last <= date(2200, 1, 1):
        raise Invalid.of("first", _("时间段写法不对"), _("例如 2026-10、2026-Q3"))


def _check(where: str, one: Words) -> None:
    if not one.reason.strip():
        raise Invalid.of(f"{where}.reason", _("手填要写理由"), _("写数字从哪里来，一句话"))
    if len(one.value) > MOST_WORDS or len(one.reason) > MOST_WORDS:
        raise Invalid.of(f"{where}.value", _("太长"), _("请写在 %(n)d 字以内") % {"n": MOST_WORDS})
    if find_private(one.value) or find_private(one.reason):
        raise Invalid.of(f"{where}.value", _("这里不能写电话和证件号"), _("请删去"))


def _tell(
    tx: Tx,
    number: str,
    org: str,
    data: msgspec.Struct,
    texts: dict[str, str],
    *,
    supersedes: int | None = None,
) -> None:
    tx.fact(data, subject=f"return:{number}", org=org, level=1, texts=texts, supersedes=supersedes)
