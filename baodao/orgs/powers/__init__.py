"""What stands beside an appointment: deputies for a time, acts that need a second person, and openings of restricted subjects
("break-glass"). Knows nothing of what is opened or done."""
