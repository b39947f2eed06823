"""Simulated posts beside those of a district's offices: lecturers, who keeps a unit's list of members, grid workers, an officer and
reviewers of talent programmes, a neighbours' home with its volunteers and a group of neighbours with a skill. All are made up."""

import random
from collections.abc import Iterator
from datetime import date, datetime

from baodao.kernel import epochs
from baodao.kernel.act import system_act
from baodao.orgs.alliances.ruling import NewAlliance, NewMember
from baodao.orgs.alliances.services import found_alliances
from baodao.orgs.ruling import NewOrg, NewPost
from baodao.orgs.selectors import forest
from baodao.orgs.services import begin_posts, create_orgs

from .district import Cast

#: Communities that a service group joins to each of the first bureaus.
PAIRED = 2
REVIEWERS = 3


def home_of(community: str) -> str:
    """Code of the neighbours' home of a community."""
    return f"{community}-xj"


def skills_of(community: str) -> str:
    """Code of the group of neighbours with a skill."""
    return f"{community}-nbs"


def found_helpers(cast: Cast, now: datetime, rng: random.Random, since: date) -> None:
    """Found homes, posts and service groups through the verbs, by the system, of origin `simulated`. The same again adds nothing."""
    create_orgs(system_act(now, f"sim-{cast.prefix}-homes", "simulated"), orgs=list(_homes(cast, since)))
    epochs.refresh(0)
    posts = list(_posts(cast, rng, since))
    begin_posts(system_act(now, f"sim-{cast.prefix}-helpers", "simulated"), posts=posts)
    for post in posts:
        cast.appoint(post.code, post.person, post.org, post.kind)
    found_alliances(
        system_act(now, f"sim-{cast.prefix}-groups", "simulated"), alliances=list(_groups(cast, since))
    )


def _homes(cast: Cast, since: date) -> Iterator[NewOrg]:
    nodes = forest().nodes
    community = cast.callers[0]
    yield NewOrg(
        code=home_of(community), name=f"{nodes[community].name}一号小家", name_en=f"First home of {community}",
        level="home", kind="home", since=since, parent=community,
    )  # fmt: skip
    yield NewOrg(
        code=skills_of(community), name=f"{nodes[community].name}农博士小组", name_en=f"Skilled neighbours of {community}",
        level="home", kind="interest_home", since=since, parent=community,
    )  # fmt: skip


def _posts(cast: Cast, rng: random.Random, since: date) -> Iterator[NewPost]:
    """Staff lecture and review beside their work; residents of the community help in its home."""
    for bureau in cast.bureaus[:3]:
        holder = cast.holds(cast.post_at(bureau, "handler"))[0]
        yield NewPost(code=f"{bureau}.lecturer", org=bureau, kind="lecturer", person=holder, since=since)
    for bureau in cast.bureaus[:PAIRED]:
        holder = cast.holds(cast.post_at(bureau, "department_head"))[0]
        yield NewPost(
            code=f"{bureau}.organizer", org=bureau, kind="service_organizer", person=holder, since=since
        )
    supervisor = cast.holds(cast.post_at(cast.district, "supervisor"))[0]
    yield NewPost(
        code=f"{cast.district}.talents",
        org=cast.district,
        kind="talent_officer",
        person=supervisor,
        since=since,
    )
    for number, bureau in enumerate(cast.bureaus[2 : 2 + REVIEWERS]):
        holder = cast.holds(cast.post_at(bureau, "department_head"))[0]
        yield NewPost(
            code=f"{bureau}.reviewer-{number}", org=bureau, kind="reviewer", person=holder, since=since
        )
    near = [uid for uid, home in cast.residents if home in cast.callers[:3]] or [
        uid for uid, _home in cast.residents
    ]
    drawn = rng.sample(near, min(5, len(near)))
    home, skills = home_of(cast.callers[0]), skills_of(cast.callers[0])
    for number, (org, kind) in enumerate(
        ((home, "home_head"), (home, "home_helper"), (skills, "skill_helper"), (cast.callers[0], "grid_worker"), (cast.callers[1], "grid_worker"))
    ):  # fmt: skip
        yield NewPost(
            code=f"{org}.{kind.replace('_', '-')}",
            org=org,
            kind=kind,
            person=drawn[number % len(drawn)],
            since=since,
        )


def _groups(cast: Cast, since: date) -> Iterator[NewAlliance]:
    """Each of the first communities convenes a service group with one bureau."""
    nodes = forest().nodes
    for community, bureau in zip(cast.callers, cast.bureaus[:PAIRED], strict=False):
        yield NewAlliance(
            kind="service_group", name=f"{nodes[community].name}民生服务团", name_en=f"Service group of {community}",
            seat=community, since=since, code=f"fwt-{community}", members=(NewMember(bureau),),
        )  # fmt: skip
