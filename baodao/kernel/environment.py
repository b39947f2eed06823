"""Reading the environment into one strict Struct. Shapes: strings as `BAODAO_<NAME>`; errors name variable,
reason, remedy."""

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec
from django.core.exceptions import ImproperlyConfigured

PREFIX = "BAODAO_"
# Names read by scripts and tests, not by the server.
FOREIGN = frozenset(
    {
        "BAODAO_TEST_NOW",
        "BAODAO_TEST_BEGAN",
        "BAODAO_TEST_DATABASE",
        "BAODAO_TEST_PG",
        "BAODAO_TEST_LATE",
        "BAODAO_SHARED",
    }
)


class Environment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All deployment settings with their defaults (a laptop with SQLite)."""

    database: str = ""
    data: str = ""
    packs: str = ""
    secret_file: str = ""
    boxes: str = ""
    debug: bool = False
    demo: bool = False
    https: bool = False
    trusted_proxy: bool = False
    hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "testserver", "[::1]")
    base_url: str = "http://127.0.0.1:8000"
    gateways: str = ""
    private_partners: bool = False
    time_zone: str = "Asia/Shanghai"
    log_level: str = "INFO"


def read_environment(environ: Mapping[str, str], root: Path) -> Environment:
    """Parse `BAODAO_*`. Raises ImproperlyConfigured that names the variable, the reason and the nearest right
    name."""
    import difflib

    known = {PREFIX + name.upper(): name for name in Environment.__struct_fields__}
    raw: dict[str, Any] = {}
    for key, value in environ.items():
        if not key.startswith(PREFIX) or key in FOREIGN:
            continue
        if key not in known:
            near = difflib.get_close_matches(key, known, 1)
            hint = f" Did you mean {near[0]}?" if near else f" Known: {', '.join(sorted(known))}."
            raise ImproperlyConfigured(f"{key} is not a setting of Baodao.{hint}")
        name = known[key]
        raw[name] = tuple(v.strip() for v in value.split(",") if v.strip()) if name == "hosts" else value
    try:
        env = msgspec.convert(raw, Environment, strict=False)
    except msgspec.ValidationError as error:
        raise ImproperlyConfigured(
            f"The environment cannot be read: {error}. Booleans are true or false."
        ) from None
    data = env.data or str(root / "var")
    return msgspec.structs.replace(
        env,
        data=data,
        packs=env.packs or str(root / "packs"),
        database=env.database or f"sqlite:///{data}/baodao.sqlite3",
    )


#: Statements are many and short. Compiling one takes 100 ms where its rows are overestimated; and parts of a union that several
#: processes read come in no order (ledger.search). A district's indexes lie in memory: at the price of a turning disk all open legs of an
#: office were read and sorted for the thousand nearest, which its index gives in their order.
PLAIN = "-c jit=off -c max_parallel_workers_per_gather=0 -c random_page_cost=1.1"


def parse_database(url: str) -> dict[str, Any]:
    """Django's DATABASES entry for `sqlite:///PATH` or `postgresql://USER:PASSWORD@HOST:PORT/NAME` (host may
    be `?host=/socket`)."""
    if url.startswith("sqlite:///"):
        path = Path(url.removeprefix("sqlite:///"))
        path.parent.mkdir(parents=True, exist_ok=True)
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(path),
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                # secure_delete: an erased text leaves no bytes in a free page.
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;",
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
        raise ImproperlyConfigured(
            f"BAODAO_DATABASE {url.rsplit('@', maxsplit=1)[-1]!r} is not understood. "
            "Write sqlite:///path/to/file or postgresql://user:password@host:5432/name."
        )
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.strip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.get("host", parts.hostname or "")),
        "PORT": str(query.get("port", parts.port or "")),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"server_side_binding": True, "application_name": "baodao", "options": PLAIN},
    }


def read_secret(env: Environment) -> str:
    """The signing key from `BAODAO_SECRET_FILE`, else made once under the data folder with mode 0600."""
    path = Path(env.secret_file) if env.secret_file else Path(env.data) / "keys" / "secret"
    if not path.exists():
        if env.secret_file:
            raise ImproperlyConfigured(
                f"BAODAO_SECRET_FILE {path} does not exist. Create it with at least 50 random characters."
            )
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        scratch = path.with_name(f"secret.{secrets.token_hex(4)}")
        scratch.touch(mode=0o600)
        scratch.write_text(secrets.token_urlsafe(64))
        try:
            # link() fails if another process was first: then its key stays.
            scratch.rename(path) if not path.exists() else scratch.unlink()
        except FileExistsError:
            scratch.unlink(missing_ok=True)
    secret = path.read_text().strip()
    if len(secret) < 50:
        raise ImproperlyConfigured(f"The secret in {path} is too short. Write at least 50 random characters.")
    return secret
