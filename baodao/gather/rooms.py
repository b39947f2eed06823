"""The rooms of this app, by name: what is looked for at start in each of them stands in `apps`, `models` and `pages`."""

ROOMS = ("branch", "service", "shifts", "patrols", "courses", "homes", "booking", "matching")
