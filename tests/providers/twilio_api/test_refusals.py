"""The table of Twilio's error codes."""

from __future__ import annotations

import pytest

from domain.names import Channel
from providers.base import FinalProviderError, RetryableProviderError, UncertainProviderError
from providers.twilio_api.refusals import MEANINGS, Meaning, meaning_of, refusal


@pytest.mark.parametrize(
    ("status", "code", "meaning"),
    [
        (429, 20429, Meaning.LATER),
        (429, 429, Meaning.LATER),
        (500, 20500, Meaning.LATER),
        (503, 503, Meaning.LATER),
        (502, 502, Meaning.UNCERTAIN),
        (504, 504, Meaning.UNCERTAIN),
        (401, 20003, Meaning.LATER),
        (403, 403, Meaning.LATER),
        (404, 20404, Meaning.LATER),
        (400, 21606, Meaning.LATER),
        (400, 21610, Meaning.OPTED_OUT),
        (400, 21211, Meaning.UNUSABLE),
        (400, 21214, Meaning.UNUSABLE),
        (400, 21408, Meaning.UNUSABLE),
        (400, 21612, Meaning.UNUSABLE),
        (400, 21614, Meaning.UNUSABLE),
        (400, 13224, Meaning.UNUSABLE),
        (400, 21617, Meaning.REFUSED),
        (400, 99999, Meaning.REFUSED),
        (418, 418, Meaning.REFUSED),
        (302, 302, Meaning.LATER),
    ],
)
def test_a_code_means_later_never_or_cannot_say(status: int, code: int, meaning: Meaning) -> None:
    assert meaning_of(status, code) is meaning


def test_only_an_opt_out_is_marked_as_one() -> None:
    error = refusal(Channel.SMS, 400, 21610)

    assert isinstance(error, FinalProviderError)
    assert (error.opted_out, error.unusable, error.code) == (True, False, "21610")


@pytest.mark.parametrize("code", [code for code, meaning in MEANINGS.items() if meaning is Meaning.UNUSABLE])
def test_a_number_that_cannot_be_reached_is_marked_unusable(code: int) -> None:
    error = refusal(Channel.VOICE, 400, code)

    assert isinstance(error, FinalProviderError)
    assert (error.opted_out, error.unusable) == (False, True)


def test_a_message_that_is_refused_says_nothing_of_the_number() -> None:
    error = refusal(Channel.SMS, 400, 21617)

    assert isinstance(error, FinalProviderError)
    assert (error.opted_out, error.unusable) == (False, False)


def test_a_code_decides_before_the_status_does() -> None:
    assert isinstance(refusal(Channel.SMS, 400, 14107), RetryableProviderError)
    assert isinstance(refusal(Channel.SMS, 504, 504), UncertainProviderError)
