"""A list on a phone and on paper: figures with their column's words on the one, a whole table without menus on the other."""

from pathlib import Path
from typing import Any

import pytest

from baodao.kernel.heads import headed

pytestmark = pytest.mark.browser

STYLES = Path(__file__).parents[2] / "baodao" / "static"
LIST = """<div class="rows"><table><thead><tr><th scope="col">会</th><th scope="col">到会</th><th scope="col">决定</th></tr></thead>
<tbody><tr><td class="what">主题党日</td><td id="came">10/12</td><td id="none"></td></tr></tbody></table></div>"""
SHOWN = "e => getComputedStyle(e).display"


def test_a_list_is_cards_on_a_phone_and_a_table_on_paper(page: Any) -> None:
    css = "".join(
        (STYLES / name).read_text()
        for name in ("vendor/tabler/tabler.min.css", "app/core.css", "app/desk.css")
    )
    page.set_content(
        f'<style>{css}</style><style media="print">{(STYLES / "app/print.css").read_text()}</style>'
        '<header class="bar"><div class="menus"><details class="menu"><summary>我</summary><div class="sheet">我的资料</div></details></div>'
        f'</header><main class="page"><form method="get">{headed(LIST)}</form></main>'
    )
    came, none, sheet = page.locator("#came"), page.locator("#none"), page.locator(".sheet")
    assert came.evaluate("e => getComputedStyle(e, '::before').content") == '"到会"'
    assert came.evaluate(SHOWN) == "flow-root" and none.evaluate(SHOWN) == "none"
    # A4 between its margins is narrower than the width at which screens make cards of rows.
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 680, "height": 960})
    assert came.evaluate(SHOWN) == none.evaluate(SHOWN) == "table-cell"
    assert came.evaluate("e => getComputedStyle(e, '::before').content") == "none"
    assert came.is_visible(), "a list to choose rows of is printed, too"
    assert not sheet.is_visible(), "menus are no part of the paper, although folds open on it"
