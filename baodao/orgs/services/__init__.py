"""Every write of this app. Verbs take lists; a page passes a list of one."""

from .duty import Adopted, adopt_duties, note_dispute, propose_change, settle_change
from .posts import begin_posts, end_posts
from .trees import Placed, bind_pack, create_orgs, end_orgs, load_divisions, move_orgs

__all__ = [
    "Adopted",
    "Placed",
    "adopt_duties",
    "begin_posts",
    "bind_pack",
    "create_orgs",
    "end_orgs",
    "end_posts",
    "load_divisions",
    "move_orgs",
    "note_dispute",
    "propose_change",
    "settle_change",
]
