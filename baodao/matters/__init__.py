"""Matters: everything that begins with somebody asking and ends with an honest answer.

Owns: procedures (the pack section ``procedure``), the pure engine that folds facts into a state and
decides the next
facts, clocks, legs, settlements, the table of open work (``stake``) and the one verb that moves a matter.

Must never know: who a person is (only tokens of the domain ``matter`` pass through here), how a message is
delivered,
what a page looks like, which measures are computed, and any word of one particular district: that is a
pack's.
"""
