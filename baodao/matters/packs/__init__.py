"""What a clerk does with a pack before anybody works under it: begin one, and walk a procedure in memory. Nothing here
writes to the database or reads from it."""
