"""Settings: what may be set from outside, by `LABELER_...` environment variables."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from labeler.errors import Invalid

_PACKAGE = Path(__file__).resolve().parent
# In a wheel the folders lie inside the package, in a checkout beside it.
ROOT = _PACKAGE if (_PACKAGE / "templates").is_dir() else _PACKAGE.parent


@dataclass(frozen=True)
class Settings:
    """What this instance runs with."""

    instance: Path
    """Folder for the database, the secret key and what people upload."""
    database_url: str
    """SQLAlchemy address; SQLite in the instance folder unless set."""
    secret_key: str
    """Signs sessions and links; made and kept in the instance folder unless set."""
    exports: Path
    """Folder where exports land."""
    jobs_url: str = ""
    """Broker that hands jobs out (redis://, amqp://); where empty, workers look for themselves."""
    keep_jobs: int = 30
    """Days after which a job that ended is deleted, with its log; 0 for never."""
    rate_limit: int = 6000
    """Requests a minute that each process takes from one token of the API; 0 for any number."""
    private_webhooks: bool = False
    """Whether webhooks may lead into the network that the workers are in."""
    testing: bool = False

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> "Settings":
        """Read the settings, creating the instance folder and its secret key when missing."""
        env = os.environ if env is None else env
        instance = Path(env.get("LABELER_INSTANCE") or "instance").resolve()
        instance.mkdir(parents=True, exist_ok=True)
        return cls(
            instance=instance,
            database_url=_database_url(env.get("LABELER_DATABASE_URL"), instance),
            secret_key=env.get("LABELER_SECRET_KEY") or _kept_secret(instance / "secret-key"),
            exports=_exports_folder(instance),
            jobs_url=env.get("LABELER_JOBS_URL") or "",
            keep_jobs=_number(env, "LABELER_KEEP_JOBS", 30, "days, 0 to keep all"),
            rate_limit=_number(env, "LABELER_RATE_LIMIT", 6000, "requests a minute, 0 for any"),
            private_webhooks=env.get("LABELER_PRIVATE_WEBHOOKS") == "1",
        )


def _number(env: Mapping[str, str], name: str, default: int, what: str) -> int:
    given = env.get(name) or str(default)
    if not given.isdecimal():
        raise Invalid(f"{name} is {given!r}: use a number of {what}.")
    return int(given)


def _database_url(url: str | None, instance: Path) -> str:
    """Return the address with the driver named: psycopg 3 for PostgreSQL."""
    if not url:
        return f"sqlite:///{instance / 'labeler.sqlite'}"
    scheme, separator, rest = url.partition("://")
    if scheme in ("postgres", "postgresql"):
        scheme = "postgresql+psycopg"
    return f"{scheme}{separator}{rest}"


def _kept_secret(path: Path) -> str:
    """Return the key in the file, made on first use; two processes starting at once agree on it."""
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip() or _replaced_secret(path)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        key = secrets.token_hex(32)
        file.write(key)
    return key


def _replaced_secret(path: Path) -> str:
    """Return a new key where a crash left an empty file."""
    path.write_text(secrets.token_hex(32), encoding="ascii")
    return path.read_text(encoding="ascii")


def _exports_folder(instance: Path) -> Path:
    """Return `exports/` of the checkout when run from one, else a folder in the instance."""
    beside = Path.cwd() / "exports"
    return beside if beside.is_dir() else instance / "exports"
