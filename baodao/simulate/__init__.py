"""simulate: lives a district through the same verbs, for demonstrations and tests; everything it makes says so."""
