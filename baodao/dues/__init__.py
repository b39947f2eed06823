"""Dues: who owes what by when, which fact met it, what is missing, who is excused.

A requirement is declared in packs (`[due.<name>]`). The state of a due is computed from the declaration, the calendar, the
life of its subject and the facts that met it; nobody writes lateness. Dues never know an evening, a visit or a class: the
app above says which facts meet what (`ports.Met`), in its own command (`services.note`).
"""
