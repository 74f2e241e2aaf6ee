"""All settings, read from the environment (and from `.env` beside manage.py). The README lists the variables."""

from pathlib import Path
from urllib.parse import urlsplit

import environ
from corsheaders.defaults import default_headers

from common.logs import logging_settings
from posthog_lite.secrets import secret_key

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=False)
HOST = env.str("HOST", default="127.0.0.1")
PORT = env.int("PORT", default=8000)
SITE_URL = env.str("SITE_URL", default=f"http://127.0.0.1:{PORT}").rstrip("/")
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / ".data"))).resolve()
WEB_CONCURRENCY = env.int("WEB_CONCURRENCY", default=1)
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO").upper()
QUERY_TIMEOUT_SECONDS = env.int("QUERY_TIMEOUT_SECONDS", default=10)
IS_BEHIND_PROXY = env.bool("IS_BEHIND_PROXY", default=False)
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])
RATE_LIMIT_ENABLED = env.bool("RATE_LIMIT_ENABLED", default=False)
# An endpoint that speaks OpenAI's chat completions may reword what changed on a dashboard. Off without
# an address or a model.
OPENAI_BASE_URL = env.str("OPENAI_BASE_URL", default="")
OPENAI_API_KEY = env.str("OPENAI_API_KEY", default="")
OPENAI_MODEL = env.str("OPENAI_MODEL", default="")

# --- Database -------------------------------------------------------------------------------------------------------
# Our engine over Django's own. With DATA_DIR it starts or joins an embedded server there; tests have one of their own.
IS_DATABASE_EMBEDDED = not env.str("DATABASE_URL", default="")
# pytest sets that variable; what a test starts as a real server sets the other one to "main".
IS_TEST_CLUSTER = (
 docs/operators.md.env.str("POSTHOG_LITE_CLUSTER", default="test" if "PYTEST_VERSION" in env.ENVIRON else "main") == "test"
)
DATABASES = {
 docs/operators.md."default": {
 docs/operators.md.    "ENGINE": "posthog_lite.postgres",
 docs/operators.md.    "NAME": "posthog",
 docs/operators.md.    "DATA_DIR": DATA_DIR / "test" if IS_TEST_CLUSTER else DATA_DIR,
 docs/operators.md.    "IS_THROWAWAY": IS_TEST_CLUSTER,
 docs/operators.md.    "MAX_CONNECTIONS": max(100, 32 * WEB_CONCURRENCY + 40),
 docs/operators.md.}
 docs/operators.md.if IS_DATABASE_EMBEDDED
 docs/operators.md.else env.db_url("DATABASE_URL", engine="posthog_lite.postgres")
}
DATABASES["default"]["OPTIONS"] = DATABASES["default"].get("OPTIONS", {}) | {  # sslmode, say, from the URL
 docs/operators.md.# A failed attempt to connect is given up soon, and a later request makes another: else the pauses grow to minutes.
 docs/operators.md."pool": {"min_size": 1, "max_size": 16, "timeout": 5, "reconnect_timeout": 2},
 docs/operators.md.# Prepared statements halve the time Postgres needs for a dashboard. What they ask of raw SQL stands in
 docs/operators.md.# docs/operators.md.
 docs/operators.md."server_side_binding": True,
 docs/operators.md."prepare_threshold": 2,
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Security -------------------------------------------------------------------------------------------------------
SECRET_KEY = secret_key(
 docs/operators.md.env.str("SECRET_KEY", default=""), data_dir=DATA_DIR, may_generate=IS_DATABASE_EMBEDDED or DEBUG
)
ALLOWED_HOSTS = env.list(
 docs/operators.md."ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]", urlsplit(SITE_URL).hostname or "localhost"]
)
IS_HTTPS = SITE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_BEHIND_PROXY else None
CSRF_COOKIE_NAME = "posthog_csrftoken"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
PASSWORD_HASHERS = [
 docs/operators.md."django.contrib.auth.hashers.Argon2PasswordHasher",
 docs/operators.md."django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [{"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"}]
AUTH_USER_MODEL = "accounts.User"
CORS_ALLOW_ALL_ORIGINS = True
CORS_ALLOW_CREDENTIALS = True
CORS_ALLOW_HEADERS = [
 docs/operators.md.*default_headers,
 docs/operators.md."posthog-attempt",
 docs/operators.md."posthog-request-id",
 docs/operators.md."posthog-request-timestamp",
 docs/operators.md."posthog-sdk-info",
]
CORS_URLS_REGEX = r"^/(capture|e|i/v0/e|i/v1/analytics/events|track|batch|engage|s|flags|decide|array/.*)/?$"

# --- Limits of a request ----------------------------------------------------------------------------------------------
API_BODY_LIMIT = 10 * 1024 * 1024
CAPTURE_BODY_LIMIT = 20 * 1024 * 1024
# Above both, so that our parsers speak first, in our envelope and with 413.
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024 * 1024

LOGGING = logging_settings(LOG_LEVEL)

# --- Application ------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
 docs/operators.md."posthog_lite",  # first: its templates come before those of the packages
 docs/operators.md."django.contrib.admin",
 docs/operators.md."django.contrib.auth",
 docs/operators.md."django.contrib.contenttypes",
 docs/operators.md."django.contrib.sessions",
 docs/operators.md."django.contrib.messages",
 docs/operators.md."django.contrib.staticfiles",
 docs/operators.md."django.contrib.postgres",
 docs/operators.md."corsheaders",
 docs/operators.md."rest_framework",
 docs/operators.md."django_filters",
 docs/operators.md."drf_spectacular",
 docs/operators.md."drf_spectacular_sidecar",
 docs/operators.md."accounts",
 docs/operators.md."tagging",
 docs/operators.md."activity",
 docs/operators.md."themes",
 docs/operators.md."datasets",
 docs/operators.md."definitions",
 docs/operators.md."events",
 docs/operators.md."insights",
 docs/operators.md."dashboards",
 docs/operators.md."sharing",
 docs/operators.md."home",
]

MIDDLEWARE = [
 docs/operators.md."posthog_lite.health.AnswerHealthProbes",
 docs/operators.md."common.middleware.RefuseUnstorableAddress",
 docs/operators.md."django.middleware.security.SecurityMiddleware",
 docs/operators.md."whitenoise.middleware.WhiteNoiseMiddleware",
 docs/operators.md."corsheaders.middleware.CorsMiddleware",
 docs/operators.md."django.contrib.sessions.middleware.SessionMiddleware",
 docs/operators.md."django.middleware.common.CommonMiddleware",
 docs/operators.md."django.middleware.csrf.CsrfViewMiddleware",
 docs/operators.md."django.contrib.auth.middleware.AuthenticationMiddleware",
 docs/operators.md."django.contrib.messages.middleware.MessageMiddleware",
 docs/operators.md."django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "posthog_lite.urls"
WSGI_APPLICATION = "posthog_lite.wsgi.application"
APPEND_SLASH = False  # The API takes both forms without a redirect, which would lose the body of a POST.

TEMPLATES = [
 docs/operators.md.{
 docs/operators.md.    "BACKEND": "django.template.backends.django.DjangoTemplates",
 docs/operators.md.    "APP_DIRS": True,
 docs/operators.md.    "OPTIONS": {
 docs/operators.md.        "context_processors": [
 docs/operators.md.            "django.template.context_processors.request",
 docs/operators.md.            "django.contrib.auth.context_processors.auth",
 docs/operators.md.            "django.contrib.messages.context_processors.messages",
 docs/operators.md.        ]
 docs/operators.md.    },
 docs/operators.md.}
]

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
WHITENOISE_USE_FINDERS = True
# Files with a hash in their name never change.
WHITENOISE_IMMUTABLE_FILE_TEST = r"\.[0-9a-f]{12}\.js$"

REST_FRAMEWORK = {
 docs/operators.md."DEFAULT_AUTHENTICATION_CLASSES": [
 docs/operators.md.    "sharing.authentication.SharingTokenAuthentication",
 docs/operators.md.    "accounts.authentication.PersonalAPIKeyAuthentication",
 docs/operators.md.    "accounts.authentication.SessionAuthentication",
 docs/operators.md.],
 docs/operators.md."DEFAULT_PERMISSION_CLASSES": ["accounts.permissions.DenyUnlessDeclared"],
 docs/operators.md."DEFAULT_PARSER_CLASSES": [
 docs/operators.md.    "common.parsers.JSONParser",
 docs/operators.md.    "common.parsers.FormParser",
 docs/operators.md.    "common.parsers.MultiPartParser",
 docs/operators.md.],
 docs/operators.md."DEFAULT_RENDERER_CLASSES": ["common.renderers.JSONRenderer"],
 docs/operators.md."DEFAULT_PAGINATION_CLASS": "common.pagination.LimitOffsetPagination",
 docs/operators.md."DEFAULT_FILTER_BACKENDS": ["common.filters.ListOnlyFilterBackend"],
 docs/operators.md."DEFAULT_SCHEMA_CLASS": "common.schema.AutoSchema",
 docs/operators.md."EXCEPTION_HANDLER": "common.exception_handler.exception_handler",
 docs/operators.md."TEST_REQUEST_DEFAULT_FORMAT": "json",
}

EXCEPTIONS_HOG = {"EXCEPTION_REPORTING": "common.exception_handler.report"}

# The Postgres that holds everything holds what workers count together, too.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "django_cache"}}

SPECTACULAR_SETTINGS = {
 docs/operators.md."TITLE": "PostHog API",
 docs/operators.md."VERSION": "1.0.0",
 docs/operators.md."DESCRIPTION": "",
 docs/operators.md."OAS_VERSION": "3.1.1",
 docs/operators.md."SERVE_INCLUDE_SCHEMA": False,
 docs/operators.md."SWAGGER_UI_DIST": "SIDECAR",
 docs/operators.md."SWAGGER_UI_FAVICON_HREF": "SIDECAR",
 docs/operators.md."REDOC_DIST": "SIDECAR",
 docs/operators.md."COMPONENT_SPLIT_REQUEST": True,
 docs/operators.md."ENUM_NAME_OVERRIDES": {
 docs/operators.md.    "ActionStepMatching": "events.serializers.actions.MATCHINGS",
 docs/operators.md.    "DashboardRestrictionLevel": "dashboards.models.Dashboard.RestrictionLevel",
 docs/operators.md.    "DashboardPrivilegeLevel": "dashboards.models.Dashboard.PrivilegeLevel",
 docs/operators.md.    "OrganizationMembershipLevel": "accounts.models.OrganizationMembership.Level",
 docs/operators.md.},
 docs/operators.md."POSTPROCESSING_HOOKS": [
 docs/operators.md.    "drf_spectacular.hooks.postprocess_schema_enums",
 docs/operators.md.    "common.schema.mark_environments_deprecated",
 docs/operators.md.],
 docs/operators.md."AUTHENTICATION_WHITELIST": [],
}
