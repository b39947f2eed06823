"""Places: the grids of communities, the district's border, and which grid a point lies in.

Owns shapes and where things are. It never knows what happens there: matters and visits hand in a point or a
grid's code and get an organization. Addresses are free text and lie in the ledger's content, not here.
"""
