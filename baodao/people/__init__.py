"""Persons: identity vault, tokens, accounts, consent, who looked.

Owns everything that says who somebody is. Must never know organizations, places or matters: what those add
(posts, rights, who can see a person) comes in through `ports`.
"""
