"""Pages that have a room of their own inside this app."""

from .alliances import desk  # noqa: F401
from .areas import desk as areas  # noqa: F401
from .handover import desk as handover  # noqa: F401
from .plans import desk as plans  # noqa: F401
from .powers import desk as powers  # noqa: F401
from .rolls import desk as rolls  # noqa: F401
from .rolls import portal as membership  # noqa: F401
from .talents import desk as talents  # noqa: F401
from .talents import portal as growth  # noqa: F401
