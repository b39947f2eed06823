"""Areas: the ground that a post is given for a time (a patrol's round, a police post's communities), as dated facts, and
what the reach "area" makes of it. Knows codes of grids, never their shapes."""
