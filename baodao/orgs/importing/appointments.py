"""The template of posts: who holds what where, from when, until when. Persons are named by roster number."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Count
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from baodao.kernel.act import Act
from baodao.kernel.tables import Bad, Column, Given, Verdicts, as_code, as_day, as_text, choice
from baodao.orgs import selectors
from baodao.orgs.declare import IMPLICIT, PostKind
from baodao.orgs.models import Post
from baodao.orgs.policies import reach_of
from baodao.orgs.ruling import POST_CODE, NewPost, judge_posts
from baodao.orgs.seats import quiet_by
from baodao.orgs.services import begin_posts
from baodao.people import selectors as people
from baodao.people.models import Person
from baodao.people.services.identity import UID
from baodao.people.services.reading import read_rosters
from baodao.people.services.roster import code_of

from .organizations import as_code_of, seen, tell, unique
from .units import Reached, Units, units

RIGHT, EXPORT = "post.begin", "post.export"


def columns(by: Act) -> Sequence[Column]:
    """What the sheet may bring; kinds are those of the actor's pack."""
    english = (get_language() or "").startswith("en")
    home = by.office
    kinds = selectors.post_kinds(selectors.pack_of(home) if home else selectors.home_pack())
    words = {c: kind.title_en if english and kind.title_en else kind.title for c, kind in kinds.items()}
    words = unique({code: word for code, word in words.items() if code not in IMPLICIT})
    return (
        Column("code", _("岗位编号"), as_code_of(POST_CODE, _("2 到 48 个小写字母、数字、点、- 或 _")), required=True,
               aliases=("编号",), hint=_("每次任命一个编号，不能重复"), example="sj-500102001001-2026"),
        Column("org", _("单位"), as_text(120), required=True, aliases=("单位代码", "单位名称"),
               hint=_("单位的名称或代码"), example="500102001001"),
        choice("kind", _("岗位"), words, required=True, aliases=("岗位类别", "职务类别"), example="community_secretary"),
        Column("person", _("人员编号"), as_code(r"[\w.\-/]{1,40}"), required=True, aliases=("人员", "任职人"),
               hint=_("人员表里的编号"), example="RS-0001"),
        Column("since", _("任职日"), as_day(settings.TIME_ZONE), required=True, aliases=("起始日",),
               example=date(2026, 1, 1)),
        Column("until", _("离任日"), as_day(settings.TIME_ZONE), aliases=("结束日",),
               hint=_("第一个不再任职的日子；还在任就空着"), example=""),
        Column("title", _("职务名称"), as_text(80), aliases=("职务",), hint=_("空着就用岗位的名称")),
        Column("note", _("依据"), as_text(120), aliases=("文号",), hint=_("任命文件的文号，不写别的")),
    )  # fmt: skip


def judge(by: Act, rows: Sequence[Given], verdicts: Verdicts) -> None:
    """Known by their code; new ones are ruled like `post.begin` does. One statement per 500 rows and question."""
    trees, finder = selectors.forest(), units(Reached(by, RIGHT))
    persons = _persons([row.text("person") for row in rows])
    held = _held([row.text("code") for row in rows])
    news: list[tuple[Given, NewPost]] = []
    for row in rows:
        new = _new(row, finder, persons, verdicts)
        if new is None:
            continue
        if new.code in held:
            _compare(row, new, held[new.code], verdicts)
        elif not trees.nodes[new.org].at(new.since):
            verdicts.wrong(row.row, "since", new.since, _("那一天单位还没有，或已经没有了"), _("核对任职日"))
        else:
            news.append((row, new))
    found = judge_posts(
        [new for _row, new in news],
        trees,
        set(),
        lambda code, day: selectors.post_kinds(trees.pack(code, day) or selectors.BASE),
        set(persons.values()),
    )
    tell(found.found, [row.row for row, _new in news], [row for row, _new in news], verdicts)
    for row, new in news:
        if row.row not in verdicts.faults:
            verdicts.good(row.row, new)


def _new(row: Given, finder: Units, persons: Mapping[str, str], verdicts: Verdicts) -> NewPost | None:
    person, org = persons.get(row.text("person"), ""), ""
    if not person:
        verdicts.wrong(
            row.row, "person", row.text("person"), _("没有登记这个人"), _("先导入人员，再导入岗位")
        )
    try:
        reason, remedy = _("这个单位的岗位不归您任命"), _("请由它的上级任命")
        org = finder.mine(row.text("org"), row.values["since"], reason, remedy)
    except Bad as bad:
        verdicts.wrong(row.row, "org", row.text("org"), bad.reason, bad.remedy)
    if row.row in verdicts.faults:
        return None
    return NewPost(
        code=row.text("code"),
        org=org,
        kind=row.text("kind"),
        person=person,
        since=row.values["since"],
        title=row.text("title"),
        note=row.text("note"),
        until=row.values.get("until"),
    )


def _persons(marks: Sequence[str]) -> dict[str, str]:
    """Roster number or system number → uid of who leads."""
    found = people.persons_by_code(marks)
    uids = [mark for mark in dict.fromkeys(marks) if mark not in found and UID.match(mark)]
    for start in range(0, len(uids), 500):
        rows = Person.objects.filter(uid__in=uids[start : start + 500], erased=False)
        found.update((uid, uid) for uid in rows.values_list("uid", flat=True))
    everybody = list(set(found.values()))
    leads: dict[str, str] = {}
    for start in range(0, len(everybody), 500):
        leads |= people.leads(everybody[start : start + 500])
    return {mark: leads.get(uid, uid) for mark, uid in found.items()}


def _held(codes: Sequence[str]) -> dict[str, Post]:
    found: dict[str, Post] = {}
    for start in range(0, len(codes), 500):
        found.update((post.code, post) for post in Post.objects.filter(code__in=codes[start : start + 500]))
    return found


def _compare(row: Given, new: NewPost, post: Post, verdicts: Verdicts) -> None:
    pairs: dict[str, tuple[object, object]] = {
        "org": (post.org_id, new.org), "kind": (post.kind, new.kind), "person": (post.person, new.person),
        "since": (post.since, new.since), "until": (post.until, new.until),
    }  # fmt: skip
    pairs |= {"title": (post.title, new.title)} if new.title else {}
    pairs |= {"note": (post.note, new.note)} if new.note else {}
    differ = [field for field, (now, then) in pairs.items() if now != then]
    for field in differ:
        reason = _("这个岗位编号已经用过，这一项和原来的不一样")
        verdicts.wrong(row.row, field, pairs[field][1], reason, _("换人或改期请在岗位页办；新任命用新编号"))
    if not differ:
        verdicts.known(row.row)


def load(by: Act, items: list[NewPost]) -> None:
    """One command."""
    begin_posts(by, posts=items)


def rows(by: Act) -> Iterator[dict[str, Any]]:
    """Appointments in reach, past ones too, by organization, day and code; not those that are their holders' own affair.
    Roster numbers are opened for the act's purpose and logged."""
    posts = list(_posts(by))
    rosters: dict[str, list[str]] = {}
    for post in posts:
        rosters.setdefault(str(post.org_id), []).append(post.person)
    unique_of = {org: list(dict.fromkeys(uids)) for org, uids in rosters.items()}
    codes = {uid: code_of(values) for uid, values in read_rosters(by, unique_of, ("alias",), right=EXPORT)}
    titles: dict[tuple[str, str], str] = {}
    for post in posts:
        yield {
            "code": post.code, "org": post.org_id, "kind": post.kind, "person": codes.get(post.person) or post.person,
            "since": post.since, "until": post.until, "title": _title(post, titles), "note": post.note,
        }  # fmt: skip


def _title(post: Post, titles: dict[tuple[str, str], str]) -> str:
    """A title of its own; "" for the usual one of its kind, which another installation has too."""
    key = (str(post.org_id), post.kind)
    if key not in titles:
        kind = _kinds(*key, post.since).get(post.kind)
        titles[key] = kind.title if kind is not None else ""
    return "" if titles[key] == post.title else post.title


def _kinds(org: str, _kind: str, day: date) -> Mapping[str, PostKind]:
    return selectors.post_kinds(selectors.pack_of(org, day))


def _posts(by: Act) -> Iterator[Post]:
    reached = sorted(seen(by, EXPORT))
    for start in range(0, len(reached), 500):
        rows = Post.objects.filter(org__in=reached[start : start + 500]).exclude(person="")
        for post in rows.order_by("org_id", "since", "code"):
            if not quiet_by(_kinds(str(post.org_id), post.kind, post.since), post.kind):
                yield post


def may_load(by: Act) -> bool:
    """Whether the actor appoints anywhere."""
    return bool(reach_of(by, RIGHT))


def may_see(by: Act) -> bool:
    """Whether the actor may export any appointment."""
    return bool(reach_of(by, EXPORT))


def count(by: Act) -> int:
    """How many appointments the actor would export. One statement per 500 organizations."""
    reached, found, day = sorted(seen(by, EXPORT)), 0, selectors.today()
    for start in range(0, len(reached), 500):
        rows = Post.objects.filter(org__in=reached[start : start + 500]).exclude(person="")
        for org, kind, n in rows.values_list("org_id", "kind").annotate(n=Count("code")).order_by():
            found += 0 if quiet_by(_kinds(str(org), kind, day), kind) else n
    return found
