"""Alerts of devices: a platform sends what a device saw, repeats fold into one matter, whoever is on shift verifies.

An alert carries place, kind, time and at most one still, blurred before it is stored. It never knows a person: a field that looks
like a face, a plate, a name or an identity is refused and counted. Whether a rule may spread is read from what people verified.
"""
