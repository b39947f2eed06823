"""Hand-over: whoever leaves a post gives what is open to somebody, on one sheet that both sign; nothing stays with her.

Knows nothing of what is handed over: apps register keepers (`ports.py`) that say what they hold for a post.
"""
