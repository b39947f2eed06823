"""Patrols by points, line or area over 24 hours, and joint checks: several departments, one visit, one record, rated by the place.

Owns: routes with their points, which point a round passed and when, finds, joint checks. Must never know: where anybody is between two
points (no location is asked, no trail is kept), who in a place said what, or a person as a find: a find is a thing at a place.
"""
