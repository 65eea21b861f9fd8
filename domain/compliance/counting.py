"""Rules that count past contacts by local date: how many are lawful, and how long silence lasts after one.

A day is a calendar date at the consumer's location. A contact on date D counts on the dates D to D + days - 1, so the
first date on which it no longer does is D + days, from its midnight on. Dates are ordinals here.
"""

from __future__ import annotations

from datetime import date, datetime, tzinfo

from domain.compliance.circumstances import Circumstances
from domain.compliance.model import Consent, PastContact
from domain.compliance.parameters import Counted, Frequency, Per, SilenceAfter
from domain.compliance.ruling import ALLOWED, DeferredUntil, Ruling
from domain.localtime import start_of_day
from domain.names import Channel, Outcome


def frequency(rule: Frequency, asked: Circumstances, at: datetime) -> Ruling:
    """So many contacts in so many consecutive local dates, in every place where the person may be."""
    until = _first_date_below(rule, rule.at_most, asked, at)
    if until is None:
        return ALLOWED
    days = "one day" if rule.days == 1 else f"{rule.days} days"
    return DeferredUntil(until, f"{rule.at_most} in {days} were made already")


def silence_after(rule: SilenceAfter, asked: Circumstances, at: datetime) -> Ruling:
    """No contact on the dates that follow a counted one; its own is the first of them."""
    until = _first_date_below(rule, 1, asked, at)
    return ALLOWED if until is None else DeferredUntil(until, f"less than {rule.days} days after the last")


def _first_date_below(rule: Counted, limit: int, asked: Circumstances, at: datetime) -> datetime | None:
    """The start of the first date with fewer counted contacts than the limit, in every zone; None if it is today."""
    latest: datetime | None = None
    for zone in asked.zones:
        counted = _counted_dates(rule, asked, zone)
        if len(counted) < limit:
            continue
        today = at.astimezone(zone).toordinal()
        if _is_lawful(rule, limit, counted, asked, zone, today, at):
            continue
        opening = _next_lawful_date(rule, limit, counted, asked, zone, today)
        latest = opening if latest is None else max(latest, opening)
    return latest


def _is_lawful(
    rule: Counted, limit: int, counted: list[int], asked: Circumstances, zone: tzinfo, today: int, at: datetime
) -> bool:
    oldest = today - rule.days
    if sum(1 for day in counted if oldest < day <= today) < limit:
        return True
    return _has_consent(rule, asked, asked.contact.channel, zone, today, at)


def _next_lawful_date(
    rule: Counted, limit: int, counted: list[int], asked: Circumstances, zone: tzinfo, today: int
) -> datetime:
    """Only a contact that ages out, or a consent that begins, can make a later date lawful."""
    changes = {day + rule.days for day in counted}
    if rule.consent_days is not None:
        changes |= {consent.given_on.toordinal() for consent in asked.consumer.consents}
    for day in sorted(change for change in changes if change > today):
        start = start_of_day(date.fromordinal(day), zone)
        if _is_lawful(rule, limit, counted, asked, zone, day, start):
            return start
    raise AssertionError("when the last counted contact has aged out, none is left")


def _counted_dates(rule: Counted, asked: Circumstances, zone: tzinfo) -> list[int]:
    key = (id(rule), zone)
    known = asked.remembered(key)
    if known is not None:
        return known
    dates = asked.dates_in(zone)
    spares_consented = isinstance(rule, Frequency) and rule.consent_days is not None and bool(asked.consumer.consents)
    counted = [
        day
        for past, day in zip(asked.history, dates, strict=True)
        if _counts(rule, past, asked.contact.debt)
        and not (spares_consented and _has_consent(rule, asked, past.channel, zone, day, past.at))
    ]
    return asked.remember(key, counted)


def _counts(rule: Counted, past: PastContact, debt: str) -> bool:
    return (
        past.channel in rule.channels
        and past.direction in rule.directions
        and past.outcome in rule.outcomes
        and past.to in rule.places
        and (rule.per is Per.PERSON or is_about(past, debt))
    )


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
        for past, day in zip(asked.history, asked.dates_in(zone), strict=True)
        if past.outcome is Outcome.CONVERSATION and day >= given and past.at < at and is_about(past, asked.contact.debt)
    ]
    return len(dates) - (1 if given in dates else 0) > 0
