"""Legs as a sheet: the own unit's open legs out, what was filled in back as acts. It knows actions by what the procedure declares,
and moves nothing but by `services.act`."""
