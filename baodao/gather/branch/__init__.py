"""The organizational life of a Party branch: an evening recorded once on one screen, decisions that become matters, registers.

What was said openly goes up with the record; what is marked stays in the branch. Who was there is for the branch and the one
concerned; those above have that it was held, what it met, and shares from ten members on. Nothing here looks at how an app
was used, and recording late is no fault.
"""
