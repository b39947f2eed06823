"""What rooms above put beside a device: links to pages of theirs. The catalogue knows nothing of them."""

from collections.abc import Callable

from baodao.kernel.act import Act

#: (reader, code of the device) → (words, address) of each link; no statement.
Beside = Callable[[Act, str], list[tuple[str, str]]]
_found: dict[str, Beside] = {}


def register_beside(name: str, find: Beside) -> None:
    """A room above says what it has about a device."""
    _found[name] = find


def beside(by: Act, code: str) -> list[tuple[str, str]]:
    """All links of one device."""
    return [link for find in _found.values() for link in find(by, code)]
