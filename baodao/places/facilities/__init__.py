"""Facilities (阵地、设施): what kind of place it is, what one can do there, when it is open, whose it is, which post
answers for it. Public by nature. It never knows who comes: bookings and visitors belong to other rooms."""
