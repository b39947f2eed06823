"""Twenty desk users on the embedded database: each opens the list, then writes, again and again; how long a write waits and takes.

.venv/bin/python -m benchmarks.crowd [--users 20] [--seconds 60] [--think 1.0]

The users are threads of one process, as in the product's own server; `think` is the mean pause between two rounds of one user, in seconds.
"""

import argparse
import os
import random
import tempfile
import threading
import time

from .ground import set_up, wsgi


def main() -> None:
    """Print rounds a second and the waits."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--think", type=float, default=1.0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="baodao-crowd-") as home:
        os.environ["BAODAO_DATABASE"] = f"sqlite:///{home}/crowd.sqlite3"
        set_up(home)
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        call_command("simulate", days=10, pack=["fuling"])
        doors = _doors(asked.users)
        found = _crowd(doors, asked)
    rounds = sum(len(times) for times in found)
    times = sorted(t for one in found for t in one)
    print(
        f"load {os.getloadavg()[0]:.1f}; {len(doors)} users, {rounds / asked.seconds:.1f} writes a second, {rounds} in all"
    )
    for part in (0.5, 0.9, 0.99, 1.0):
        print(f"p{100 * part:<4.0f} {1000 * times[min(len(times) - 1, int(part * len(times)))]:8.1f} ms")


Door = tuple[str, str, str, str, int]


def _doors(users: int) -> list[Door]:
    """(person, post, cookie, number, leg) of staff who have reported in on a request of their office."""
    from baodao.matters.models import Leg, Matter
    from baodao.orgs.models import Post
    from baodao.people.portal.forms import demo_path

    call, found = wsgi(), list[Door]()
    kinds = ("handler", "office_head", "community_secretary")
    posts = Post.objects.filter(kind__in=kinds).exclude(person="").values_list("org", "code", "person")
    seats = {str(org): (code, person) for org, code, person in posts}
    requests = Matter.objects.filter(procedure="request", ended__isnull=True).values("number")
    legs = Leg.objects.filter(ended__isnull=True, seat="", state="reported", matter__in=requests).order_by(
        "matter"
    )
    for number, leg, org in legs.values_list("matter", "n", "org"):
        if org in seats and len(found) < users:
            code, person = seats[org]
            _status, headers, _body = call("GET", demo_path(person, post=code, to="/desk/"))
            found.append((person, code, headers["Set-Cookie"].split(";")[0], number, leg))
    return found


def _crowd(doors: list[Door], asked: argparse.Namespace) -> list[list[float]]:
    until = time.monotonic() + asked.seconds
    found: list[list[float]] = [[] for _door in doors]
    threads = [
        threading.Thread(target=_user, args=(door, until, asked.think, found[n], n))
        for n, door in enumerate(doors)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def _user(door: Door, until: float, think: float, times: list[float], seed: int) -> None:
    """One user: list, pause, a note on a request; the write alone is timed, with all its waiting."""
    from django.db import connection

    from baodao.kernel.act import Act, new_key
    from baodao.matters.services import act
    from baodao.orgs.selectors import standing
    from baodao.people.door import clock

    dice, call = random.Random(seed), wsgi()
    person, post, cookie, number, leg = door
    grants = standing(person, post).grants
    while time.monotonic() < until:
        status, _headers, _body = call("GET", "/desk/", HTTP_COOKIE=cookie)
        assert status == 200, status
        time.sleep(dice.uniform(0, 2 * think))
        now = clock()
        by = Act(
            kind="person",
            happened=now,
            noted=now,
            command=new_key("crowd"),
            person=person,
            post=post,
            grants=grants,
        )
        began = time.perf_counter()
        act(by, number=number, action="note", fields={"text": "已经联系物业，明天上午到场"}, leg=leg)
        times.append(time.perf_counter() - began)
    connection.close()


if __name__ == "__main__":
    main()
