"""The one to-do list."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from baodao.kernel.pages import page, render


@page("desk", "", name="home", nav=(0, _("待办")), methods=("GET", "HEAD"))
def home(request: HttpRequest) -> HttpResponse:
    """Everything that waits for this post, the nearest due first."""
    return render(request, "desk/todo.html")


@page("desk", "search/", name="search", methods=("GET", "HEAD"))
def search(request: HttpRequest) -> HttpResponse:
    """Numbers and words of matters, two characters or more."""
    return render(request, "desk/search.html")
