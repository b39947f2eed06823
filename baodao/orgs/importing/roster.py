"""The template of people: staff and residents on the rosters of organizations. Names and contacts go sealed into the
vault; what is exported is read for a purpose and logged."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from msgspec.structs import replace

from baodao.kernel.act import Act
from baodao.kernel.errors import Invalid
from baodao.kernel.tables import Bad, Cell, Column, Given, Verdicts, as_code, as_text, choice
from baodao.orgs import selectors
from baodao.orgs.models import Post
from baodao.orgs.policies import reach_of
from baodao.people import normalise
from baodao.people import selectors as people
from baodao.people.models import Person
from baodao.people.services.identity import UID, Entry, enrol
from baodao.people.services.likeness import CHUNK, find_pairs, note_pairs
from baodao.people.services.reading import read_rosters
from baodao.people.services.roster import FIELDS, Held, code_of, held, uids_of_batch

from .organizations import seen
from .units import Reached, Units, units

RIGHT, EXPORT = "people.enrol", "people.export"
#: Which field of the sheet is which of the vault.
_CONTACTS = ("name", "phone", "email", "idno", "address", "contact_phone", "contact_email")
_BESIDE = {"phone": "contact_phone", "email": "contact_email"}


def columns(by: Act) -> Sequence[Column]:
    """What the sheet may bring. There is no column for anything else, and none will be read."""
    kinds = {"staff": _("工作人员"), "resident": _("居民")}
    return (
        Column("code", _("人员编号"), as_code(r"[\w.\-/]{1,40}"), aliases=("编号", "工号"), example="RS-0001",
               hint=_("名册上的编号，不能重复；岗位表用它指人")),
        Column("name", _("姓名"), vault_field("name"), required=True, example=_("张三")),
        choice("kind", _("身份"), kinds, required=True, example="staff"),
        Column("org", _("登记单位"), as_text(120), aliases=("单位", "所属单位"), example="500102001001",
               hint=_("谁的名册：单位的名称或代码；空着就是您的单位")),
        Column("phone", _("手机号"), vault_field("phone"), aliases=("电话", "手机", "联系电话"), example="13800000000",
               hint=_("本人用它登录；和别人相同的只作联系电话")),
        Column("email", _("电子邮箱"), vault_field("email"), aliases=("邮箱",), example="name@example.com"),
        Column("idno", _("身份证号"), vault_field("idno"), aliases=("身份证号码", "公民身份号码"),
               hint=_("没有必要就不要填")),
        Column("address", _("住址"), vault_field("address"), aliases=("地址",)),
        Column("contact_phone", _("另一个联系电话"), vault_field("contact_phone")),
        Column("contact_email", _("另一个联系邮箱"), vault_field("contact_email")),
        number_column(),
    )  # fmt: skip


def vault_field(field: str) -> Any:
    """The vault's own spelling of a field."""

    def convert(cell: Cell) -> str:
        text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
        try:
            return normalise.normal(field, text)
        except Invalid as wrong:
            raise Bad(wrong.faults[0].reason, wrong.faults[0].remedy) from None

    return convert


def number_column() -> Column:
    """The system's own number of a person, the last column of every sheet that names persons: two installations agree by it on who
    is who."""
    return Column("uid", _("系统编号"), _system_number, hint=_("导出时带着；新登记的人空着"))


def _system_number(cell: Cell) -> str:
    text = str(cell).strip().lower()
    if not UID.match(text):
        raise Bad(_("不是有效的系统编号"), _("新登记的人不用填"))
    return text


def judge(by: Act, rows: Sequence[Given], verdicts: Verdicts) -> None:
    """Known by roster number or system number; a contact that somebody signs in by becomes a second contact, and the two
    are shown as likely the same. One statement per 500 rows and question."""
    finder, day, home = units(Reached(by, RIGHT, 1)), selectors.today(), by.office
    fresh = _once(rows, verdicts)
    uids = {row.row: row.text("uid") for row in fresh if row.text("uid")}
    codes = people.persons_by_code([row.text("code") for row in fresh if row.text("code")])
    uids |= {row.row: codes[row.text("code")] for row in fresh if row.text("code") in codes}
    known = held(sorted(set(uids.values())))
    entries = []
    for row in fresh:
        office = _office(row, finder, home, day, verdicts)
        there = known.get(uids.get(row.row, ""))
        if row.row in verdicts.faults:
            continue
        if there is not None:
            _compare(row, office, there, verdicts)
        else:
            entries.append((row, office))
    _good(entries, verdicts)


def _once(rows: Sequence[Given], verdicts: Verdicts) -> list[Given]:
    """Rows that name a number which no row before named."""
    seen_codes: set[str] = set()
    found = []
    for row in rows:
        named = [f"{field}:{row.text(field)}" for field in ("code", "uid") if row.text(field)]
        if not named:
            verdicts.wrong(row.row, "code", "", _("没有人员编号"), _("请填名册上的编号"))
        elif seen_codes.intersection(named):
            verdicts.wrong(row.row, "code", row.text("code"), _("编号在表里写了两次"), _("每人一行"))
        else:
            found.append(row)
        seen_codes.update(named)
    return found


def _office(row: Given, finder: Units, home: str, day: date, verdicts: Verdicts) -> str:
    shown = row.text("org") or home
    try:
        return finder.mine(shown, day, _("这个单位的名册不归您登记"), _("请由它或它的上级登记"))
    except Bad as bad:
        verdicts.wrong(row.row, "org", shown, bad.reason, bad.remedy)
        return ""


def _compare(row: Given, office: str, there: Held, verdicts: Verdicts) -> None:
    """Only what the sheet says is compared; a contact may have become the second one."""
    differ = [
        field
        for field in _CONTACTS
        if row.text(field)
        and row.text(field) not in (there.values.get(field), there.values.get(_BESIDE.get(field, field)))
    ]
    differ += ["kind"] if there.kind != row.text("kind") else []
    differ += ["org"] if row.text("org") and there.office and there.office != office else []
    if row.text("code") and code_of(there.values) not in ("", row.text("code")):
        differ.append("code")
    for field in differ:
        reason = _("这个人已经登记了，这一项和登记的不一样")
        verdicts.wrong(row.row, field, row.text(field), reason, _("要改请本人或登记单位在系统里改，不用导入"))
    if not differ:
        verdicts.known(row.row)


def _good(entries: Sequence[tuple[Given, str]], verdicts: Verdicts) -> None:
    contacts = [(f, row.text(f)) for row, _office in entries for f in _BESIDE if row.text(f)]
    taken = people.taken(contacts)
    for row, office in entries:
        values = {field: row.text(field) for field in _CONTACTS}
        for field, beside in _BESIDE.items():
            if values[field] and (field, values[field]) in taken:
                values[beside] = values[beside] or values[field]
                values[field] = ""
            elif values[field]:
                taken.add((field, values[field]))
        entry = Entry(
            ref=str(row.row),
            kind=row.text("kind"),
            code=row.text("code"),
            org=office,
            uid=row.text("uid"),
            **values,
        )
        verdicts.good(row.row, entry)


def load(by: Act, items: list[Entry]) -> None:
    """One command."""
    enrol(by, entries=items)


def after(by: Act, batch: str) -> None:
    """Who of the batch is likely somebody that was there: put on the list for a person to decide."""
    pairs = find_pairs(uids_of_batch(batch))
    for start in range(0, len(pairs), CHUNK):
        note_pairs(replace(by, command=f"{batch}:likeness:{start}"), pairs=pairs[start : start + CHUNK])


def rows(by: Act) -> Iterator[dict[str, Any]]:
    """Everybody on the rosters in reach, and whoever holds a post there, in order of enrolment. Opened for the act's
    purpose, each in the access log."""
    kinds, rosters = {}, dict[str, list[str]]()
    for uid, kind, office in _persons(by):
        kinds[uid] = kind
        rosters.setdefault(office, []).append(uid)
    offices = {uid: office for office, uids in rosters.items() for uid in uids}
    for uid, values in read_rosters(by, rosters, FIELDS, right=EXPORT):
        shown = {field: values.get(field, "") for field in _CONTACTS}
        yield {"code": code_of(values), "kind": kinds[uid], "org": offices[uid], "uid": uid, **shown}


def _persons(by: Act) -> Iterator[tuple[str, str, str]]:
    """(uid, kind, office) without those who came with imported letters."""
    reached = seen(by, EXPORT)
    found = Person.objects.filter(erased=False).exclude(kind="imported").order_by("created", "uid")
    held_at: dict[str, str] = {}
    for uid, org in Post.objects.filter(selectors.in_force(selectors.today())).values_list(
        "person", "org_id"
    ):
        if org in reached:
            held_at.setdefault(uid, str(org))
    for uid, kind, written in found.values_list("uid", "kind", "office"):
        office = written or held_at.get(uid, "")
        if office in reached:
            yield uid, kind, office


def may_load(by: Act) -> bool:
    """Whether the actor keeps any roster."""
    return bool(reach_of(by, RIGHT))


def may_see(by: Act) -> bool:
    """Whether the actor may export any roster."""
    return bool(reach_of(by, EXPORT))


def count(by: Act) -> int:
    """How many persons the actor would export. Two statements per 500 organizations."""
    everybody = Person.objects.filter(erased=False).exclude(kind="imported")
    holders = Post.objects.filter(selectors.in_force(selectors.today()))
    reached, found = sorted(seen(by, EXPORT)), 0
    for start in range(0, len(reached), 500):
        part = reached[start : start + 500]
        held = holders.filter(org__in=part).values("person")
        found += everybody.filter(Q(office__in=part) | Q(office="", uid__in=held)).count()
    return found
