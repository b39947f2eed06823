"""Every entry of every shipped pack can be read in English: what holds by default passes when it is read again."""

import importlib
import re

import pytest
from django.conf import settings

from baodao.kernel.declare import get_pack, pack_names
from baodao.kernel.declare.sections import sections

CHINESE = re.compile(r"[\u3400-\u9fff]")


@pytest.mark.parametrize("name", pack_names())
def test_every_section_speaks_english(name: str) -> None:
    pack = get_pack(name)
    for section in sections().values():
        assert set(pack.many(section.struct, "en")) == set(pack.many(section.struct))


@pytest.mark.parametrize("name", pack_names())
def test_every_due_says_on_what_it_rests_in_both_languages(name: str) -> None:
    from baodao.dues.declare import DueRule

    pack = get_pack(name)
    english = pack.many(DueRule, "en")
    for due, rule in pack.many(DueRule).items():
        assert CHINESE.search(rule.basis), due
        for told in (english[due].basis, english[due].hint if rule.hint else "-", rule.title_en):
            assert told and not CHINESE.search(told), (due, told)


@pytest.mark.parametrize("name", pack_names())
def test_every_right_that_somebody_has_is_worded(name: str) -> None:
    """A right without words stands in the printed matrix and in a token's form as a bare code."""
    from baodao.orgs.matrix import rows_of
    from baodao.orgs.words import right_words

    importlib.import_module(settings.ROOT_URLCONF)  # rooms that are opened by their pages alone
    known = right_words(name)
    bare = {row[2] for row in rows_of(name)} - known.keys()
    assert not bare, sorted(bare)
    for right in {row[2] for row in rows_of(name)}:
        assert CHINESE.search(known[right].zh) and not CHINESE.search(known[right].en), right
