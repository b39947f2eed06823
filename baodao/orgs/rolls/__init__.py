"""Rolls of Party branches: who is on the home branch's roll, who works in a project branch meanwhile; and the rosters of
local people (本土人才).

Membership is personal data: a branch has its own roll, superiors have counts, an employer or a community sees only who
chose to be seen there. A project branch takes nobody by itself: a member asks, from her own page.
"""
