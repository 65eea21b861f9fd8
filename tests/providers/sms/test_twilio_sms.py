"""Text messages through the stand-in, held to Twilio's description."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.names import Channel
from providers.base import FinalProviderError
from providers.sms.twilio_sms import TwilioSmsProvider
from providers.twilio_api.account import TwilioSettings
from runtime.twilio_stand_in import TwilioStandIn
from tests.providers.builders import RECIPIENTS, error_of, outgoing
from tests.providers.conftest import OUR_NUMBER
from tests.providers.twilio_api.contract import check_form, check_query


async def test_a_message_goes_out_with_its_text_and_where_to_report(
    stand_in: TwilioStandIn, twilio_settings: TwilioSettings
) -> None:
    sms = TwilioSmsProvider(twilio_settings)
    receipt = await sms.send(outgoing(Channel.SMS, text="请还款 & reply STOP to stop."))
    await sms.close()

    (request,) = stand_in.requests
    check_form(request.path, request.fields)
    assert request.fields == {
        "To": [RECIPIENTS[Channel.SMS]],
        "From": [OUR_NUMBER],
        "Body": ["请还款 & reply STOP to stop."],
        "StatusCallback": ["https://dunlin.example/webhooks/twilio/messages/claim-1"],
    }
    assert receipt.provider_id == stand_in.messages[0]["sid"]


async def test_without_an_address_for_reports_none_are_asked_for(
    stand_in: TwilioStandIn, twilio_settings: TwilioSettings
) -> None:
    sms = TwilioSmsProvider(replace(twilio_settings, public_base_url=None))
    await sms.send(outgoing(Channel.SMS))
    await sms.close()

    (request,) = stand_in.requests
    assert set(request.fields) == {"To", "From", "Body"}


async def test_a_message_that_was_taken_is_found_by_number_text_and_time(
    stand_in: TwilioStandIn, twilio_settings: TwilioSettings
) -> None:
    sms = TwilioSmsProvider(twilio_settings)
    before = datetime.now(UTC)
    receipt = await sms.send(outgoing(Channel.SMS, text="wanted"))

    found = await sms.find(outgoing(Channel.SMS, text="wanted"), before)
    other_text = await sms.find(outgoing(Channel.SMS, text="another"), before)
    other_number = await sms.find(outgoing(Channel.SMS, text="wanted", to="+14155550101"), before)
    too_late = await sms.find(outgoing(Channel.SMS, text="wanted"), before + timedelta(hours=1))
    await sms.close()

    assert found == receipt
    assert (other_text, other_number, too_late) == (None, None, None)
    for request in stand_in.requests[1:]:
        check_query(request.path, request.fields)


async def test_a_recipient_who_said_stop_is_reported_as_opted_out(
    stand_in: TwilioStandIn, twilio_settings: TwilioSettings
) -> None:
    sms = TwilioSmsProvider(twilio_settings)

    error = await error_of(sms.send(outgoing(Channel.SMS, to="+15005550004")))
    await sms.close()

    assert isinstance(error, FinalProviderError)
    assert (error.code, error.opted_out) == ("21610", True)


@pytest.mark.parametrize(
    ("number", "code"),
    [("+15005550001", "21211"), ("+15005550002", "21612"), ("+15005550003", "21408"), ("+15005550009", "21614")],
)
async def test_a_number_that_cannot_get_messages_is_reported_as_unusable(
    twilio_settings: TwilioSettings, number: str, code: str
) -> None:
    sms = TwilioSmsProvider(twilio_settings)

    error = await error_of(sms.send(outgoing(Channel.SMS, to=number)))
    await sms.close()

    assert isinstance(error, FinalProviderError)
    assert (error.code, error.unusable) == (code, True)
