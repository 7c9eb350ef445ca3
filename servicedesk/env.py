"""What the surroundings may say, and what is refused: a nonsense value never starts."""

import os
import secrets
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENTS = ("production", "demo", "development", "local", "test")
WEAK_SECRETS = ("django-insecure", "changeme", "change-me", "secret", "default", "example")

env = environ.Env()


def flag(name: str, default: bool = False) -> bool:
    """True or false, written as such: "maybe" is refused instead of being read as no."""
    word = env.str(name, default="").strip().lower()
    if word in {"1", "true", "yes", "on"}:
        return True
    if word in {"0", "false", "no", "off"}:
        return False
    if word == "":
        return default
    raise ImproperlyConfigured(f"{name} must be true or false, not “{word}”.")


def number(name: str, default: int, *, least: int = 0) -> int:
    word = env.str(name, default="").strip()
    if word == "":
        return default
    if not word.isdecimal() or int(word) < least:
        raise ImproperlyConfigured(f"{name} must be a whole number of at least {least}, not “{word}”.")
    return int(word)


def words(name: str, default: list[str] | None = None) -> list[str]:
    return [word.strip() for word in env.list(name, default=default or []) if word.strip()]


def address(name: str, schemes: set[str], default: str = "") -> str:
    """A URL of one of the named schemes, or the default where nothing is said."""
    url: str = env.str(name, default="").strip() or default
    if url and urlsplit(url).scheme not in schemes:
        raise ImproperlyConfigured(f"{name} must be a URL starting with {' or '.join(sorted(schemes))}.")
    return url


def folder(name: str, default: Path) -> Path:
    path = Path(env.str(name, default="") or default)
    if not path.is_absolute():
        raise ImproperlyConfigured(f"{name} must be an absolute path, not “{path}”.")
    return path


def environment(debug: bool, demo: bool) -> str:
    """Production unless something milder is said; what contradicts production is refused."""
    said = env.str("ENVIRONMENT", default="").strip()
    if said and said not in ENVIRONMENTS:
        raise ImproperlyConfigured(f"ENVIRONMENT must be one of {', '.join(ENVIRONMENTS)}, not “{said}”.")
    chosen = said or ("development" if debug else "demo" if demo else "production")
    if chosen == "production" and (debug or demo):
        raise ImproperlyConfigured("Production refuses DEBUG and DEMO: unset them.")
    return chosen


def secret_key(chosen: str, var: Path) -> str:
    """Production must be given a good one; elsewhere one is made once and kept in var/."""
    key: str = env.str("SECRET_KEY", default="")
    if chosen == "production":
        weak = any(word in key.lower() for word in WEAK_SECRETS)
        if len(key) < 50 or len(set(key)) < 12 or weak:
            raise ImproperlyConfigured(
                "Production needs SECRET_KEY: 50 or more random characters of its own."
            )
    return key or kept_secret(var / "secret-key")


def kept_secret(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(made, "w") as file:
        file.write(key := secrets.token_urlsafe(64))
    return key


def transport(chosen: str) -> bool:
    """Whether everything goes by https: always in production."""
    secure = flag("SECURE", chosen == "production")
    if chosen == "production" and not secure:
        raise ImproperlyConfigured("Production refuses SECURE=false: cookies and pages travel by https only.")
    return secure


def allowed_hosts(chosen: str) -> list[str]:
    hosts = words("ALLOWED_HOSTS", [] if chosen == "production" else ["localhost", "127.0.0.1", "[::1]"])
    if chosen == "production" and (not hosts or any("*" in host for host in hosts)):
        raise ImproperlyConfigured("Production needs ALLOWED_HOSTS: the names it answers to, without “*”.")
    return hosts


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    """Networks like 10.1.0.0/16 or 2001:db8::/32, comma-separated; a host is a network of its own."""
    try:
        return [ip_network(word) for word in words(name)]
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must hold networks like 10.1.0.0/16: {error}.") from error


def beside(name: str, value: str, *others: str) -> list[str]:
    """What the other variables say; all of them have to be there where `name` has a value."""
    found = [env.str(other, default="") for other in others]
    if value and not all(found):
        raise ImproperlyConfigured(f"{name} needs {' and '.join(others)} beside it.")
    return found


def identity_provider(secure: bool) -> dict[str, Any] | None:
    """The province's identity provider (OpenID Connect), where OIDC_URL names one: https, or this machine."""
    url = address("OIDC_URL", {"https"} if secure else {"https", "http"}).rstrip("/")
    if not url:
        return None
    client, secret = env.str("OIDC_CLIENT_ID", default=""), env.str("OIDC_SECRET", default="")
    if not client or not secret:
        raise ImproperlyConfigured("OIDC_URL needs OIDC_CLIENT_ID and OIDC_SECRET beside it.")
    return {
        "issuer": url.removesuffix("/.well-known/openid-configuration"),
        "name": env.str("OIDC_NAME", default="OpenID Connect"),
        "client": client,
        "secret": secret,
        # What the provider writes into `acr` or `amr` where a second factor was given.
        "second_factor": words("OIDC_ACR", ["mfa"]),
        # Whether a number the provider asserts as verified may link to the account of that number.
        "trusts_phone": flag("OIDC_TRUST_PHONE"),
    }


def company_claims() -> dict[str, str]:
    """Where the provider says for which companies somebody acts: the list, and code, name and role in it."""
    names = words("OIDC_COMPANY_CLAIMS", ["companies", "uscc", "name", "role"])
    if len(names) != 4:
        raise ImproperlyConfigured("OIDC_COMPANY_CLAIMS must hold four names: list, code, name, role.")
    return dict(zip(("list", "uscc", "name", "role"), names, strict=True))


SQLITE = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;",
}


def cache(default: Path) -> dict[str, Any]:
    """Shared by the processes of one machine; CACHE_URL shares it among several, apart from the broker."""
    schemes = {"redis", "rediss", "rediscache", "filecache", "locmemcache", "dbcache"}
    url = address("CACHE_URL", schemes, f"filecache://{default}?max_entries=2000")
    found: dict[str, Any] = env.cache_url_config(url)
    return found


def mail(default: str) -> dict[str, Any]:
    schemes = {"smtp", "smtps", "smtp+tls", "smtp+ssl", "consolemail", "filemail", "memorymail"}
    found: dict[str, Any] = env.email_url_config(address("EMAIL_URL", schemes, default))
    return found


def database(default: Path) -> dict[str, Any]:
    default.parent.mkdir(parents=True, exist_ok=True)
    schemes = {"postgres", "postgresql", "psql", "pgsql", "sqlite"}
    found: dict[str, Any] = env.db_url_config(address("DATABASE_URL", schemes, f"sqlite:///{default}"))
    if found["ENGINE"].endswith("sqlite3"):
        return found | {"OPTIONS": SQLITE | found.get("OPTIONS", {})}
    return found | {
        "CONN_MAX_AGE": number("DATABASE_KEEP_SECONDS", 60),
        "CONN_HEALTH_CHECKS": True,
        # Compiling a plan of many small subqueries takes PostgreSQL a second; running it takes milliseconds.
        "OPTIONS": {"connect_timeout": 5, "options": "-c jit=off"} | found.get("OPTIONS", {}),
    }


def broker(var: Path) -> dict[str, Any]:
    """Redis where REDIS_URL is given, else folders in var/. Times are short: a dead broker slows nobody."""
    if url := address("REDIS_URL", {"redis", "rediss"}):
        times = {"socket_timeout": 2, "socket_connect_timeout": 0.5, "visibility_timeout": 3600}
        once = {"retry_on_timeout": False, "max_retries": 1, "interval_start": 0, "interval_step": 0}
        return {"url": url, "options": times | once | {"interval_max": 0}}
    queue, control = var / "broker" / "queue", var / "broker" / "control"
    for path in (queue, control):
        path.mkdir(parents=True, exist_ok=True)
    folders = {"data_folder_in": queue, "data_folder_out": queue, "control_folder": control}
    return {"url": "filesystem://localhost", "options": {name: str(path) for name, path in folders.items()}}
