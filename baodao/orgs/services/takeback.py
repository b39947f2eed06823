"""An import is taken back: organizations and posts that it made go, unless something hangs on them by now."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from django.utils.translation import gettext as _

from baodao.kernel.act import Subject
from baodao.kernel.errors import Conflict
from baodao.kernel.verbs import Tx
from baodao.ledger.selectors import Recorded, acted_as, facts_of, held_by
from baodao.ledger.services import on_void
from baodao.orgs import selectors
from baodao.orgs.models import DutyChange, DutyItem, DutyList, Org, OrgClosure, OrgParent, PackBinding, Post
from baodao.people import ports
from baodao.people.services.roster import leaving_of

from .posts import log_change
from .trees import locked


@on_void
def unmake(tx: Tx, subjects: list[str]) -> None:
    """Posts whose beginning is voided, organizations whose making is voided. Conflict when somebody acted in a post, or an
    organization has others, posts, rosters or work: nothing is left hanging."""
    gone = {pending.voids for pending in tx.facts if pending.voids is not None}
    _keep_holders(tx, subjects)
    posts = _undone(subjects, "post:", "post.began", gone)
    if posts:
        _remove_posts(tx, posts)
    _fold_lists(tx, subjects, gone)
    orgs = _undone(subjects, "org:", "org.created", gone)
    if orgs:
        _remove_orgs(tx, orgs)


def _fold_lists(tx: Tx, subjects: Iterable[str], gone: set[int]) -> None:
    """Duty lists whose adoption is voided go with their items; the version before holds on. Conflict when a change of an item was proposed
    since: it cites what would be gone. One statement for each 500 subjects, two more where a list goes."""
    names = [name for name in subjects if name.startswith("duty:") and "/" not in name]
    told: dict[str, set[str]] = {name.removeprefix("duty:"): set() for name in names}
    for fact in _facts(names):
        if fact.kind == "duty.adopted" and fact.id not in gone:
            told[fact.subject.removeprefix("duty:")].add(fact.data.since)
    leaving: dict[str, list[DutyList]] = {}
    staying: dict[str, list[DutyList]] = {org: [] for org in told}
    for row in DutyList.objects.filter(org__in=list(told)).order_by("org", "since") if told else ():
        org = str(row.org_id)
        (staying[org] if row.since.isoformat() in told[org] else leaving.setdefault(org, [])).append(row)
    if not leaving:
        return
    _keep_cited({org: rows[0].since for org, rows in leaving.items()})
    for row in (row for rows in leaving.values() for row in rows):
        # Rows are written before others are deleted, and one list alone may be open.
        if row.until is None:
            _until(tx, row, row.since + timedelta(days=1))
    codes = [row.code for rows in leaving.values() for row in rows]
    tx.delete(DutyItem, list_id=codes)
    tx.delete(DutyList, code=codes)
    for org in leaving:
        for row, following in zip(staying[org], [*staying[org], None][1:], strict=True):
            until = following.since if following is not None else None
            if row.until != until:
                _until(tx, row, until)


def _keep_cited(since: dict[str, date]) -> None:
    """Nothing goes that a proposed change cites. ``since``: organization → first day of what would go. One statement."""
    open_ = DutyChange.objects.filter(org__in=list(since), state="open").values_list("org", "opened")
    for org, opened in open_:
        if opened >= since[str(org)]:
            reason = _("%(org)s 的清单已经有人提了修改建议") % {"org": selectors.name_of(str(org))}
            raise Conflict.of("batch", reason, _("请先处理修改建议，或采用新的一版"))


def _until(tx: Tx, row: DutyList, until: date | None) -> None:
    tx.upsert(
        DutyList, ("code",), code=row.code, org_id=str(row.org_id), since=row.since, until=until,
        origin=row.origin, digest=row.digest,
    )  # fmt: skip


def _undone(subjects: Iterable[str], prefix: str, kind: str, gone: set[int]) -> list[str]:
    """Codes whose beginning is among the voided facts and has no other."""
    names = [subject for subject in subjects if subject.startswith(prefix)]
    begun = [fact for fact in _facts(names) if fact.kind == kind]
    kept = {fact.subject for fact in begun if fact.id not in gone}
    return sorted({fact.subject.removeprefix(prefix) for fact in begun if fact.subject not in kept})


def _facts(names: Sequence[str]) -> Iterator[Recorded]:
    for start in range(0, len(names), 500):
        yield from facts_of(names[start : start + 500])


def _remove_posts(tx: Tx, codes: list[str]) -> None:
    if name := acted_as(codes):
        reason = _("岗位 %(code)s 已经有人办过事，不能整批撤回") % {"code": name}
        raise Conflict.of("batch", reason, _("请在岗位页逐个免职"))
    for start in range(0, len(codes), 500):
        rows = Post.objects.filter(code__in=codes[start : start + 500]).values_list("code", "person")
        for code, person in rows:
            log_change(tx, "post.ended", code, person)
    tx.delete(Post, code=codes)


def _remove_orgs(tx: Tx, codes: list[str]) -> None:
    trees, leaving = locked(), set(codes)
    hanging = [edge.child for edge in trees.edges() if edge.parent in leaving and edge.child not in leaving]
    posts: list[str] = []
    for start in range(0, len(codes), 500):
        rows = Post.objects.filter(org__in=codes[start : start + 500])
        posts.extend(str(org) for org in rows.values_list("org_id", flat=True)[:1])
    used = next(iter(hanging or posts), "") or held_by(codes)
    if used:
        reason = _("%(name)s 名下已经有组织、岗位、人员或事项") % {"name": trees.name(used)}
        raise Conflict.of("batch", reason, _("请先撤回后来的导入；有了事项的组织只能撤销，不能撤回"))
    tx.delete(PackBinding, org_id=codes)
    tx.delete(OrgClosure, descendant=codes)
    tx.delete(OrgParent, org_id=codes)
    tx.delete(Org, code=codes)
    tx.bump(selectors.EPOCH)


def _keep_holders(tx: Tx, subjects: list[str]) -> None:
    """Nobody leaves a roster who holds a post, or held one."""
    uids = sorted(leaving_of(tx, subjects).values())
    for start in range(0, len(uids), 500):
        found = (
            Post.objects.filter(person__in=uids[start : start + 500]).values_list("code", flat=True).first()
        )
        if found:
            reason = _("名单里已经有人任岗位（%(code)s）") % {"code": found}
            raise Conflict.of("batch", reason, _("请先撤回岗位那一批"))


def _guard(tx: Tx, lead: str, other: str) -> None:
    """What a record holds goes to the one that leads it: whoever merges must be able to appoint there."""
    for org in sorted(set(Post.objects.filter(person=other).values_list("org_id", flat=True))):
        tx.ask("post.begin", Subject(ref=f"org:{org}", org=org))


ports.register_merge_guard("orgs", _guard)
