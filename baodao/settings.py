"""Deployment settings: environment only, strictly parsed, checked at start (policy lives in packs).

Every name is `BAODAO_…`; an unknown or malformed one stops the start and names the variable, the reason and the remedy.
"""

import os
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from baodao.kernel.environment import parse_database, read_environment, read_secret

ROOT = Path(__file__).resolve().parent.parent
ENV = read_environment(os.environ, ROOT)

DEBUG = ENV.debug
DEMO = ENV.demo
DATA = Path(ENV.data)
# The keys of boxes (people.boxes); "": below DATA.
BOXES = ENV.boxes
PACKS = Path(ENV.packs)
SECRET_KEY = read_secret(ENV)
ALLOWED_HOSTS = list(ENV.hosts)
BASE_URL = ENV.base_url
GATEWAYS = ENV.gateways
PRIVATE_PARTNERS = ENV.private_partners

DATABASES = {"default": parse_database(ENV.database)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "baodao.kernel",
    "baodao.ledger",
    "baodao.people",
    "baodao.orgs",
    "baodao.places",
    "baodao.dues",
    "baodao.matters",
    "baodao.measures",
    "baodao.gather",
    "baodao.notify",
    "baodao.portal",
    "baodao.desk",
    "baodao.api",
    "baodao.simulate",
]
AUTH_USER_MODEL = "people.Account"

# One lean stack. People's door adds the actor only for requests that carry a session cookie.
MIDDLEWARE = [
    "baodao.kernel.middleware.Floor",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "baodao.people.door.Door",
]
ROOT_URLCONF = "baodao.urls"
WSGI_APPLICATION = "baodao.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": False,
        "DIRS": sorted(str(path) for path in (ROOT / "baodao").glob("*/templates")),
        "OPTIONS": {"environment": "baodao.kernel.jinja.environment"},
    }
]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", _("英文"))]
LOCALE_PATHS = [ROOT / "locale"]
TIME_ZONE = ENV.time_zone
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
STATICFILES_DIRS = [ROOT / "baodao" / "static"]
STATIC_ROOT = DATA / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = ENV.https
CSRF_COOKIE_SECURE = ENV.https
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "baodao.kernel.pages.csrf_failure"
SECURE_HSTS_SECONDS = 31_536_000 if ENV.https else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV.trusted_proxy else None
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 10

PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    # Pillow tells a photo's EXIF at DEBUG: places and devices have no business in a log.
    "loggers": {"PIL": {"level": "INFO"}},
    "root": {"handlers": ["console"], "level": ENV.log_level},
}
