"""Courses: the menu of offers, who gives them, orders of communities; programmes of training. Residents who listen are heads, never a list."""
