"""TLS to Postgres: what a URL asks for is kept, and what would protect from nobody is refused."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import make_url, text

from db.session import Database, DatabaseFailure
from db.tls import TlsParameterError, address_of

ASKS_FOR_TLS = (80877103).to_bytes(4, "big")
BASE = "postgresql+asyncpg://someone:password@db.example.com/dunlin"


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A self-signed certificate for localhost, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder / "cert.pem", folder / "key.pem"


@asynccontextmanager
async def tls_in_front_of(url: str, certificate: Path, key: Path) -> AsyncIterator[int]:
    """A port that speaks Postgres' way into TLS, and passes what it opens on to the real server."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    where = make_url(url)
    socket_path = f"{where.query['host']}/.s.PGSQL.{where.query['port']}"

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if (await reader.readexactly(8))[4:] != ASKS_FOR_TLS:
            writer.close()
            return
        writer.write(b"S")
        await writer.drain()
        try:
            await writer.start_tls(context)
        except (ssl.SSLError, ConnectionError):
            return
        above, below = await asyncio.open_unix_connection(socket_path)
        await asyncio.gather(copy(reader, below), copy(above, writer), return_exceptions=True)

    async def copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while chunk := await source.read(65536):
            target.write(chunk)
            await target.drain()
        target.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port: int = server.sockets[0].getsockname()[1]
        yield port


async def is_encrypted(url: str) -> bool:
    """Whether a query is answered over TLS. Raises what the database's pool raises."""
    database = Database(url)
    try:
        async with database.transaction() as session:
            assert (await session.execute(text("SELECT 1"))).scalar_one() == 1
            transport = session.connection._transport
            return transport.get_extra_info("ssl_object") is not None
    finally:
        await database.close()


def over(port: int, url: str, parameters: str) -> str:
    whole = make_url(url)
    return f"postgresql+asyncpg://{whole.username}@localhost:{port}/{whole.database}?{parameters}"


async def test_a_verified_server_is_spoken_to_over_tls(database_url: str, authority: tuple[Path, Path]) -> None:
    async with tls_in_front_of(database_url, *authority) as port:
        assert await is_encrypted(over(port, database_url, f"sslmode=verify-full&sslrootcert={authority[0]}"))
        assert await is_encrypted(over(port, database_url, f"sslrootcert={authority[0]}"))
        assert await is_encrypted(over(port, database_url, "sslmode=require"))


async def test_a_server_that_nobody_vouches_for_is_not_spoken_to(
    database_url: str, authority: tuple[Path, Path]
) -> None:
    async with tls_in_front_of(database_url, *authority) as port:
        with pytest.raises(DatabaseFailure, match="check sslmode and sslrootcert"):
            await is_encrypted(over(port, database_url, "sslmode=verify-full"))


async def test_a_server_of_another_name_is_not_spoken_to(database_url: str, authority: tuple[Path, Path]) -> None:
    async with tls_in_front_of(database_url, *authority) as port:
        url = over(port, database_url, f"sslmode=verify-full&sslrootcert={authority[0]}")
        with pytest.raises(DatabaseFailure, match="TLS failed"):
            await is_encrypted(url.replace("@localhost", "@127.0.0.1"))


async def test_a_server_without_tls_is_not_spoken_to_in_plain_text(database_url: str) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(8)
        writer.write(b"N")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(DatabaseFailure):
            await is_encrypted(over(port, database_url, "sslmode=require"))


@pytest.mark.parametrize("mode", ["prefer", "allow", "verify", "VERIFY-FULL"])
def test_a_mode_that_falls_back_to_plain_text_or_is_none_is_refused(mode: str) -> None:
    with pytest.raises(TlsParameterError, match="verify-full is the safe one") as refusal:
        address_of(f"{BASE}?sslmode={mode}")
    assert "password" not in str(refusal.value)


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(TlsParameterError, match="name PEM files"):
        address_of(f"{BASE}?sslmode=verify-full&sslrootcert={tmp_path / 'none.pem'}")


def test_other_parameters_are_left_alone() -> None:
    address = address_of(f"{BASE}?sslmode=disable&host=/run/postgres")

    assert (address.tls, dict(address.url.query)) == (None, {"host": "/run/postgres"})
