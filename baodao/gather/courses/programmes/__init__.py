"""Programmes of training: plans of a pack, classes with sessions, on-line lessons, hours, what is still missing. Of a test only counts are
kept, for the class; nobody is ranked, nothing is inferred from what somebody chooses."""
