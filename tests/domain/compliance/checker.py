"""A slow checker of contacts, written from the text of the rules alone: is it lawful at this instant, yes or no?

It knows nothing of packs, parameters or the gate. Everything is counted anew, date by date, in every place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from domain.compliance.model import Consumer, ContactRequest, PastContact
from domain.names import Channel, Collector, Direction, HoldKind, Outcome, Place

SIX_DAYS = timedelta(days=6)
ELECTRONIC = {Channel.SMS, Channel.EMAIL}
EVERY_OFFSET = tuple(timezone(timedelta(minutes=minutes)) for minutes in range(-12 * 60, 14 * 60 + 1, 15))


@dataclass(frozen=True)
class Asked:
    """A contact at an instant, seen from one of the places where the person may be."""

    contact: ContactRequest
    consumer: Consumer
    history: Sequence[PastContact]
    is_third_party: bool
    at: datetime
    zone: tzinfo

    @property
    def clock(self) -> time:
        return self.at.astimezone(self.zone).time()

    @property
    def today(self) -> date:
        return self.at.astimezone(self.zone).date()

    @property
    def is_call(self) -> bool:
        return self.contact.channel is Channel.VOICE

    def about_this_debt(self, past: PastContact) -> bool:
        return self.contact.debt in past.debts

    def on(self, past: PastContact) -> date:
        return past.at.astimezone(self.zone).date()

    def in_last_seven_days(self, keep: Callable[[PastContact], bool]) -> int:
        first = self.today - SIX_DAYS
        return len([past for past in self.history if first <= self.on(past) <= self.today and keep(past)])

    def today_only(self, keep: Callable[[PastContact], bool]) -> int:
        return len([past for past in self.history if self.on(past) == self.today and keep(past)])


def outbound(past: PastContact) -> bool:
    return past.direction is Direction.OUTBOUND


def outbound_call(past: PastContact) -> bool:
    return outbound(past) and past.channel is Channel.VOICE


def under_consent(asked: Asked, day: date, at: datetime) -> bool:
    """Consent for calls: seven days with its own as the first, until a conversation after the one it was given in."""
    for consent in asked.consumer.consents:
        if consent.channel is Channel.VOICE and consent.given_on <= day <= consent.given_on + SIX_DAYS:
            talked_on = sorted(
                asked.on(past)
                for past in asked.history
                if past.outcome is Outcome.CONVERSATION and asked.about_this_debt(past) and past.at < at
            )
            since = [day for day in talked_on if day >= consent.given_on]
            if since and since[0] == consent.given_on:
                since = since[1:]
            if not since:
                return True
    return False


def regulation_f(asked: Asked) -> bool:
    holds, channel = asked.consumer.holds, asked.contact.channel
    if HoldKind.BANKRUPTCY in holds:
        return False
    if channel in {Channel.SMS, Channel.VOICE} and channel in asked.consumer.opt_outs:
        return False
    if not asked.is_third_party:
        return True
    if not time(8) < asked.clock < time(21) or channel in asked.consumer.opt_outs:
        return False
    if {HoldKind.ATTORNEY, HoldKind.CEASE_CONTACT, HoldKind.REFUSAL_TO_PAY, HoldKind.DECEASED} & set(holds):
        return False
    # 12 CFR 1006.38(d): "the debt, or any disputed portion of it".
    if HoldKind.DISPUTE in holds and not asked.consumer.disputed_in_part:
        return False
    if asked.contact.to in asked.consumer.refused_places:
        return False
    if any(span.start <= asked.clock < span.end for span in asked.consumer.inconvenient_times):
        return False
    return not asked.is_call or under_consent(asked, asked.today, asked.at) or _call_is_within_frequency(asked)


def _call_is_within_frequency(asked: Asked) -> bool:
    def counts(past: PastContact) -> bool:
        did_not_connect = past.outcome in {Outcome.BUSY, Outcome.NOT_IN_SERVICE, Outcome.FAILED}
        consented = under_consent(asked, asked.on(past), past.at)
        return outbound_call(past) and asked.about_this_debt(past) and not did_not_connect and not consented

    def is_conversation(past: PastContact) -> bool:
        is_call = past.channel is Channel.VOICE and past.outcome is Outcome.CONVERSATION
        return is_call and asked.about_this_debt(past)

    return asked.in_last_seven_days(counts) < 7 and asked.in_last_seven_days(is_conversation) == 0


def massachusetts(asked: Asked) -> bool:
    counted = {Channel.VOICE, Channel.SMS}
    if asked.contact.channel not in counted:
        return True
    made = asked.in_last_seven_days(
        lambda past: outbound(past) and past.channel in counted and asked.about_this_debt(past)
    )
    return made < 2


def district_of_columbia(asked: Asked) -> bool:
    if asked.is_call:
        return asked.in_last_seven_days(lambda past: outbound_call(past) and asked.about_this_debt(past)) < 4
    if asked.contact.channel in ELECTRONIC:
        return asked.in_last_seven_days(lambda past: outbound(past) and past.channel in ELECTRONIC) < 5
    return True


def washington(asked: Asked) -> bool:
    if not asked.is_third_party:
        return True
    if asked.in_last_seven_days(outbound) >= 3:
        return False
    if asked.contact.to is Place.HOME and not time(7, 30) <= asked.clock < time(21):
        return False
    at_work = asked.in_last_seven_days(lambda past: outbound(past) and past.to is Place.WORK)
    return asked.contact.to is not Place.WORK or at_work < 1


def new_york_city(asked: Asked) -> bool:
    zones = [ZoneInfo(name) for name in asked.consumer.zones]
    limits = {2 if asked.at.astimezone(zone).date() < date(2026, 9, 1) else 3 for zone in zones}
    return asked.in_last_seven_days(lambda past: outbound(past) and asked.about_this_debt(past)) < min(limits)


def china(asked: Asked) -> bool:
    if not time(8) <= asked.clock < time(22) or asked.contact.channel in asked.consumer.opt_outs:
        return False
    if HoldKind.DISPUTE in asked.consumer.holds:
        return False
    if not asked.is_call:
        return True
    unclear = {Outcome.SENT, Outcome.DELIVERED, Outcome.UNKNOWN}
    answered = {Outcome.CONVERSATION, Outcome.DROPPED}
    connected = asked.today_only(lambda past: outbound_call(past) and past.outcome in answered | unclear)
    unanswered = asked.today_only(lambda past: outbound_call(past) and past.outcome not in answered)
    return connected < 3 and unanswered < 6


def united_kingdom(asked: Asked) -> bool:
    stops = {HoldKind.BREATHING_SPACE, HoldKind.MENTAL_HEALTH_CRISIS, HoldKind.DISPUTE, HoldKind.VULNERABILITY}
    if stops & set(asked.consumer.holds) or asked.contact.channel in asked.consumer.opt_outs:
        return False
    if any(span.start <= asked.clock < span.end for span in asked.consumer.inconvenient_times):
        return False
    return time(8) <= asked.clock < time(21) and asked.contact.to not in asked.consumer.refused_places


def india(asked: Asked) -> bool:
    return asked.contact.channel not in asked.consumer.opt_outs and (
        not asked.is_call or time(8) <= asked.clock < time(19)
    )


def no_law_known(asked: Asked) -> bool:
    if asked.consumer.holds or asked.contact.channel in asked.consumer.opt_outs:
        return False
    if not asked.consumer.zones and asked.contact.channel in {Channel.SMS, Channel.VOICE}:
        return False
    if asked.consumer.zones and not time(9) <= asked.clock < time(18):
        return False
    return asked.today_only(outbound) < 1 and asked.in_last_seven_days(outbound) < 3


CHECKS: dict[str, Callable[[Asked], bool]] = {
    "us-federal": regulation_f,
    "us-ma": massachusetts,
    "us-dc": district_of_columbia,
    "us-wa": washington,
    "us-nyc": new_york_city,
    "us-nv": lambda asked: True,
    "cn": china,
    "uk": united_kingdom,
    "in": india,
    "eu": no_law_known,
    "default": no_law_known,
}


def is_lawful(
    contact: ContactRequest,
    consumer: Consumer,
    history: Sequence[PastContact],
    packs: Sequence[str],
    collector: Collector,
    at: datetime,
) -> bool:
    """Whether the contact is lawful at the instant, in every place where the person may be."""
    zones = [ZoneInfo(name) for name in consumer.zones] or EVERY_OFFSET
    is_third_party = collector is Collector.THIRD_PARTY
    asked_in = [Asked(contact, consumer, history, is_third_party, at.astimezone(UTC), zone) for zone in zones]
    return all(CHECKS[pack](asked) for pack in packs for asked in asked_in)
