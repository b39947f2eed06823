"""What belongs to one of the cast alone: she is on a roll and on a list, somebody keeps in touch with her, a village named
her. Whoever else sends the same about it is told that it is not hers."""

from __future__ import annotations

from tests.support import branches
from tests.support.town import OFFICE, SINCE, A, Town

from .kept import Held, lies

Found = dict[str, dict[str, Held]]
#: Who is on the roll and on the list.
MEMBER = "neighbour"


def enlist(town: Town) -> None:
    """The neighbour is a member of a branch, and of the office at work."""
    from baodao.gather.service.services import Listing, list_members
    from baodao.orgs.rolls.services import Enter, enter_members

    from .stock import system

    phone = town.number_of(MEMBER)
    enter_members(system(), members_=[Enter(branches.BRANCH, "某邻居", phone, SINCE)])
    list_members(system(), members_=[Listing(OFFICE, "某邻居", phone, SINCE)])


def own(town: Town) -> Found:
    """Objects of one person each."""
    from baodao.dues.contacts.services import NewContact, name
    from baodao.orgs.talents.declare import lists_of
    from baodao.orgs.talents.services import NewTalent, name_talents

    from .day import TODAY
    from .stock import by, system

    trade = next(iter(lists_of(A, TODAY)[0]))
    talent = NewTalent(A, trade, "某居民", town.number_of("resident"), SINCE, word=True)
    kept = NewContact(branches.BRANCH, "p-psec", "某邻居", town.number_of(MEMBER), SINCE, True)
    return {
        "own_talents": {name_talents(system(), talents=[talent])[0]: lies(A, persons=("resident",))},
        "own_contacts": {name(by(town, "psec"), contacts=[kept])[0]: lies(branches.BRANCH, 2, persons=(MEMBER,))},
    }  # fmt: skip
