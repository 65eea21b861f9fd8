"""Twilio calling us: whether a request is really Twilio's, and what a call is told to do next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from twilio.request_validator import (
    SIGNATURE_HEADER,
    SIGNATURE_SETTINGS_HEADER,
    RequestValidator,
    get_signature_algorithm,
)
from twilio.twiml.voice_response import VoiceResponse

TWIML_TYPE = "text/xml"


class SignatureCheck:
    """Knows the requests that are signed with our account's auth token, in SHA-1 or SHA-256."""

    def __init__(self, auth_token: str) -> None:
        self._validator = RequestValidator(auth_token)

    def is_signed(self, url: str, form: Mapping[str, Any], headers: Mapping[str, str]) -> bool:
        """Whether Twilio sent this form to this public address. `form` may hold a field more than once (multidict)."""
        algorithm = get_signature_algorithm(headers.get(SIGNATURE_SETTINGS_HEADER))
        signed: bool = self._validator.validate(url, form, headers.get(SIGNATURE_HEADER, ""), algorithm)
        return signed


def connect_to(phone: str) -> str:
    """Connect the call to a telephone number in E.164."""
    answer = VoiceResponse()
    answer.dial(phone)
    return str(answer)


def hang_up() -> str:
    """End the call."""
    answer = VoiceResponse()
    answer.hangup()
    return str(answer)


def say_nothing() -> str:
    """Send no text message back."""
    return str(VoiceResponse())
