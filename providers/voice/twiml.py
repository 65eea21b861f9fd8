"""What a call says, as TwiML: the text in its language, then one digit if the borrower presses one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from twilio.twiml.voice_response import VoiceResponse

from domain.names import Channel
from providers.base import FinalProviderError

TWIML_CHARACTERS_MAX = 4_000
"""Twilio's limit on the Twiml parameter of a call."""

DIGIT_TIMEOUT_S = 5
"""How long a call waits for a digit after the text has been said."""

# XML 1.0 section 2.2 has no way to write these, not even as references.
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Voice:
    """A speaking voice and the language that it speaks, as Twilio's text-to-speech names them."""

    name: str
    language: str


VOICES: dict[str, Voice] = {
    "en-GB": Voice("Polly.Amy", "en-GB"),
    "en-US": Voice("Polly.Joanna", "en-US"),
    "zh-CN": Voice("Polly.Zhiyu", "cmn-CN"),
}


def twiml(text: str, locale: str, digit_url: str | None) -> str:
    """The document of one call. With no `digit_url` there is nobody to report a digit to, and none is asked for.

    Raises FinalProviderError when no voice speaks the locale, or the document is longer than Twilio takes.
    """
    voice = VOICES.get(locale)
    if voice is None:
        raise FinalProviderError(Channel.VOICE, "locale_not_spoken")
    response = VoiceResponse()
    speaker = response
    if digit_url is not None:
        speaker = response.gather(num_digits=1, action=digit_url, method="POST", input="dtmf", timeout=DIGIT_TIMEOUT_S)
    speaker.say(_NOT_XML.sub(" ", text), voice=voice.name, language=voice.language)
    document = str(response)
    if len(document) > TWIML_CHARACTERS_MAX:
        raise FinalProviderError(Channel.VOICE, "text_too_long")
    return document
