"""kernel: the ground of the house. Act and verbs, declarations, calendar, evidence files, text, geometry,
imports, jobs, pages.

It must never know what a matter, an organization or a person is: policy, flush and grants are ports that
upper apps fill at start.
"""
