"""Devices: a catalogue of cameras and sensors. Where one hangs, whose it is, what for, whether the sign that the law
asks for is there, whether it works. Never a picture, an address of a stream, a password, a name or a plate: there is
no field for them, and a sheet that brings one is refused (PIPL art. 26)."""
