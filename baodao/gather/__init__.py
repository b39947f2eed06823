"""Gather: time, place, seats, sign-up, presence, hours. One slot serves openings, shifts, meetings, talks, classes, sessions,
volunteers' activities, patrols, bookings and visits; what is special of each is declared in packs.

It knows matters, dues, places, orgs and people. It must never know a measure, a notice, or why somebody was absent; it keeps
no place of a person between two acts, and of residents at a talk no list, only how many.
"""
