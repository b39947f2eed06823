"""Pages that have a room of their own inside this app."""

from .buildings import api as houses  # noqa: F401
from .devices import desk as devices  # noqa: F401
from .devices import portal as watching  # noqa: F401
from .facilities import api as nearby  # noqa: F401
from .facilities import desk as facilities  # noqa: F401
from .facilities import portal as near  # noqa: F401
from .households import desk as households  # noqa: F401
from .households import portal as homes  # noqa: F401
