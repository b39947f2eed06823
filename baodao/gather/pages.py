"""Pages of this app's rooms: `desk` and `portal` of each are found by name."""

from importlib import import_module
from importlib.util import find_spec

from .rooms import ROOMS

for _room in ROOMS:
    for _shell in ("desk", "portal", "api"):
        _name = f"baodao.gather.{_room}"
        if find_spec(_name) is not None and find_spec(f"{_name}.{_shell}") is not None:
            import_module(f"{_name}.{_shell}")
