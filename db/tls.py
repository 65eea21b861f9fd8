"""TLS to Postgres, as every Postgres client writes it in a URL: `sslmode`, `sslrootcert`, `sslcert`, `sslkey`.

asyncpg takes a context instead, and SQLAlchemy would pass the parameters on as they are, which asyncpg refuses.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import URL, make_url


class TlsMode(StrEnum):
    """libpq's modes that say what they mean. Its `allow` and `prefer` fall back to plain text, so that they protect
    from nobody: they are refused."""

    DISABLE = "disable"
    REQUIRE = "require"
    VERIFY_CA = "verify-ca"
    VERIFY_FULL = "verify-full"


_PARAMETERS = ("sslmode", "sslrootcert", "sslcert", "sslkey")


class TlsParameterError(ValueError):
    """A parameter of the database's URL cannot be used. The message names it, and repeats nothing of the URL."""


@dataclass(frozen=True, slots=True)
class Address:
    """A URL without parameters of TLS, and the context to connect with; None for plain text."""

    url: URL
    tls: ssl.SSLContext | None


def address_of(url: str) -> Address:
    """Read a database's URL. Without `sslmode`, certificates are verified where one is named, else it is plain text.

    Raises TlsParameterError.
    """
    whole = make_url(url)
    given = {name: _one(whole, name) for name in _PARAMETERS if name in whole.query}
    bare = whole.difference_update_query(_PARAMETERS)
    mode = _mode(given)
    if mode is TlsMode.DISABLE:
        return Address(bare, None)
    try:
        context = ssl.create_default_context(cafile=given.get("sslrootcert"))
        if "sslcert" in given:
            context.load_cert_chain(given["sslcert"], given.get("sslkey"))
    except (OSError, ssl.SSLError) as error:
        raise TlsParameterError(
            f"DATABASE_URL: sslrootcert, sslcert or sslkey cannot be used ({type(error).__name__}): name PEM files"
        ) from None
    context.check_hostname = mode is TlsMode.VERIFY_FULL
    if mode is TlsMode.REQUIRE:
        context.verify_mode = ssl.CERT_NONE
    return Address(bare, context)


def _mode(given: dict[str, str]) -> TlsMode:
    if "sslmode" not in given:
        return TlsMode.VERIFY_FULL if "sslrootcert" in given else TlsMode.DISABLE
    try:
        return TlsMode(given["sslmode"])
    except ValueError:
        modes = ", ".join(TlsMode)
        raise TlsParameterError(f"DATABASE_URL: sslmode must be one of {modes}; verify-full is the safe one") from None


def _one(url: URL, name: str) -> str:
    value = url.query[name]
    if not isinstance(value, str):
        raise TlsParameterError(f"DATABASE_URL: {name} is given twice")
    return value
