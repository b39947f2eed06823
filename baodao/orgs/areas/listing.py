"""The list of areas; apart from their other reads, which the policy itself asks."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from baodao.kernel.act import Act
from baodao.orgs.models import Post
from baodao.orgs.policies import Columns, reach_of, where

from .models import PostArea
from .selectors import areas


def listed(by: Act, day: date) -> list[tuple[PostArea, Post]]:
    """Areas in force or to come with their posts, of the organizations where this actor gives any; what was given to a post
    is over with it. One statement."""
    rows = [row for rows in areas().rows.values() for row in rows if row.until is None or row.until > day]
    reached = Post.objects.filter(where(reach_of(by, "area.give"), Columns(org="org_id", level="")))
    reached = reached.filter(Q(until__isnull=True) | Q(until__gt=day))
    posts = {post.code: post for post in reached.filter(code__in={row.post for row in rows})}
    return [(row, posts[row.post]) for row in rows if row.post in posts]
