"""Every write of this app. Verbs take lists; a page passes a list of one."""

from .posts import begin_posts, end_posts
from .trees import Placed, bind_pack, create_orgs, end_orgs, load_divisions, move_orgs

__all__ = [
    "Placed",
    "begin_posts",
    "bind_pack",
    "create_orgs",
    "end_orgs",
    "end_posts",
    "load_divisions",
    "move_orgs",
]
