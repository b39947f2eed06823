"""Counts of open work by organization, place and state: kept by a reader of the ledger, so that a page about a district
costs the same at a thousand matters as at a million. Never knows a person, a text, or what few may know."""
