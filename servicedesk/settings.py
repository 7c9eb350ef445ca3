"""Settings come from the environment only; `env.py` refuses what is unsafe or makes no sense."""

from celery.schedules import crontab
from csp.constants import NONE, SELF

from servicedesk import env as say
from servicedesk.env import env

ROOT = say.ROOT
VAR = say.folder("VAR_ROOT", ROOT / "var")
DEBUG = say.flag("DEBUG")
DEMO = say.flag("DEMO")
ENVIRONMENT = say.environment(DEBUG, DEMO)
PRODUCTION = ENVIRONMENT == "production"

SECRET_KEY = say.secret_key(ENVIRONMENT, VAR)
ALLOWED_HOSTS = say.allowed_hosts(ENVIRONMENT)
CSRF_TRUSTED_ORIGINS = say.words("CSRF_TRUSTED_ORIGINS")
SITE_URL = say.address("SITE_URL", {"http", "https"}, "http://127.0.0.1:8000").rstrip("/")

INSTALLED_APPS = [
    "servicedesk.accounts",
    "servicedesk.desk",
    "servicedesk.reports",
    "servicedesk.portal",
    "enterprises",
    "approvals",
    "servicedesk.desk.apps.DeskAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "import_export",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "servicedesk.accounts.rush.in_turn",
    "servicedesk.accounts.middleware.no_store",
    "servicedesk.accounts.middleware.without_nulls",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "servicedesk.accounts.middleware.remembered",
    "servicedesk.accounts.middleware.language",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "servicedesk.accounts.addresses.kept_to_addresses",
    "servicedesk.accounts.sittings.watched",
    "servicedesk.accounts.break_glass.marked",
    "servicedesk.accounts.second_factor.required",
    "servicedesk.accounts.staff_door.staff_door",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "servicedesk.urls"
WSGI_APPLICATION = "servicedesk.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# Data. No ATOMIC_REQUESTS: on SQLite every read would take the write lock.
DATABASES = {"default": say.database(VAR / "desk.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": say.cache(VAR / "cache")}
STORAGE_ROOT = say.folder("STORAGE_ROOT", VAR / "files")
MEDIA_ROOT = STORAGE_ROOT
FILE_UPLOAD_PERMISSIONS = 0o640
UPLOAD_MAX_BYTES = say.number("UPLOAD_MAX_BYTES", 20 * 1024 * 1024, least=1024)
UPLOAD_MAX_FILES = say.number("UPLOAD_MAX_FILES", 10, least=1)
UPLOAD_PHOTO_BYTES = say.number("UPLOAD_PHOTO_BYTES", 15 * 1024 * 1024, least=1024)
UPLOAD_RECORDING_BYTES = say.number("UPLOAD_RECORDING_BYTES", 100 * 1024 * 1024, least=1024)
UPLOAD_MAX_PIXELS = say.number("UPLOAD_MAX_PIXELS", 80_000_000, least=1)
UPLOAD_CASE_FILES = say.number("UPLOAD_CASE_FILES", 100, least=1)
UPLOAD_CASE_BYTES = say.number("UPLOAD_CASE_BYTES", 200 * 1024 * 1024, least=1024)
# Dotted path of a function (file, name) -> what it found, "" for nothing; OSError when it cannot say.
SCANNER = env.str("SCANNER", default="")
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# Above what a form takes: whoever chooses too many is told at the field and keeps what they wrote.
DATA_UPLOAD_MAX_NUMBER_FILES = 10 * UPLOAD_MAX_FILES
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# Language and time
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English"), ("ru", "Русский")]
# Our own words, then better ones than the packages have for theirs.
LOCALE_PATHS = [ROOT / "locale", ROOT / "locale" / "libraries"]
FORMAT_MODULE_PATH = ["servicedesk.formats"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# Static files
STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
HASHED = not DEBUG and ENVIRONMENT != "test"
STATICFILES = "whitenoise.storage.CompressedManifestStaticFilesStorage"
PLAIN_STATICFILES = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": STATICFILES if HASHED else PLAIN_STATICFILES},
}
WHITENOISE_USE_FINDERS = not HASHED

# People
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL, LOGIN_REDIRECT_URL = "account_login", "/"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "servicedesk.accounts.backends.ByNameMailOrPhone",
    "servicedesk.accounts.break_glass.EmergencyBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "django.contrib.auth.hashers.ScryptPasswordHasher",
]
VALIDATION = "django.contrib.auth.password_validation."
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": VALIDATION + "MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": VALIDATION + "CommonPasswordValidator"},
]
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_ADAPTER = "servicedesk.accounts.backends.AccountAdapter"
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
# No limit per account alone: it would let a stranger lock anybody out. Locking is the task of axes, below.
ACCOUNT_RATE_LIMITS: dict[str, str] | bool = {"login": "120/m/ip", "login_failed": "60/m/ip"}
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if PRODUCTION else "http"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
# One step of tolerance (RFC 6238, 5.2): people type slowly and clocks differ.
MFA_TOTP_TOLERANCE = 1
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
MFA_TOTP_ISSUER = "Service desk"
STAFF_NEED_SECOND_FACTOR = True
# Our own client (accounts/oidc.py): the package's believes an unsigned id_token, and has no nonce.
OIDC = say.identity_provider(PRODUCTION)
OIDC_COMPANY_CLAIMS = say.company_claims()
# From where staff work; empty: from anywhere.
DESK_ADDRESSES = say.networks("DESK_ADDRESSES")
STAFF_IDLE_MINUTES = say.number("STAFF_IDLE_MINUTES", 30 if PRODUCTION else 0)
WEB_AT_ONCE = say.number("WEB_AT_ONCE", 0 if ENVIRONMENT == "test" else 6)  # requests; 0: no limit

# A stranger's wrong guesses lock out that stranger at that account, neither the account nor the address.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "servicedesk.accounts.backends.account_meant"
AXES_LOCKOUT_TEMPLATE = "account/locked.html"
AXES_FAILURE_LIMIT, AXES_COOLOFF_TIME = 5, 0.25
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_ENABLE_ACCESS_FAILURE_LOG = False

# Transport
SECURE = say.transport(ENVIRONMENT)
SECURE_SSL_REDIRECT = SECURE
SECURE_HSTS_SECONDS = say.number("HSTS_SECONDS", 31536000 if SECURE else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|status)$"]
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
X_FRAME_OPTIONS = "DENY"
if say.flag("BEHIND_PROXY"):
    MIDDLEWARE.insert(0, "servicedesk.accounts.middleware.forwarded")
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# Mail
vars().update(say.mail("consolemail://" if DEBUG else "filemail://"))
EMAIL_FILE_PATH = str(VAR / "mail")
EMAIL_TIMEOUT = say.number("EMAIL_TIMEOUT", 10, least=1)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="desk@localhost")

# Short messages, WeCom, webhooks. Without a gateway messages become files, as mail does; never in production.
SMS_URL = say.address("SMS_URL", {"https"})
SMS_KEY, SMS_SECRET = say.beside("SMS_URL", SMS_URL, "SMS_KEY", "SMS_SECRET")
SMS_SIGNATURE = env.str("SMS_SIGNATURE", default="胶州营商")
SMS_TIMEOUT = say.number("SMS_TIMEOUT", 8, least=1)
SMS_FOLDER = None if PRODUCTION else VAR / "sms"
WECOM_URL = say.address("WECOM_URL", {"https"}, "https://qyapi.weixin.qq.com").rstrip("/")
WECOM_CORP = env.str("WECOM_CORP", default="")
WECOM_SECRET, WECOM_AGENT = say.beside("WECOM_CORP", WECOM_CORP, "WECOM_SECRET", "WECOM_AGENT")
WEBHOOK_TIMEOUT = say.number("WEBHOOK_TIMEOUT", 5, least=1)
WEBHOOK_ANYWHERE = False  # The tests alone set it: their receiver stands on this machine.

# API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "rest_framework.parsers.JSONParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.ScopedRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {
        "clock": "60/min",
        "lookup": "10/min",
        "api-anonymous": "60/min",
        "api-person": "600/min",
    },
    "EXCEPTION_HANDLER": "servicedesk.desk.api.problems.answer",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "NUM_PROXIES": 0,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Service desk",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "DESCRIPTION": "What the pages of the desk ask and do, by the same rights. Log in with a session (and "
    "`X-CSRFToken`), or show a token: `Authorization: Bearer sd_…`. Refusals are problems (RFC 9457).",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "servicedesk.desk.api.answers.with_language",
    ],
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# Work. The database is the schedule; a message is only a wake-up, so publishing is tried once and briefly.
BROKER = say.broker(VAR)
CELERY_BROKER_URL = BROKER["url"]
CELERY_BROKER_TRANSPORT_OPTIONS = BROKER["options"]
CELERY_BROKER_CONNECTION_TIMEOUT = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_TASK_TIME_LIMIT = 600
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    name: {"task": f"servicedesk.desk.tasks.{task}", "schedule": 30.0, "options": {"expires": 30}}
    for name, task in (("ring alarms", "ring_alarms"), ("deliver notices", "deliver_notices"))
} | {
    "nightly": {"task": "servicedesk.desk.tasks.nightly", "schedule": crontab(hour=2, minute=30)},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "servicedesk.desk.discreet.Discreet"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        name: {"handlers": ["console"], "level": "INFO", "propagate": False}
        for name in ("django", "servicedesk", "enterprises", "approvals")
    },
}
