"""All addresses: what the apps registered by `@page`, mounted by their shell."""

from baodao.kernel.pages import urlpatterns_of

urlpatterns = urlpatterns_of({"portal": "", "desk": "desk/", "api": "api/v1/"})
handler400 = "baodao.kernel.pages.bad_request"
handler403 = "baodao.kernel.pages.refused"
handler404 = "baodao.kernel.pages.missing"
handler500 = "baodao.kernel.pages.broken"
