"""Where providers and mail programs reach Dunlin's HTTP door about one message, named by its reference."""

from __future__ import annotations

import hmac
import re
from urllib.parse import quote

MESSAGE_STATUS_PATH = "/webhooks/twilio/messages/"
CALL_STATUS_PATH = "/webhooks/twilio/calls/"
CALL_DIGIT_PATH = "/webhooks/twilio/digits/"
INBOUND_PATH = "/webhooks/twilio/inbound"
"""Where Twilio posts text messages that come in: the "messaging webhook" of the number. It is about no message."""
UNSUBSCRIBE_PATH = "/webhooks/email/unsubscribe/"

_SEAL_CHARACTERS = 32
_SEALED = re.compile(rf"(.+)\.([0-9a-f]{{{_SEAL_CHARACTERS}}})")


def webhook_url(public_base_url: str, path: str, reference: str) -> str:
    """The address of one message's webhook: the reference is the last segment of the path."""
    return public_base_url.rstrip("/") + path + quote(reference, safe="")


def sealed(reference: str, secret: str) -> str:
    """A reference that only a holder of the secret can have made: who has the link got the mail that it was in."""
    return f"{reference}.{_seal(reference, secret)}"


def unsealed(token: str, secret: str) -> str | None:
    """The reference in a token that `sealed` made with this secret, or None."""
    parts = _SEALED.fullmatch(token)
    if parts is None or not hmac.compare_digest(parts[2], _seal(parts[1], secret)):
        return None
    return parts[1]


def _seal(reference: str, secret: str) -> str:
    return hmac.new(secret.encode(), f"unsubscribe:{reference}".encode(), "sha256").hexdigest()[:_SEAL_CHARACTERS]
