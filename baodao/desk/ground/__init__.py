"""Pages of the ground: grids, buildings, compounds, with who answers for them and what is open there."""

from . import compounds, finding, grids, recording  # noqa: F401
