"""Buildings and residential compounds: what stands where, in which grid, who answers for it; dated, folded from facts.

Knows nobody who lives there: households are another room."""
