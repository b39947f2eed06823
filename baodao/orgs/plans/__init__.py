"""Plans: changes of organizations and posts that all take effect on one day, confirmed at once and undone until that day.

A plan writes the same dated rows and facts as the single verbs; what takes effect when follows from the dates alone.
"""
