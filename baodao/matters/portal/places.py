"""The picture behind the place chooser: a map level as an image, so that a click on it is a form's answer."""

from django.http import HttpRequest, HttpResponse

from baodao.kernel.errors import Missing
from baodao.kernel.pages import page
from baodao.places.drawing import svg
from baodao.places.maps import map_level

FONT = "'PingFang SC','Noto Sans CJK SC','Microsoft YaHei',sans-serif"


@page("portal", "report/map/<str:code>/", name="report-map", public=True, methods=("GET", "HEAD"))
def picture(request: HttpRequest, code: str) -> HttpResponse:
    """One level of the district's map. Public: polygons and names only."""
    drawn = map_level(code)
    if drawn is None:
        raise Missing.of("", "", "")
    markup = svg(drawn, lambda shape: "", title=drawn.name)
    body = (
        str(markup)
        .replace('class="bd-map"', f'font-family="{FONT}" height="{drawn.height}"', 1)
        .replace('width="100%"', f'width="{drawn.width}"', 1)
        .replace('font-size="20"', 'font-size="34"', 1)
    )
    answer = HttpResponse(body, content_type="image/svg+xml; charset=utf-8")
    answer["Cache-Control"] = "public, max-age=600"
    return answer
