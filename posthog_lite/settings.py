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
    env.str("POSTHOG_LITE_CLUSTER", default="test" if "PYTEST_VERSION" in env.ENVIRON else "main") == "test"
)
DATABASES = {
    "default": {
        "ENGINE": "posthog_lite.postgres",
        "NAME": "posthog",
        "DATA_DIR": DATA_DIR / "test" if IS_TEST_CLUSTER else DATA_DIR,
        "IS_THROWAWAY": IS_TEST_CLUSTER,
        "MAX_CONNECTIONS": max(100, 32 * WEB_CONCURRENCY + 40),
    }
    if IS_DATABASE_EMBEDDED
    else env.db_url("DATABASE_URL", engine="posthog_lite.postgres")
}
DATABASES["default"]["OPTIONS"] = DATABASES["default"].get("OPTIONS", {}) | {  # sslmode, say, from the URL
    # A failed attempt to connect is given up soon, and a later request makes another: else the pauses grow to minutes.
    "pool": {"min_size": 1, "max_size": 16, "timeout": 5, "reconnect_timeout": 2},
    # Prepared statements halve the time Postgres needs for a dashboard. What they ask of raw SQL stands in
    # docs/operators.md.
    "server_side_binding": True,
    "prepare_threshold": 2,
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Security -------------------------------------------------------------------------------------------------------
SECRET_KEY = secret_key(
    env.str("SECRET_KEY", default=""), data_dir=DATA_DIR, may_generate=IS_DATABASE_EMBEDDED or DEBUG
)
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]", urlsplit(SITE_URL).hostname or "localhost"]
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
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [{"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"}]
AUTH_USER_MODEL = "accounts.User"
CORS_ALLOW_ALL_ORIGINS = True
CORS_ALLOW_CREDENTIALS = True
CORS_ALLOW_HEADERS = [
    *default_headers,
    "posthog-attempt",
    "posthog-request-id",
    "posthog-request-timestamp",
    "posthog-sdk-info",
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
    "posthog_lite",  # first: its templates come before those of the packages
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "corsheaders",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "accounts",
    "tagging",
    "activity",
    "themes",
    "datasets",
    "definitions",
    "events",
    "insights",
    "dashboards",
    "sharing",
    "home",
]

MIDDLEWARE = [
    "posthog_lite.health.AnswerHealthProbes",
    "common.middleware.RefuseUnstorableAddress",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "posthog_lite.urls"
WSGI_APPLICATION = "posthog_lite.wsgi.application"
APPEND_SLASH = False  # The API takes both forms without a redirect, which would lose the body of a POST.

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
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
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "sharing.authentication.SharingTokenAuthentication",
        "accounts.authentication.PersonalAPIKeyAuthentication",
        "accounts.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.permissions.DenyUnlessDeclared"],
    "DEFAULT_PARSER_CLASSES": [
        "common.parsers.JSONParser",
        "common.parsers.FormParser",
        "common.parsers.MultiPartParser",
    ],
    "DEFAULT_RENDERER_CLASSES": ["common.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "common.pagination.LimitOffsetPagination",
    "DEFAULT_FILTER_BACKENDS": ["common.filters.ListOnlyFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "common.schema.AutoSchema",
    "EXCEPTION_HANDLER": "common.exception_handler.exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}

EXCEPTIONS_HOG = {"EXCEPTION_REPORTING": "common.exception_handler.report"}

# The Postgres that holds everything holds what workers count together, too.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "django_cache"}}

SPECTACULAR_SETTINGS = {
    "TITLE": "PostHog API",
    "VERSION": "1.0.0",
    "DESCRIPTION": "",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    # Forms are read as well, but code generated from a choice of media types takes the last, not the best.
    "PARSER_WHITELIST": ["common.parsers.JSONParser"],
    "ENUM_NAME_OVERRIDES": {
        "ActionStepMatching": "events.serializers.actions.MATCHINGS",
        "DashboardRestrictionLevel": "dashboards.models.Dashboard.RestrictionLevel",
        "DashboardPrivilegeLevel": "dashboards.models.Dashboard.PrivilegeLevel",
        "OrganizationMembershipLevel": "accounts.models.OrganizationMembership.Level",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "common.schema.document_errors",
        "common.schema.mend_nulls",
        "common.schema.mark_environments_deprecated",
    ],
    "AUTHENTICATION_WHITELIST": [],
}
