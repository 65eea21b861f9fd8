"""What Twilio's providers have in common: settings, faults, and what each means for sending again."""

from __future__ import annotations

import logging
import socket
from datetime import UTC, datetime, timedelta

import pytest

from domain.names import Channel
from providers.base import ChannelProvider, FinalProviderError, ProviderError
from providers.base import RetryableProviderError as Retryable
from providers.base import UncertainProviderError as Uncertain
from providers.sms.twilio_sms import TwilioSmsProvider
from providers.twilio_api.account import CLOCK_SKEW_MAX, RECORDS_READ_MAX, TwilioSettings, earliest_since
from providers.voice.twilio_voice import TwilioVoiceProvider
from runtime.twilio_stand_in import Fault, FaultKind, TwilioStandIn
from tests.providers.builders import RECIPIENTS, chain_of, error_of, outgoing

ACCOUNT = "AC" + "0" * 32
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

channels = pytest.mark.parametrize("channel", [Channel.SMS, Channel.VOICE])


def provider_of(channel: Channel, settings: TwilioSettings) -> ChannelProvider:
    return TwilioSmsProvider(settings) if channel is Channel.SMS else TwilioVoiceProvider(settings)


class Kept:
    """A record as Twilio keeps it."""

    def __init__(self, sid: str | None, date_created: datetime | None) -> None:
        self.sid = sid
        self.date_created = date_created


@channels
@pytest.mark.parametrize(
    ("fault", "kind", "code", "is_taken"),
    [
        (Fault(FaultKind.RATE_LIMITED), Retryable, "20429", False),
        (Fault(FaultKind.SERVER_ERROR), Retryable, "20500", False),
        (Fault(FaultKind.BAD_GATEWAY), Uncertain, "502", False),
        (Fault(FaultKind.CUT_BEFORE_TAKING), Uncertain, "connection_lost", False),
        (Fault(FaultKind.CUT_AFTER_TAKING), Uncertain, "connection_lost", True),
        (Fault(FaultKind.SLOW, delay_s=5.0), Uncertain, "timeout", True),
        (Fault(FaultKind.UNREADABLE), Uncertain, "unreadable_answer", True),
    ],
)
async def test_each_fault_says_whether_sending_again_is_safe(
    channel: Channel,
    stand_in: TwilioStandIn,
    twilio_settings: TwilioSettings,
    fault: Fault,
    kind: type[ProviderError],
    code: str,
    is_taken: bool,
) -> None:
    settings = TwilioSettings(
        twilio_settings.account_sid,
        twilio_settings.auth_token,
        twilio_settings.from_number,
        twilio_settings.base_url,
        timeout_s=0.2,
    )
    provider = provider_of(channel, settings)
    stand_in.faults.append(fault)

    error = await error_of(provider.send(outgoing(channel)))
    found = await provider.find(outgoing(channel), datetime.now(UTC))
    await provider.close()

    assert (type(error), error.code) == (kind, code)
    assert bool(stand_in.messages or stand_in.calls) == is_taken == (found is not None)
    assert RECIPIENTS[channel] not in chain_of(error)


@channels
async def test_a_server_that_cannot_be_reached_has_taken_nothing(channel: Channel) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    provider = provider_of(channel, TwilioSettings(ACCOUNT, "token", "+15005550006", f"http://127.0.0.1:{port}"))

    error = await error_of(provider.send(outgoing(channel)))
    await provider.close()

    assert (type(error), error.code) == (Retryable, "connect_failed")


@channels
async def test_wrong_credentials_are_ours_to_mend_and_lose_no_message(
    channel: Channel, stand_in: TwilioStandIn
) -> None:
    provider = provider_of(channel, TwilioSettings(ACCOUNT, "wrong", "+15005550006", stand_in.base_url))

    error = await error_of(provider.send(outgoing(channel)))
    await provider.close()

    assert (type(error), error.code) == (Retryable, "20003")


@channels
async def test_a_malformed_number_is_refused_for_good_and_not_repeated_in_the_error(
    channel: Channel, twilio_settings: TwilioSettings
) -> None:
    provider = provider_of(channel, twilio_settings)

    error = await error_of(provider.send(outgoing(channel, to="+1 (415) 555-0100")))
    await provider.close()

    assert isinstance(error, FinalProviderError)
    assert error.unusable
    assert "555" not in chain_of(error)


@channels
@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (FaultKind.RATE_LIMITED, "429"),
        (FaultKind.SERVER_ERROR, "500"),
        (FaultKind.CUT_BEFORE_TAKING, "connection_lost"),
        (FaultKind.UNREADABLE, "201"),
    ],
)
async def test_a_question_without_an_answer_can_be_asked_again(
    channel: Channel, stand_in: TwilioStandIn, twilio_settings: TwilioSettings, kind: FaultKind, code: str
) -> None:
    provider = provider_of(channel, twilio_settings)
    stand_in.faults.extend([Fault(kind, method="GET"), Fault(kind, method="GET")])

    error = await error_of(provider.find(outgoing(channel), datetime.now(UTC)))
    await provider.close()

    assert (type(error), error.code) == (Retryable, code)
    assert RECIPIENTS[channel] not in chain_of(error)


@channels
async def test_nothing_personal_is_logged(
    channel: Channel, twilio_settings: TwilioSettings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    provider = provider_of(channel, twilio_settings)

    await provider.send(outgoing(channel))
    await provider.find(outgoing(channel), datetime.now(UTC))
    await error_of(provider.send(outgoing(channel, to="+15005550001")))
    await provider.close()

    assert "5550" not in caplog.text
    assert "250.00" not in caplog.text


def test_the_earliest_record_since_the_claim_is_found() -> None:
    records = [
        Kept("SM3", NOW + timedelta(minutes=9)),
        Kept("SM2", NOW + timedelta(minutes=5)),
        Kept("SM1", NOW - timedelta(days=3)),
        Kept("SM0", None),
    ]

    receipt = earliest_since(Channel.SMS, records, len(records), NOW)

    assert receipt is not None
    assert receipt.provider_id == "SM2"


def test_twilios_clock_may_lag_behind_ours() -> None:
    just_within = [Kept("SM1", NOW - CLOCK_SKEW_MAX)]
    just_outside = [Kept("SM1", NOW - CLOCK_SKEW_MAX - timedelta(seconds=1))]

    assert earliest_since(Channel.SMS, just_within, 1, NOW) is not None
    assert earliest_since(Channel.SMS, just_outside, 1, NOW) is None


def test_an_answer_that_may_be_cut_short_proves_nothing() -> None:
    with pytest.raises(Uncertain):
        earliest_since(Channel.SMS, [], RECORDS_READ_MAX, NOW)


@pytest.mark.parametrize(("account", "number"), [("AC123", "+15005550006"), (ACCOUNT, "5005550006")])
def test_settings_refuse_what_twilio_would(account: str, number: str) -> None:
    with pytest.raises(ValueError, match="not a"):
        TwilioSettings(account, "token", number)


def test_settings_do_not_show_the_auth_token() -> None:
    assert "hidden-word" not in repr(TwilioSettings(ACCOUNT, "hidden-word", "+15005550006"))
