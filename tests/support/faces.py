"""A face drawn by code, which a detector takes for one: nobody's, and ours to ship."""

import io

from PIL import Image, ImageDraw, ImageFilter

#: Ovals and bars from the back to the front, in a picture of 280 x 280: (shape, box, colour).
_PARTS = (
    ("ellipse", (85, 55, 195, 230), (50, 35, 30)),  # hair
    ("ellipse", (95, 75, 185, 220), (205, 160, 130)),
    ("ellipse", (100, 110, 135, 140), (150, 105, 85)),  # sockets, brows, eyes
    ("ellipse", (145, 110, 180, 140), (150, 105, 85)),
    ("rectangle", (102, 108, 133, 115), (60, 40, 35)),
    ("rectangle", (147, 108, 178, 115), (60, 40, 35)),
    ("ellipse", (107, 118, 130, 132), (235, 225, 220)),
    ("ellipse", (150, 118, 173, 132), (235, 225, 220)),
    ("ellipse", (113, 118, 126, 132), (30, 20, 20)),
    ("ellipse", (155, 118, 168, 132), (30, 20, 20)),
    ("rectangle", (135, 112, 145, 160), (225, 185, 155)),  # nose
    ("ellipse", (128, 152, 152, 168), (170, 120, 95)),
    ("ellipse", (105, 145, 128, 175), (225, 180, 150)),  # cheeks
    ("ellipse", (152, 145, 175, 175), (225, 180, 150)),
    ("ellipse", (118, 180, 162, 198), (140, 70, 65)),  # mouth, chin
    ("ellipse", (122, 185, 158, 190), (90, 35, 35)),
    ("ellipse", (125, 200, 155, 215), (215, 170, 140)),
)


def drawn_face() -> bytes:
    """A JPEG of 280 x 280 with one face in its middle."""
    picture = Image.new("RGB", (280, 280), (120, 130, 140))
    draw = ImageDraw.Draw(picture)
    for shape, box, colour in _PARTS:
        getattr(draw, shape)(box, fill=colour)
    out = io.BytesIO()
    picture.filter(ImageFilter.GaussianBlur(3)).save(out, "JPEG")
    return out.getvalue()
