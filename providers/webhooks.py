"""Where providers and mail programs reach Dunlin's HTTP door about one message, named by its reference."""

from __future__ import annotations

from urllib.parse import quote

MESSAGE_STATUS_PATH = "/webhooks/twilio/messages/"
CALL_STATUS_PATH = "/webhooks/twilio/calls/"
CALL_DIGIT_PATH = "/webhooks/twilio/digits/"
UNSUBSCRIBE_PATH = "/webhooks/email/unsubscribe/"


def webhook_url(public_base_url: str, path: str, reference: str) -> str:
    """The address of one message's webhook: the reference is the last segment of the path."""
    return public_base_url.rstrip("/") + path + quote(reference, safe="")
