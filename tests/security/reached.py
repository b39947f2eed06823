"""A generated district in the database, by the product's own verbs, beside what the printed matrix says of it."""

from __future__ import annotations

import json
from datetime import date, timedelta
from itertools import count
from typing import Any

from django.utils import timezone
from msgspec.structs import replace

from baodao.kernel.act import Act, Subject, system_act
from baodao.matters.succession import restake
from baodao.orgs.areas.services import NewArea, give_areas
from baodao.orgs.handover import beats
from baodao.orgs.ruling import End, EndPost, Move
from baodao.orgs.services import end_orgs, end_posts, move_orgs
from baodao.places.services import NewGrid, draw_grids
from tests.matters.conftest import NOW

from .drawn import OFFICE, WORD
from .printed import AREA, Policy, covers, printed

START = date(2024, 1, 1)
_n = count(1)


class Built:
    """The district in the database, and what the printed matrix says of it."""

    def __init__(self, plan: dict[str, Any]) -> None:
        from baodao.orgs.ruling import NewOrg, NewPost
        from baodao.orgs.selectors import post_kinds
        from baodao.orgs.services import begin_posts, bind_pack, create_orgs
        from baodao.people.services.identity import Entry, enrol

        mark = f"r{next(_n)}"
        self.mark = mark
        kinds = {"district": "district", "street": "street", "department": "bureau", "community": "community"}

        def system() -> Act:
            return system_act(NOW, f"{mark}-{next(_n)}")

        def code(org: str) -> str:
            return f"{mark}{org}" if org else ""

        create_orgs(
            system(),
            orgs=[
                NewOrg(
                    code=code(org),
                    name=code(org),
                    level=level,
                    kind=kinds[level],
                    since=START,
                    parent=code(parent),
                )
                for org, parent, level in plan["orgs"]
            ],
        )
        bind_pack(system(), org=code("d"), pack="drawn", since=START)
        people = [f"{mark}p{n}" for n in range(len(plan["posts"]))]
        residents = [f"{mark}-r1", f"{mark}-r2"]
        entries = [Entry(ref=who, name=f"某{who}", kind="staff") for who in people]
        entries += [Entry(ref=who, name=f"某{who}", kind="resident") for who in residents]
        self.uids = enrol(system(), entries=entries).uids
        rows = list(zip(people, plan["posts"], strict=True))
        begin_posts(
            system(),
            posts=[NewPost(who, code(org), kind, self.uids[who], START) for who, (org, kind) in rows],
        )
        titles = {name: kind.title_en for name, kind in post_kinds("drawn").items()}
        tree = {code(org): code(parent) for org, parent, _level in plan["orgs"]}
        posts = {who: (code(org), titles[kind], who) for who, (org, kind) in rows}
        self.policy = Policy(printed("drawn"), tree, posts)
        self.people, self.residents = people, residents
        self.numbers: dict[str, str] = {}
        self.now = NOW
        self._draw(plan, code)
        self.things: dict[str, dict[str, Subject]] = {"households": {}}
        self.pairs: set[tuple[str, str]] = set()
        self.idle: list[tuple[str, str]] = []
        self._hang(plan, code)
        for n, (org, level, taken, over, placed) in enumerate(plan["matters"]):
            place = f"{code(org)}-g" if placed and f"{code(org)}-g" in self.policy.grids else ""
            self._open(residents[n % 2], code(org), level, taken=taken, over=code(over), place=place)
        for unit, more, less in plan["cards"]:
            self._card(code(unit), more=more, less=less)
        for org, heir in plan["ends"]:
            self._end(code(org), code(heir))
        if plan["ends"]:
            restake.run(self.now)
        if plan["ends"] and plan["worked"]:
            beats.run_ended(self.now)
        # All that is over is over; what follows is for some days or hours from now on.
        self.now = timezone.now().replace(microsecond=0)
        self._read_anew()
        for one in plan["deputies"]:
            self._depute(*one)
        for two in plan["glasses"]:
            self._glass(*two)

    def _draw(self, plan: dict[str, Any], code: Any) -> None:
        """A grid for each community; areas for the posts that have one."""
        homes = [code(org) for org, _parent, level in plan["orgs"] if level == "community"]
        grids = []
        for n, home in enumerate(homes):
            ring = [
                [107 + n / 10 + x, 29 + y] for x, y in ((0, 0), (0.01, 0), (0.01, 0.01), (0, 0.01), (0, 0))
            ]
            polygon = json.dumps({"type": "Polygon", "coordinates": [ring]})
            grids.append(NewGrid(code=f"{home}-g", org=home, name=home, since=START, polygon=polygon))
        draw_grids(system_act(NOW, f"{self.mark}-grids"), grids=grids)
        self.policy.grids = {f"{home}-g": home for home in homes}
        held = zip(self.people, plan["posts"], plan["areas"], strict=True)
        for who, (_org, kind), places in held:
            if kind == "area_officer" and places:
                self.policy.areas[who] = [code(one) for one in places]
        given = [
            NewArea(who, START, tuple(dict.fromkeys(places))) for who, places in self.policy.areas.items()
        ]
        if given:
            give_areas(system_act(NOW, f"{self.mark}-areas"), areas=given)

    def _hang(self, plan: dict[str, Any], code: Any) -> None:
        """A household in each community; devices, some of them on the ground of the first community's grid."""
        from baodao.places.devices.services import NewDevice, register_devices
        from baodao.places.facilities.services import NewFacility, register_facilities
        from baodao.places.households.ruling import NewHousehold
        from baodao.places.households.services import register_households

        until = timezone.localdate() + timedelta(days=60)
        homes = {f"{home}-g": home for home in self.policy.grids.values()}
        asked = [NewHousehold(org, f"{org}门", "service", until, grid=grid) for grid, org in homes.items()]
        made = register_households(
            system_act(timezone.now().replace(microsecond=0), f"{self.mark}-homes"), households=asked
        )
        for one, org in zip(made, homes.values(), strict=True):
            self.things["households"][one] = Subject(
                ref=f"household:{one}", org=org, level=2, legs=((org, ""),)
            )
        hung = [
            NewDevice(
                code(org), "camera", "public_safety", "探头", START, f"{self.mark}-{n}", sign="posted", basis="备案",
                **({"lon": 107.005, "lat": 29.005} if placed else {}),
            )
            for n, (org, placed) in enumerate(plan["devices"])
        ]  # fmt: skip
        if hung:
            register_devices(system_act(NOW, f"{self.mark}-devices"), devices=hung)
        self.things["devices"] = {one.code: Subject(ref=one.code) for one in hung}
        rooms = [NewFacility(one.org, "meeting_room", "会议室", START, f"f{one.code}") for one in hung]
        if rooms:
            register_facilities(system_act(NOW, f"{self.mark}-rooms"), facilities=rooms)
        self.things["facilities"] = {one.code: Subject(ref=one.code) for one in rooms}

    def _read_anew(self) -> None:
        """Where things belong by now: what an organization held went on with the hand-over."""
        from baodao.orgs.models import Post
        from baodao.places.devices.models import Device
        from baodao.places.facilities.models import Facility

        hung = Device.objects.filter(code__in=self.things["devices"]).values_list("code", "org_id", "grid")
        rooms = Facility.objects.filter(code__in=self.things["facilities"]).values_list("code", "org_id")
        self.things["devices"] = {
            code: Subject(ref=f"device:{code}", org=str(org), level=1, place=grid) for code, org, grid in hung
        }
        self.things["facilities"] = {
            code: Subject(ref=f"facility:{code}", org=str(org)) for code, org in rooms
        }
        held = Post.objects.filter(code__startswith=self.mark).values_list("code", "org_id")
        self.things["posts"] = {
            code: Subject(ref=f"post:{code}", org=str(org), level=1) for code, org in held
        }

    def _card(self, unit: str, *, more: bool, less: bool) -> None:
        """A card about a unit, by nobody; its first reader names another one, and takes one off."""
        from baodao.kernel.errors import Problem
        from baodao.matters.models import Reader
        from baodao.matters.services import Draft, act, open_

        sender = Act(kind="anonymous", happened=self.now, noted=self.now, command=f"{self.mark}-{next(_n)}")
        draft = Draft(procedure="clue", org=f"{self.mark}{OFFICE}", fields={"unit": unit, "text": WORD})
        try:
            number = open_(sender, matters=[draft]).numbers[0]
        except Problem:
            return  # nobody is there to keep it
        self.numbers[number] = ""

        def step(action: str, reader: str) -> None:
            for who in list(Reader.objects.filter(matter=number).values_list("post", flat=True)):
                try:
                    act(self.by(who), number=number, action=action, fields={"reader": reader})
                    return
                except Problem:
                    continue

        for who in self.people if more else ():
            step("name_reader", who)
        if less:
            step("drop_reader", min(Reader.objects.filter(matter=number).values_list("post", flat=True)))

    def _depute(self, post: int, deputy: int, first: int, days: int, rights: Any, level: int) -> None:
        """Somebody acts for another, for days before or after today; the posts are the nearest that there are."""
        from baodao.kernel.errors import Problem
        from baodao.orgs.models import Post
        from baodao.orgs.powers.deputies import NewDeputy, begin, delegable

        if not self.people:
            return
        held = self.people[post % len(self.people)]
        others = [
            one
            for one in self.people
            if one != held and self.policy.near(self.policy.posts[one][0], self.policy.posts[held][0])
        ]
        since = timezone.localdate(self.now) + timedelta(days=first)
        given = tuple(right for right in rights if right in delegable(Post.objects.get(code=held), since))
        if not others or not given:
            return
        who = others[deputy % len(others)]
        if (who, held) in self.pairs:
            return
        self.pairs.add((who, held))
        until = since + timedelta(days=days)
        noted = self.now + timedelta(days=min(first, 0))
        by = replace(self.by(held), happened=noted, noted=noted)
        try:
            begin(by, deputies=[NewDeputy(held, who, since, until, given, level)])
        except Problem:
            return
        if since <= timezone.localdate(self.now) < until:
            self.policy.act_for(who, held, given, level)
        else:
            self.idle.append((who, held))

    def _glass(self, which: int, who: int, ago: int, hours: int) -> None:
        """Two persons open a restricted matter to the first of them; some of it is over by now."""
        from baodao.kernel.errors import Problem
        from baodao.matters.models import Matter
        from baodao.matters.services.glass import open_glass
        from baodao.orgs.powers.seconds import agree

        restricted = list(Matter.objects.filter(number__in=self.numbers, level__gte=2).order_by("number"))
        above = [one for one in self.people if self.policy.has(one, "glass.open")]
        if not restricted or not above:
            return
        row, asks, at = (
            restricted[which % len(restricted)],
            above[who % len(above)],
            self.now - timedelta(hours=ago),
        )

        def then(one: str) -> Act:
            return replace(self.by(one), happened=at, noted=at, purpose="handle")

        try:
            open_glass(then(asks), number=row.number, reason="孩子失联，要马上联系", hours=hours)
        except Problem as waits:
            code = getattr(waits, "extra", {}).get("code")
        for second in above if code else ():
            try:
                agree(then(second), code)
            except Problem:
                continue
            if ago < hours:
                self.policy.opened.setdefault(asks, {})[row.number] = row.level
            return

    def _end(self, org: str, heir: str) -> None:
        """One organization less the next day; what lay under it goes to the successor, else to the one above."""
        policy = self.policy
        if org in policy.ended:
            return
        self.now += timedelta(days=1)
        day, above = timezone.localdate(self.now), policy.tree[org]
        heir = "" if heir == org else heir
        home = heir if heir and heir not in policy.ended and org not in policy.chain(heir) else above

        def system() -> Act:
            return system_act(self.now, f"{self.mark}-{next(_n)}")

        below = [
            child for child, parent in policy.tree.items() if parent == org and child not in policy.ended
        ]
        if below:
            self.now += timedelta(days=1)
            move_orgs(system(), moves=[Move(child, home, day) for child in below])
            policy.tree.update(dict.fromkeys(below, home))
            day = timezone.localdate(self.now)
        gone = [EndPost(who, day) for who, (place, *_rest) in policy.posts.items() if place == org]
        if gone:
            end_posts(system(), posts=gone)
        end_orgs(system(), ends=[End(org, day, heir)])
        policy.ended[org] = (heir, above)
        for one in gone:
            self.people.remove(one.code)
            del policy.posts[one.code]

    def _open(self, who: str, org: str, level: int, *, taken: bool, over: str, place: str) -> None:
        """A request of a resident; taken up by somebody of its unit, perhaps handed over to another."""
        from baodao.kernel.errors import Problem
        from baodao.matters.services import Draft, act, open_

        draft = Draft(
            procedure="request",
            org=org,
            place=place,
            kind="road",
            fields={"text": f"{WORD}，第{next(_n)}处"},
            level=min(level, 2),
        )
        number = open_(self.by(who), matters=[draft]).numbers[0]
        self.numbers[number] = who
        steps = [("report_in", {})] if taken else []
        steps += [("hand_over", {"org": over, "reason": "归那里管"})] if over and over != org else []
        steps += [("raise_level", {"level": "3", "reason": "有未成年人"})] if level == 3 else []
        for action, fields in steps:
            for person in self.people:
                try:
                    act(self.by(person), number=number, action=action, fields=fields)
                    break
                except Problem:
                    continue

    def by(self, who: str) -> Act:
        """Somebody in her post; a deputy ("who~post") in the post that she acts for."""
        from baodao.orgs.selectors import standing

        person, _acts, acted = who.partition("~")
        post = (acted or person) if who in self.policy.posts else ""
        held = standing(self.uids[person], post)
        if post:
            assert held.post is not None
            assert held.post.code == post, who
        return Act(
            kind="person", happened=self.now, noted=self.now, command=f"{self.mark}-{next(_n)}", person=self.uids[person],
            post=post, grants=held.grants if post else (), deputy=held.post.deputy if held.post else "",
        )  # fmt: skip

    def todo(self, who: str, legs: dict[str, list[tuple[str, str]]], levels: dict[str, int]) -> set[str]:
        """Whose open legs the printed lines open: the to-do list is of legs, not of who looks after the matter."""
        if who not in self.policy.posts:
            return set()
        areas = [
            line.level
            for line in self.policy.lines_of(who)
            if covers(line.right, "matter.read") and line.reach in AREA
        ]
        # What two persons opened is to be read, not to be done.
        return {
            number
            for number, held in legs.items()
            if self.policy.may(who, "matter.read", Subject(ref="leg", level=levels[number], legs=tuple(held)))
            or (
                levels[number] <= max(areas, default=-1)
                and self.policy.inside(who, Subject(ref="leg", **place_of(number)))
            )
        }

    def subjects(self) -> dict[str, Subject]:
        """What the rows say of each matter, with those whom it names."""
        from baodao.matters.models import Matter, Reader

        from .world import subjects

        named: dict[str, set[str]] = {}
        for number, post in Reader.objects.values_list("matter", "post"):
            named.setdefault(number, set()).add(post)
        for number, post in Matter.objects.exclude(caller_post="").values_list("number", "caller_post"):
            named.setdefault(number, set()).add(post)
        return {
            number: replace(subject, named=tuple(sorted(named.get(number, ()))))
            for number, subject in subjects(self.numbers).items()
        }

    def opened(self, who: str) -> set[str]:
        """What the printed lines open to somebody."""
        return {
            number
            for number, subject in self.subjects().items()
            if self.policy.may(who, "matter.read", subject, person=self.numbers[number])
        }

    def opens(self, who: str, family: str, right: str) -> set[str]:
        """Things of the ground that the printed lines open to somebody."""
        return {code for code, subject in self.things[family].items() if self.policy.may(who, right, subject)}

    def everybody(self) -> list[str]:
        """Who is asked: those in posts, those who act for another, residents."""
        return [*self.people, *self.policy.deputies, *self.residents]


def place_of(number: str) -> dict[str, str]:
    """Where a matter lies, for the lines that ask for it: in a grid, or on the ground of who holds it."""
    from baodao.matters.models import Matter

    org, place = Matter.objects.values_list("org", "place").get(number=number)
    return {"place": place} if place else {"org": org}
