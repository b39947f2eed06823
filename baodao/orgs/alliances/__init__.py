"""Alliances: consortia, councils and pairings that tie organizations across the trees and across borders.

Facts are the truth; the tables are folded from them and rebuilt by `baodao rebuild`. An organization that the
founder does not reach is a member only once its own post has accepted.
"""
