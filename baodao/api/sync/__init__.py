"""Leg sync: an organization's own system hears of its legs by signed webhooks and gives back results by the interface.

Out: `readers` notes who must hear of which fact, `sender` posts it. In: `endpoints`, beside `matter.act`. Texts never leave by a
webhook, and of a matter of level 2 or above nothing leaves but that there is something to look at.
"""
