"""Calls through the stand-in, held to Twilio's description."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.names import Channel
from providers.base import FinalProviderError
from providers.twilio_api.account import TwilioSettings
from providers.voice.twilio_voice import TwilioVoiceProvider
from providers.voice.twiml import twiml
from runtime.twilio_stand_in import TwilioStandIn
from tests.providers.builders import RECIPIENTS, error_of, outgoing
from tests.providers.conftest import OUR_NUMBER
from tests.providers.twilio_api.contract import check_form, check_query


async def test_a_call_goes_out_with_what_to_say_and_where_to_report(
    stand_in: TwilioStandIn, twilio_settings: TwilioSettings
) -> None:
    voice = TwilioVoiceProvider(twilio_settings)
    receipt = await voice.send(outgoing(Channel.VOICE, text="请还款。", locale="zh-CN"))
    await voice.close()

    (request,) = stand_in.requests
    check_form(request.path, request.fields)
    assert request.fields == {
        "To": [RECIPIENTS[Channel.VOICE]],
        "From": [OUR_NUMBER],
        "Twiml": [twiml("请还款。", "zh-CN", "https://dunlin.example/webhooks/twilio/digits/claim-1")],
        "StatusCallback": ["https://dunlin.example/webhooks/twilio/calls/claim-1"],
        "StatusCallbackEvent": ["completed"],
        "StatusCallbackMethod": ["POST"],
    }
    assert receipt.provider_id == stand_in.calls[0]["sid"]


async def test_without_an_address_for_reports_none_are_asked_for(
    stand_in: TwilioStandIn, twilio_settings: TwilioSettings
) -> None:
    voice = TwilioVoiceProvider(replace(twilio_settings, public_base_url=None))
    await voice.send(outgoing(Channel.VOICE))
    await voice.close()

    (request,) = stand_in.requests
    assert set(request.fields) == {"To", "From", "Twiml"}
    assert "Gather" not in request.fields["Twiml"][0]


async def test_a_call_that_was_taken_is_found_by_number_and_time(
    stand_in: TwilioStandIn, twilio_settings: TwilioSettings
) -> None:
    voice = TwilioVoiceProvider(twilio_settings)
    before = datetime.now(UTC)
    receipt = await voice.send(outgoing(Channel.VOICE))

    found = await voice.find(outgoing(Channel.VOICE), before)
    other_number = await voice.find(outgoing(Channel.VOICE, to="+14155550101"), before)
    too_late = await voice.find(outgoing(Channel.VOICE), before + timedelta(hours=1))
    await voice.close()

    assert found == receipt
    assert (other_number, too_late) == (None, None)
    for request in stand_in.requests[1:]:
        check_query(request.path, request.fields)


@pytest.mark.parametrize(("number", "code"), [("+15005550001", "21217"), ("+15005550002", "21214")])
async def test_a_number_that_cannot_be_called_is_reported_as_unusable(
    twilio_settings: TwilioSettings, number: str, code: str
) -> None:
    voice = TwilioVoiceProvider(twilio_settings)

    error = await error_of(voice.send(outgoing(Channel.VOICE, to=number)))
    await voice.close()

    assert isinstance(error, FinalProviderError)
    assert (error.code, error.unusable) == (code, True)
