"""Organizations: two dated trees, appointments to posts, and the rights that posts carry.

Owns which organization lay under which other one on which day, who held which post, which district
pack rules where, and the one rule table from which every "may I" and every "which ones" is answered.
It never knows what a matter, a grid or a visit is: those hand in a Subject and get a yes or a no.
"""
