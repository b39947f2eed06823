"""Rows that become cards on a phone: each cell says which column it is of."""

from markupsafe import Markup

from baodao.kernel.heads import headed

TABLE = """<div class="rows"><table><thead><tr><th scope="col">会</th><th scope="col">到会 <b>率</b></th><th colspan="2">议程</th>
<th scope="col" class="num">决定 "2"</th><th scope="col" class="no-print">我能做</th></tr></thead>
<tbody><tr><td>主题党日</td><td class="num">10/12</td><td>一</td><td>二</td><td> </td><td><button>改</button></td></tr>
<tr><td class="do">答复</td><td class="what"><a href="/x/">漏水</a></td><td colspan="2">一和二</td><td><input name="n"></td><td></td></tr></tbody></table></div>"""


def test_a_cell_says_its_column_and_those_that_speak_for_themselves_do_not() -> None:
    said = str(headed(TABLE))
    assert '<td>主题党日</td><td class="num" data-head="到会 率">10/12</td>' in said
    # A head over two columns names neither; an empty cell is told apart; buttons need no words, fields do.
    assert "<td>一</td><td>二</td><td data-blank> </td><td><button>改</button></td>" in said
    assert (
        '<td class="do">答复</td><td class="what"><a href="/x/">漏水</a></td><td colspan="2">一和二</td>'
        in said
    )
    assert '<td data-head="决定 &quot;2&quot;"><input name="n"></td><td data-blank></td>' in said


def test_what_is_no_table_of_columns_stays_as_it_is() -> None:
    for page in ("<p>到会 10/12</p>", "<table><tr><td>1</td><td>2</td></tr></table>", ""):
        assert headed(page) == page
    assert headed(headed(TABLE)) == headed(TABLE), "a second time changes nothing"


FAULTS = """<div class="bd-faults"><ul><li><a href="#f-title">要有 2 到 80 个字</a> — 请改短</li><li><a href="#f-day">没有写日子</a></li>
<li><a href="#f-none">不对</a></li><li>什么都没有改</li></ul></div><label class="form-label" for="f-title">题目<span>可不填</span></label>
<legend id="f-day" tabindex="-1">哪天、日子</legend>"""


def test_a_fault_on_top_says_whose_it_is_once() -> None:
    said = str(headed(Markup(FAULTS)))
    assert '<a href="#f-title">题目：要有 2 到 80 个字</a> — 请改短' in said
    # It says its field already; it is of no field of this page; it is of none.
    assert said.replace("题目：", "") == FAULTS
    assert headed(said) == said
