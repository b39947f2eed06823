"""A post that leaves hands its facilities over."""

from django.utils.translation import gettext_lazy as _

from baodao.places.catalogue.keeper import keep_for_posts

from .facts import Changed
from .selectors import kept_by
from .services import CATALOGUE

keep_for_posts(
    CATALOGUE, _("阵地和设施"), kept_by, lambda fields: Changed(**fields), href="facilities", level=0
)
