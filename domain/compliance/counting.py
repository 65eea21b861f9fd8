"""Rules that count past contacts by local date: how many are lawful, and how long silence lasts after one.

A day is a calendar date at the consumer's location. A contact on date D counts on the dates D to D + days - 1, so the
first date on which it no longer does is D + days, from its midnight on. Dates are ordinals here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo

from domain.compliance.circumstances import Circumstances
from domain.compliance.model import Consent, PastContact
from domain.compliance.parameters import Counted, Frequency, Per, SilenceAfter
from domain.compliance.ruling import ALLOWED, ALLOWED_FOR_GOOD, DeferredUntil, Ruling
from domain.localtime import start_of_day
from domain.names import Channel, Outcome


def frequency(rule: Frequency, asked: Circumstances, at: datetime) -> Ruling:
    """So many contacts in so many consecutive local dates, in every place where the person may be."""
    days = "one day" if rule.days == 1 else f"{rule.days} days"
    return _below(rule, rule.at_most, f"{rule.at_most} in {days} were made already", asked, at)


def silence_after(rule: SilenceAfter, asked: Circumstances, at: datetime) -> Ruling:
    """No contact on the dates that follow a counted one; its own is the first of them."""
    return _below(rule, 1, f"less than {rule.days} days after the last", asked, at)


def _below(rule: Counted, limit: int, because: str, asked: Circumstances, at: datetime) -> Ruling:
    """Lawful from the first date on with fewer counted contacts than the limit, in every zone.

    That is for good, unless a consent plays a part or the history goes beyond today: contacts only age out.
    """
    if len(_candidates(rule, asked)) < limit:
        return ALLOWED_FOR_GOOD
    for_good = rule.consent_days is None or not asked.consumer.consents
    latest: datetime | None = None
    for zone, clock in zip(asked.zones, asked.clocks_at(at), strict=True):
        today = clock.toordinal()
        counted = _counted_dates(rule, asked, zone)
        for_good = for_good and max(counted, default=today) <= today
        if _is_below(limit, rule.days, counted, today):
            continue
        if _has_consent(rule, asked, asked.contact.channel, zone, today, at):
            continue
        if for_good:
            opening = start_of_day(date.fromordinal(sorted(counted)[-limit] + rule.days), zone)
        else:
            opening = _next_lawful_date(rule, limit, counted, asked, zone, today)
        latest = opening if latest is None else max(latest, opening)
    if latest is None:
        return ALLOWED_FOR_GOOD if for_good else ALLOWED
    return DeferredUntil(latest, because, for_good)


def _is_below(limit: int, days: int, counted: Sequence[int], today: int) -> bool:
    oldest = today - days
    return len([day for day in counted if oldest < day <= today]) < limit


def _next_lawful_date(
    rule: Counted, limit: int, counted: Sequence[int], asked: Circumstances, zone: tzinfo, today: int
) -> datetime:
    """Only a contact that ages out, or a consent that begins, can make a later date lawful."""
    consents = () if rule.consent_days is None else asked.consumer.consents
    changes = {day + rule.days for day in counted}.union(consent.given_on.toordinal() for consent in consents)
    for day in sorted(change for change in changes if change > today):
        if _is_below(limit, rule.days, counted, day):
            return start_of_day(date.fromordinal(day), zone)
        if consents:
            start = start_of_day(date.fromordinal(day), zone)
            if _has_consent(rule, asked, asked.contact.channel, zone, day, start):
                return start
    raise AssertionError("when the last counted contact has aged out, none is left")


def _candidates(rule: Counted, asked: Circumstances) -> Sequence[PastContact]:
    """The past contacts that the rule may count, whatever the place: local dates are worked out for these alone."""
    tally, debt = asked.tally, asked.contact.debt
    known = tally.counted.get((id(rule), debt))
    if known is not None and known[0] is rule:
        return known[1]
    horizon = tally.since - timedelta(days=rule.days + 2)
    # Looked up once: a history is gone through for each rule.
    channels, outcomes, directions, places = rule.channels, rule.outcomes, rule.directions, rule.places
    of_any_debt = rule.per is Per.PERSON
    found = [
        past
        for past in tally.history
        if past.at > horizon
        and past.channel in channels
        and (of_any_debt or is_about(past, debt))
        and past.outcome in outcomes
        and past.direction in directions
        and past.to in places
    ]
    tally.counted[(id(rule), debt)] = (rule, found)
    return found


def _counted_dates(rule: Counted, asked: Circumstances, zone: tzinfo) -> Sequence[int]:
    """The local dates of the past contacts that count: those made under a consent don't where there is a limit."""
    key = (id(rule), asked.contact.debt, zone)
    known = asked.tally.dates.get(key)
    if known is not None and known[0] is rule:
        dates = known[1]
    else:
        dates = [past.at.astimezone(zone).toordinal() for past in _candidates(rule, asked)]
        asked.tally.dates[key] = (rule, dates)
    if not isinstance(rule, Frequency) or rule.consent_days is None or not asked.consumer.consents:
        return dates
    return [
        day
        for past, day in zip(_candidates(rule, asked), dates, strict=True)
        if not _has_consent(rule, asked, past.channel, zone, day, past.at)
    ]


def is_about(past: PastContact, debt: str) -> bool:
    """Whether a past contact was about a debt, or may have been."""
    return not past.debts or debt in past.debts


def _has_consent(rule: Counted, asked: Circumstances, channel: Channel, zone: tzinfo, day: int, at: datetime) -> bool:
    """Whether a contact by a channel at an instant, on that local date, is made under a consent that has not ended."""
    return rule.consent_days is not None and any(
        consent.channel is channel
        and 0 <= day - consent.given_on.toordinal() < rule.consent_days
        and not _was_ended(consent, asked, zone, at)
        for consent in asked.consumer.consents
    )


def _was_ended(consent: Consent, asked: Circumstances, zone: tzinfo, at: datetime) -> bool:
    """A conversation ends a consent, but for one on its own date, in which it may have been given."""
    given = consent.given_on.toordinal()
    dates = [
        day
        for past in asked.history
        if past.outcome is Outcome.CONVERSATION and past.at < at and is_about(past, asked.contact.debt)
        if (day := past.at.astimezone(zone).toordinal()) >= given
    ]
    return len(dates) > (1 if given in dates else 0)
