"""F06: somebody reports for an old neighbour; a paper slip with number, code and QR makes it the neighbour's own."""

import re
from typing import Any

import segno

from tests.support.town import at, words


def test_on_behalf_with_a_paper_slip(town: Any, settings: Any) -> None:
    with at("11-23 09:00"):
        helper = town.phone("neighbour")
        assert "本人知道并同意" in helper.report(expect=422, text="暖气不热。", behalf="1", name="李婆婆")
        number = helper.report(
            text="李婆婆家水管漏水。", kind="utilities", behalf="1", name="李婆婆", consent="yes"
        )
        slip = helper.receipt(number)
        assert "请把这张纸条交给本人" in words(slip)
        assert number in slip
        code = helper.code(number)
        # The QR leads to the look-up page; the code stands behind "#", where no server's log can see it.
        drawn = segno.make(f"{settings.BASE_URL.rstrip('/')}/look/?number={number}#{code}", error="m")
        path = re.search(r' d="([^"]+)"', drawn.svg_inline(border=1, omitsize=True))
        assert path
        assert path[1] in slip
        assert re.fullmatch(r"[2-9A-Y]{4}-[2-9A-Y]{4}", code)
        # It is not the helper's request: it does not stand in her list.
        assert number not in words(helper.browser.get("/mine/"))
        town.office("secretary").do(number, "report_in")
        town.office("secretary").do(number, "answer", claim="solved", result="换了水管。")
    with at("11-24 09:00"):
        # Half an hour later the helper's phone opens it no more.
        assert helper.browser.get(f"/requests/{number}/").status_code in {302, 404}
        granny = town.phone()
        assert "编号和查询码对不上" in granny.look(number, "2222-2222", expect=422)
        granny.look(number.lower(), code.lower().replace("-", " "))
        granny.codes[number] = code
        assert "李婆婆家水管漏水。" in granny.own(number)
        assert "您说：解决了" in granny.do(number, "confirm", answer="solved")
        assert "谢谢您打分" in granny.do(number, "rate", stars="5")
    with at("11-24 10:00"):
        # What the office reads is her answer, never her stars.
        told = str(town.office("secretary").see(number))
        assert "solved" in told
        assert "stars" not in told
        assert "rate" not in [fact["action"] for fact in town.office("secretary").see(number)["facts"]]


def test_a_code_opens_one_number_only(town: Any) -> None:
    with at("11-23 09:00"):
        one, other = town.phone(), town.phone()
        mine, theirs = one.report(text="甲的事。"), other.report(text="乙的事。")
        assert "对不上" in one.look(theirs, one.code(mine), expect=422)
        assert one.browser.get(f"/requests/{theirs}/").status_code == 302
