"""N01: talks in yards: residents are heads, no address asks who listened. Loudspeakers and messages wait for the bulletin."""

import re
from typing import Any

from tests.stories.test_D08_courses import ORDERED, offer
from tests.support.town import A, at


def test_no_address_asks_who_listened(town: Any) -> None:
    """Residents are heads: the kinds of the shipped packs that are about law, theory and the like keep no list, no page of courses has
    a field for a name, and no quota is anywhere."""
    from baodao.gather.courses.declare import lists_of
    from baodao.kernel.declare import get_pack
    from baodao.orgs.selectors import today

    with at("11-23 09:00"):
        lists = lists_of(A, today())
        counted = {code for code, one in lists.subjects.items() if one.counted}
        assert {"theory", "law"} <= counted
        for code in counted:
            for form in lists.forms:
                assert lists.fits(code, form) == (lists.kinds[lists.forms[form].gathering].people == "count")
        page = offer(town)
        for address in ("/desk/courses/", page, ORDERED):
            body = town.desk("secretary").get(address).content.decode()
            assert not re.findall(r'name="(?:name|phone|household|quota|target)"', body)
    assert get_pack("fuling")
