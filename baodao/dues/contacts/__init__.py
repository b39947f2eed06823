"""Contacts (一对一联系): a leader keeps in touch with named people who agreed to it. Needs and dates, nothing else: no judgement, no
circle, no creed, no party, no family. Whoever is named sees it all, corrects it, and leaves without anybody being told.
"""
