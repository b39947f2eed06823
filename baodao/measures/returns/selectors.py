"""Reads of returns: what is due, what there is, one with its cells. Rendering is pure: the same values give the same bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from typing import Literal

import msgspec
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from baodao.kernel.act import Act
from baodao.kernel.declare import get_pack
from baodao.kernel.errors import Missing
from baodao.kernel.evidence import open_evidence
from baodao.kernel.tables.forms import Place, SheetForm, fill_sheet, fill_word, read_sheet
from baodao.kernel.tables.forms.sheet import number as column_number
from baodao.kernel.tables.forms.word import EACH
from baodao.kernel.typed import day_in, whole_number
from baodao.ledger.models import Fact
from baodao.ledger.selectors import facts_of, texts_of
from baodao.orgs.selectors import forest, pack_of, today

from .declare import ReturnForm
from .filling import Value, period_of
from .fits import pack_file
from .fold import Frozen, Hand, State, fold
from .models import Copy, Form, Return
from .policies import READ, may, readable

_HELD = msgspec.json.Decoder(list[Value])


class Found(msgspec.Struct):
    """A form, its file, and the digest of both."""

    code: str
    form: ReturnForm
    raw: bytes

    @property
    def digest(self) -> str:
        """SHA-256 of mapping and file."""
        return hashlib.sha256(msgspec.json.encode(self.form, order="sorted") + self.raw).hexdigest()


class Typed(msgspec.Struct, frozen=True):
    """What a hand wrote, why, and in which post on which day."""

    text: str
    reason: str
    hand: Hand


class Due(msgspec.Struct, frozen=True):
    """One form that an organization hands in for one period; ``number`` "" when it was not begun."""

    code: str
    title: str
    asks: str
    org: str
    first: date
    last: date
    due: date
    number: str = ""
    state: Literal["", "draft", "frozen"] = ""
    version: int = 0


# ── forms ───────────────────────────────────────────────────────────────────────────────────────────────


def forms_of(org: str, lang: str = "zh-hans") -> dict[str, ReturnForm]:
    """Forms that an organization hands in: the pack's for its level, then those that it was given, by code. At most three
    statements."""
    node = forest().nodes.get(org)
    pack = get_pack(pack_of(org))
    held = pack.many(ReturnForm, lang).items()
    found = {code: form for code, form in held if node and (not form.levels or node.level in form.levels)}
    return found | given_forms(
        list(Form.objects.filter(org=org).order_by("code").values_list("code", flat=True))
    )


def given_forms(codes: Collection[str]) -> dict[str, ReturnForm]:
    """Uploaded forms by code. Two statements, none for none."""
    told = facts_of([f"form:{code}" for code in codes])
    texts = texts_of([fact.id for fact in told])
    found = {}
    for fact in told:
        if (mapping := texts.get(fact.id, {}).get("mapping")) is not None:
            found[fact.subject.partition(":")[2]] = msgspec.json.decode(mapping, type=ReturnForm)
    return found


def form_of(org: str, code: str, lang: str = "zh-hans") -> Found:
    """One form with its file. Raises Missing."""
    form = forms_of(org, lang).get(code)
    if form is None:
        raise Missing.of("form", _("没有这张表，或它不归这个单位报"), _("请从列表里选"))
    row = Form.objects.filter(code=code).first()
    if row is None:
        return Found(code, form, pack_file(get_pack(pack_of(org)), form.file))
    with open_evidence(row.file) as file:
        return Found(code, form, file.read())


# ── lists ───────────────────────────────────────────────────────────────────────────────────────────────


def visible_to(by: Act) -> QuerySet[Return]:
    """Returns of organizations that this one reads."""
    return Return.objects.filter(org__in=readable(by))


def listed(by: Act, org: str, before: str = "", limit: int = 51) -> list[Return]:
    """Returns of one organization, the latest period first; ``before``: behind "last|number", if it is that. One statement."""
    rows = visible_to(by).filter(org=org)
    last, _sep, number = before.partition("|")
    if number and (day := day_in(last)) is not None:
        rows = rows.filter(last__lt=day) | rows.filter(last=day, number__lt=number)
    return list(rows.order_by("-last", "-number")[:limit])


def dues_of(by: Act, org: str, source: str, day: date, lang: str = "zh-hans") -> list[Due]:
    """What this organization hands in on a day: of each rhythmic form the period that ended last, and older ones that were begun and
    not signed. The first due first. At most five statements."""
    found, begun = [], {}
    for row in Return.objects.filter(org=org, source=source):
        begun[row.form, row.first] = row
    for code, form in forms_of(org, lang).items():
        if not form.every:
            continue
        period = period_of(form.every, period_of(form.every, day).first - timedelta(days=1))
        if form.since is not None and period.first < form.since:
            continue
        held = begun.pop((code, period.first), None)
        until = period.last + timedelta(days=form.within)
        found.append(
            Due(
                code, form.title, form.asks, org, period.first, period.last, held.due or until if held else until,
                held.number if held else "", held.state if held else "", held.version if held else 0,  # type: ignore[arg-type]
            )
        )  # fmt: skip
    return sorted(found, key=lambda one: (one.state == "frozen", one.due, one.code))


# ── one ─────────────────────────────────────────────────────────────────────────────────────────────────


def state_of(number: str) -> State | None:
    """A return as its facts left it. One statement."""
    return fold(facts_of(f"return:{number}", effective=False))


def see(by: Act, number: str) -> State:
    """One return that this reader may see. Raises Missing: what is not there and what is not hers are not told apart."""
    state = state_of(number)
    if state is None or not may(by, READ, state.org, number):
        raise Missing.of("number", _("没有这张报表，或它不对您开放"), _("请从列表里选"))
    return state


def values_of(fact: int) -> list[Value]:
    """What the machine said; none when the text was erased. One statement."""
    text = texts_of([fact]).get(fact, {}).get("cells")
    return _HELD.decode(text) if text else []


def typed_of(hands: Mapping[str, Hand]) -> dict[str, Typed]:
    """What hands wrote, by key. One statement."""
    texts = texts_of([hand.fact for hand in hands.values()])
    return {
        key: Typed(
            texts.get(hand.fact, {}).get("value", ""), texts.get(hand.fact, {}).get("reason", ""), hand
        )
        for key, hand in hands.items()
    }


def reason_of(fact: int) -> str:
    """Why a version was corrected."""
    return texts_of([fact]).get(fact, {}).get("reason", "") if fact else ""


def contents(values: Iterable[Value], typed: Mapping[str, Typed]) -> dict[str, str]:
    """Key → what the cell says: what a hand wrote, else the machine."""
    return {one.key: one.text for one in values} | {key: one.text for key, one in typed.items()}


def digest_of(form: str, values: Iterable[Value], typed: Mapping[str, Typed]) -> str:
    """SHA-256 of all that stands in the cells and of the form: what two persons sign."""
    hands = {key: [one.text, one.reason] for key, one in typed.items()}
    return hashlib.sha256(msgspec.json.encode([form, list(values), hands], order="sorted")).hexdigest()


def rendered(found: Found, said: Mapping[str, str], source: str) -> bytes:
    """The form with these contents. Pure; simulated figures are marked on the file itself."""
    with translation.override("zh-hans"):  # whoever renders it: the bytes are the same
        mark = _("模拟数据") if source == "simulated" else ""
    if not found.form.word:
        values = {place: text for key, text in said.items() if (place := place_of(key)) is not None}
        return fill_sheet(found.raw, values, mark)
    plain = {
        key[2:]: text
        for key, text in said.items()
        if key.startswith("w:") and not key.startswith(f"w:{EACH}")
    }
    lines: dict[str, dict[str, str]] = {}
    for key, text in said.items():
        if key.startswith(f"w:{EACH}"):
            name, _sep, org = key[2:].rpartition(":")
            lines.setdefault(org, {})[name] = text
    return fill_word(found.raw, plain, [lines[org] for org in sorted(lines)], mark)


def place_of(key: str) -> Place | None:
    """ "1:B5" → its place; None for what is no cell."""
    sheet, _sep, cell = key.partition(":")
    letters = cell.rstrip("0123456789")
    at, row = whole_number(sheet), whole_number(cell[len(letters) :])
    return None if at is None or row is None or not letters else Place(at, row, column_number(letters))


def free_key(found: Found, key: str) -> str:
    """The same key when a hand may write there; "" else: merged away, a formula, not of this form."""
    if found.form.word:
        return key if key.startswith("w:") else ""
    place, sheet = place_of(key), read_sheet(found.raw)
    inside = place is not None and 1 <= place.sheet <= len(sheet.titles) and place.row <= 9999
    return key if place and inside and sheet.anchor(place) == place and place not in sheet.formulas else ""


def sheet_of(found: Found) -> SheetForm | None:
    """The Excel form as read; None for a Word file."""
    return None if found.form.word else read_sheet(found.raw)


def version_of(state: State, version: int) -> Frozen:
    """One signed version. Raises Missing."""
    found = next((one for one in state.copies if one.version == version), None)
    if found is None:
        raise Missing.of("version", _("没有这一版定稿"), _("请从列表里选"))
    return found


def before(by: Act, number: str, state: State) -> tuple[str, dict[str, str]]:
    """(number, contents) of the same form for the period before, as it was signed last; ("", {}) without."""
    row = (
        visible_to(by)
        .filter(org=state.org, form=state.form, source=state.source, last__lt=state.first)
        .exclude(number=number)
        .order_by("-last")
        .first()
    )
    if row is None or (held := state_of(row.number)) is None or not held.copies:
        return "", {}
    last = held.copies[-1]
    return row.number, contents(values_of(last.filled), typed_of(last.hands))


def holds(digests: Collection[str]) -> set[str]:
    """Which of these files a return or a form keeps."""
    wanted = list(digests)
    kept = set(Copy.objects.filter(file__in=wanted).values_list("file", flat=True))
    return kept | set(Form.objects.filter(file__in=wanted).values_list("file", flat=True))


def numbers() -> list[str]:
    """All returns that the ledger knows, in order."""
    rows = Fact.objects.filter(kind="return.filled").order_by("id").values_list("subject", flat=True)
    return list(dict.fromkeys(subject.partition(":")[2] for subject in rows))


__all__ = ["Due", "Found", "Typed", "digest_of", "dues_of", "form_of", "rendered", "see", "state_of", "today"]
