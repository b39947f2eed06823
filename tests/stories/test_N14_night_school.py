"""N14: fifteen night schools give evenings in a row, as D18's classes; residents are heads (limits Y03/N01/D08/N14/W14): no list, no
field that could become one, no quota, leaving is free, and what is told of an evening is how many came.

Waits for other rooms: nothing.
"""

import re
from typing import Any

from tests.stories.test_D08_courses import ORDERED, fill, lecturers, offer, order, tell
from tests.support.town import at, words

SCHOOLS = 15


def test_fifteen_schools_and_no_list_anywhere(town: Any) -> None:
    from baodao.gather.courses.selectors import menu
    from baodao.gather.models import Seat, Slot
    from baodao.ledger.models import Fact
    from tests.support.town import A, local

    lecturers(town, "neighbour")
    with at("11-20 09:00"):
        pages = [
            offer(
                town,
                title=f"同心夜校第{n:02}期",
                subject="theory",
                forms=["night"],
                sessions="3",
                since="2026-11-01",
            )
            for n in range(1, SCHOOLS + 1)
        ]
        assert len(set(pages)) == SCHOOLS == len(menu(A, local("11-20 09:00").date()))
        tell(town, "neighbour", "theory")
        number = order(town, pages[0], form="night")
    there = f"{ORDERED}{number}/"
    with at("11-21 09:00"):
        town.do("neighbour", number, "report_in")
        typed = {"do": "pack", "form": "night", "minutes": "90", "every": "7", "where": "社区二楼"}
        fill(town.desk("neighbour"), there, **typed, sessions="3", at="2026-11-24T19:00")
        # What is political cannot be given where listeners would be listed.
        assert "只数人数" in fill(
            town.desk("clerk"), "/desk/courses/new/", 422, title="夜校", subject="theory", forms=["class"], minutes="60",
            sessions="1", since="2026-11-01",
        )  # fmt: skip
    with at("11-24 21:00"):
        body = town.desk("secretary").get(there).content.decode()
        [slot] = sorted(set(re.findall(r'name="slot" value="(g-\d+)"[^>]*><label', body)))
        fields = set(re.findall(r'<(?:input|select|textarea)[^>]* name="(\w+)"', body))
        assert not fields & {"name", "names", "phone", "household", "token", "came", "quota", "target"}
        fill(town.desk("secretary"), there, do="record", slot=slot, heads="33")
        # Nobody signs up, nobody signs in, nobody is entered, not even by the general verbs.
        assert Slot.objects.get(code=slot).kind == "night_school"
        phone = town.phone("resident").browser
        page = phone.get(f"/gather/{slot}/")
        assert 'value="join"' not in page.content.decode()
        answer = phone.post(f"/gather/{slot}/", {"command": "j-1", "do": "join"})
        assert answer.status_code in {403, 409, 422}, answer.status_code
        assert not Seat.objects.filter(slot=slot).exists()
        held = Fact.objects.get(subject=f"gather:{slot}", kind="gather.held")
        assert (
            held.value == 33 and '"present"' not in held.data
        )  # nobody is counted: as usual, it is left out
    with at("11-25 09:00"):
        # One evening is called off, and the school goes on without a reason.
        left = sorted(
            set(
                re.findall(r'name="slot" value="(g-\d+)"', town.desk("secretary").get(there).content.decode())
            )
            - {slot}
        )
        fill(town.desk("secretary"), there, do="off", slot=left[0])
    with at("12-08 21:00"):
        fill(town.desk("secretary"), there, do="record", slot=left[1], heads="28")
        town.work()
        assert "来了 61 人次" in words(town.desk("secretary").get(pages[0]))
        body = town.desk("superior").get(pages[0]).content.decode()
        assert "名单" not in words(body) and not re.findall(r'name="(?:quota|target|household)"', body)
