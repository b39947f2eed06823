"""Settings of the gallery: no database, no door."""

from baodao.settings import *  # noqa: F403

ROOT_URLCONF = "tests.support.gallery_pages"
MIDDLEWARE = [
    "baodao.kernel.middleware.Floor",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
INSTALLED_APPS = [app for app in INSTALLED_APPS if app not in {"baodao.matters", "baodao.notify"}]  # noqa: F405
