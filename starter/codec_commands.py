"""`dunlin codec-server`: shows the Temporal UI and CLI what is encrypted."""

from __future__ import annotations

import asyncio
import signal

from runtime.codec_server import Doorkeeper, SharedToken, SignedTokens, codec_application, serving
from runtime.logging import configure_logging
from runtime.payload_codec import EncryptingCodec, read_keys
from runtime.settings import CodecSettings, LogFormat, LogLevel, load_settings
from starter.console import REFUSED, CommandError, show_line


def codec_server() -> None:
    """Decrypt payloads for the Temporal UI and CLI, until SIGTERM or Ctrl-C."""
    settings = load_settings(CodecSettings)
    configure_logging(level=LogLevel.INFO, log_format=LogFormat.AUTO)
    asyncio.run(_serve(settings))


async def _serve(settings: CodecSettings) -> None:
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    codec = EncryptingCodec(read_keys(settings.payload_keys.get_secret_value()))
    application = codec_application(codec, doorkeeper(settings), settings.codec_ui_origin)
    try:
        async with serving(application, settings.codec_address, settings.codec_port) as port:
            show_line(f"the codec server listens on {settings.codec_address}:{port}")
            await stopping.wait()
    except OSError as error:
        raise CommandError(
            f"{settings.codec_address}:{settings.codec_port} cannot be listened on ({error.strerror}): "
            "set DUNLIN_CODEC_PORT",
            REFUSED,
        ) from None


def doorkeeper(settings: CodecSettings) -> Doorkeeper:
    """Who is let in, by the settings, which name one way."""
    if settings.codec_token is not None:
        return SharedToken(settings.codec_token.get_secret_value())
    assert settings.codec_issuer is not None and settings.codec_audience is not None, "the settings were checked"
    return SignedTokens(str(settings.codec_keys_url), settings.codec_issuer, settings.codec_audience)
