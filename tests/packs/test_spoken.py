"""Every entry of every shipped pack can be read in English: what holds by default passes when it is read again."""

import pytest

from baodao.kernel.declare import get_pack, pack_names
from baodao.kernel.declare.sections import sections


@pytest.mark.parametrize("name", pack_names())
def test_every_section_speaks_english(name: str) -> None:
    pack = get_pack(name)
    for section in sections().values():
        assert set(pack.many(section.struct, "en")) == set(pack.many(section.struct))
