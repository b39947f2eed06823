"""Suggestions: what a matter is about, whom to ask, which earlier report tells of the same thing.

Owns: the model of texts (arrays and a vocabulary, read with numpy), the score of likeness, a narrow table of
places, and what people chose. A person decides; nothing here moves a matter.

Must never know: who somebody is. No person is scored, no text is kept here, and nothing runs inside intake.
"""
