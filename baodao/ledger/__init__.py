"""ledger: the facts, their erasable texts, readers with cursors, and the search rows. Append-only; order is commit order.

It must never know what a fact means: kinds are registered by the app that records them.
"""
