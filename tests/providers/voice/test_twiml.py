"""What calls say: valid TwiML, whatever the text is."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from providers.base import FinalProviderError
from providers.voice.twiml import TWIML_CHARACTERS_MAX, VOICES, twiml

DIGIT_URL = "https://dunlin.example/webhooks/twilio/digits/claim-1"


def parsed(document: str) -> ElementTree.Element:
    return ElementTree.fromstring(document)  # noqa: S314 - made a line above


@pytest.mark.parametrize("locale", VOICES)
def test_a_call_says_the_text_in_its_language_and_takes_one_digit(locale: str) -> None:
    response = parsed(twiml("请按 1。Press 1.", locale, DIGIT_URL))

    assert response.tag == "Response"
    (gather,) = response
    assert gather.tag == "Gather"
    assert gather.attrib["numDigits"] == "1"
    assert gather.attrib["action"] == DIGIT_URL
    assert gather.attrib["method"] == "POST"
    (say,) = gather
    assert (say.tag, say.text) == ("Say", "请按 1。Press 1.")
    assert say.attrib == {"voice": VOICES[locale].name, "language": VOICES[locale].language}


def test_mandarin_is_asked_for_by_the_code_that_its_voice_has() -> None:
    assert VOICES["zh-CN"].language == "cmn-CN"


def test_no_digit_is_asked_for_when_there_is_nobody_to_tell() -> None:
    (say,) = parsed(twiml("Hello", "en-GB", None))

    assert say.tag == "Say"


@given(text=st.text(st.characters(exclude_categories=()), max_size=300))
@example(text='</Say></Gather><Dial>+15005550001</Dial><Say voice="x">&amp;&#0;]]>')
@example(text="\x00\x0b\x1f\ufffe\uffff\ud800")
def test_no_text_adds_a_verb_or_breaks_the_document(text: str) -> None:
    response = parsed(twiml(text, "en-GB", DIGIT_URL))

    assert [element.tag for element in response.iter()] == ["Response", "Gather", "Say"]
    spoken = response[0][0].text or ""
    assert len(spoken.split()) <= len(text.split()) + len(text)
    assert all(word in spoken for word in text.split() if word.isascii() and word.isalnum())


def test_a_locale_without_a_voice_is_refused() -> None:
    with pytest.raises(FinalProviderError, match="locale_not_spoken"):
        twiml("Bonjour", "fr-FR", DIGIT_URL)


def test_a_text_that_twilio_would_refuse_for_its_length_is_refused() -> None:
    with pytest.raises(FinalProviderError, match="text_too_long"):
        twiml("&" * (TWIML_CHARACTERS_MAX // 5), "en-GB", DIGIT_URL)
