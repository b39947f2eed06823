"""What catalogues hold for a post: entries that name it. They go over with a hand-over, told anew with the heir."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec
from django.db.models import Count

from baodao.kernel.act import Act
from baodao.kernel.verbs import Tx
from baodao.orgs.handover.ports import Heir, Item, Keeper, register_keeper

from .folding import Catalogue, told_of


def keep_for_posts(
    catalogue: Catalogue,
    title: Any,
    kept_by: Callable[[Iterable[str]], Sequence[Any]],
    changed: Callable[[dict[str, Any]], Any],
    *,
    href: str,
    level: int,
) -> None:
    """Register a catalogue as a keeper. ``kept_by(posts)`` gives live rows; ``changed(fields)`` makes the telling anew."""

    def count(posts: Collection[str]) -> dict[str, int]:
        return dict(Counter(row.keeper for row in kept_by(posts)))

    def items(post: str, most: int) -> list[Item]:
        rows = kept_by([post])[:most]
        return [Item(row.code, row.code, row.name, href=f"/desk/{href}/{row.code}/") for row in rows]

    def hand(tx: Tx, by: Act, heirs: Mapping[str, Heir]) -> int:
        done = 0
        for code, told in told_of(catalogue, heirs).items():
            heir = heirs[code]
            fields = {name: getattr(told.data, name) for name in told.data.__struct_fields__}
            fields |= {"keeper": heir.post} if heir.post else {"org": heir.org, "keeper": ""}
            fields |= {"state": told.state} if "state" in fields else {}
            if told.until or fields == msgspec.structs.asdict(told.data):
                continue
            told.data = changed(fields)
            tx.fact(
                told.data, subject=catalogue.subject(code), org=told.data.org, place=told.place, level=level,
                texts=dict(told.texts),
            )  # fmt: skip
            catalogue.put(tx, code, told)
            done += 1
        return done

    def live() -> Any:
        rows = catalogue.model._default_manager.all()
        names = {field.name for field in catalogue.model._meta.fields}
        return rows.filter(until__isnull=True) if "until" in names else rows.exclude(state="removed")

    def of_orgs(codes: Collection[str]) -> dict[str, int]:
        found = live().filter(org__in=list(codes)).values_list("org_id").annotate(n=Count("code"))
        return {str(org): n for org, n in found}

    def keys_of_org(code: str, most: int) -> list[str]:
        return list(live().filter(org=code).order_by("code").values_list("code", flat=True)[:most])

    register_keeper(Keeper(catalogue.word, title, count, items, hand, of_orgs, keys_of_org))
