"""Each event in a few words, for case sheets, live views and logs. No personal data: events hold none."""

from __future__ import annotations

from functools import singledispatch

from domain import events
from domain.describe_agreements import describe_agreement
from domain.events import Event
from domain.money import Money
from domain.names import ConsentMeans, Outcome
from domain.words import words


@singledispatch
def describe(event: Event) -> str:
    """Such as "payment received: 250.00 EUR". An event of a later release is called by its kind."""
    return words(event.kind)


@describe.register
def _(event: events.PaymentReceived) -> str:
    return f"payment received: {event.amount}"


@describe.register
def _(event: events.PaymentReversed) -> str:
    return f"payment reversed: {words(event.reason)}"


@describe.register
def _(event: events.ObligationDue) -> str:
    return f"obligation of {event.amount} due {event.due}"


@describe.register
def _(event: events.BalanceAdjusted) -> str:
    return f"balance adjusted by {event.amount}: {words(event.reason)}"


@describe.register
def _(event: events.InterestCharged) -> str:
    what = "interest charged" if event.amount.minor >= 0 else "interest taken back"
    return f"{what} up to {event.until}: {event.amount}"


@describe.register
def _(event: events.LateFeeCharged) -> str:
    what = "late fee" if event.amount.minor >= 0 else "late fee taken back"
    return f"{what}: {event.amount}"


@describe.register
def _(event: events.AgreementMessage | events.AgreementOccurrence) -> str:
    return describe_agreement(event)


@describe.register
def _(event: events.DisputeOpened) -> str:
    of = f" of {event.amount}" if event.amount is not None else ""
    written = " in writing" if event.in_writing else ""
    again = ", which repeats an earlier one" if event.repeats is not None else ""
    return f"dispute{of} opened{written}: {words(event.category)}{again}"


@describe.register
def _(event: events.DisputeResolved) -> str:
    return f"dispute {words(event.outcome)}"


@describe.register
def _(event: events.HoldPlaced) -> str:
    since = f" since {event.since}" if event.since else ""
    until = f" until {event.until}" if event.until else ""
    return f"hold placed: {words(event.hold)}{since}{until}"


@describe.register
def _(event: events.HoldLifted) -> str:
    return f"hold lifted: {words(event.hold)}{f' from {event.until} on' if event.until else ''}"


@describe.register
def _(event: events.HoldEndSet) -> str:
    return f"hold ends on {event.until}"


@describe.register
def _(event: events.ComplaintOpened) -> str:
    return f"complaint opened: {words(event.category)}"


@describe.register
def _(event: events.ComplaintResolved) -> str:
    return f"complaint {words(event.outcome)}"


@describe.register
def _(event: events.HardshipStated) -> str:
    affordable = f", {event.affordable} a month is affordable" if event.affordable is not None else ""
    return f"hardship stated: {words(event.category)}{affordable}"


@describe.register
def _(event: events.VulnerabilityStated) -> str:
    return "vulnerability stated"


@describe.register
def _(event: events.ContactPointChanged) -> str:
    return f"{event.channel} contact point is {'usable' if event.usable else 'not usable'}"


@describe.register
def _(event: events.ConsentChanged) -> str:
    said = f"{event.channel} {'allowed' if event.consented else 'refused'} by the borrower"
    on = f" on {event.given_on}" if event.given_on else ""
    return said + on + (f" ({words(event.given_how)})" if event.given_how is not ConsentMeans.UNSTATED else "")


@describe.register
def _(event: events.ContactPreferencesChanged) -> str:
    times = [f"{each.start:%H:%M} to {each.end:%H:%M}" for each in event.inconvenient_times]
    asked = [f"not at {place}" for place in event.refused_places] + [f"not from {each}" for each in times]
    return f"asked to be contacted {', '.join(asked)}" if asked else "no requests about places or times any more"


@describe.register
def _(event: events.CallOutcomeRecorded) -> str:
    several = f", about {len(event.debts) + 1} debts" if event.debts else ""
    return f"{event.direction} call: {words(event.outcome)}{several}"


@describe.register
def _(event: events.DeliveryReported) -> str:
    return f"provider reports: {words(event.outcome)}"


@describe.register
def _(event: events.ReplyReceived) -> str:
    also = f", refuses {', '.join(event.also_refused)} too" if event.also_refused else ""
    unpaid = ", refuses to pay" if event.refuses_to_pay else ""
    return f"reply by {event.channel}: {words(event.intent)}{also}{unpaid}"


@describe.register
def _(event: events.ReferralDecided) -> str:
    return f"legal referral {'approved' if event.approved else 'declined'}"


@describe.register
def _(event: events.ReferralStatusChanged) -> str:
    return f"legal referral: {words(event.status)}"


@describe.register
def _(event: events.Recalled) -> str:
    return "account recalled by the lender"


@describe.register
def _(event: events.Transferred) -> str:
    return "account transferred to another agency"


@describe.register
def _(event: events.CaseOpened) -> str:
    owed = Money.total((obligation.amount for obligation in event.obligations), event.currency)
    return f"case opened: {owed} owed"


@describe.register
def _(event: events.StageEntered) -> str:
    return f"stage {event.stage} entered on day {event.day}"


@describe.register
def _(event: events.ContactMade) -> str:
    taken = "sent" if event.outcome is Outcome.SENT else "perhaps sent"
    return f"{event.channel} {taken}: {event.step}{_together(event)}"


@describe.register
def _(event: events.ContactFailed) -> str:
    return f"{event.channel} failed: {event.step}{_together(event)} ({words(event.code)})"


@describe.register
def _(event: events.ContactDeferred) -> str:
    return f"{event.channel} deferred: {event.step} until {event.until.isoformat(timespec='minutes')}"


@describe.register
def _(event: events.ContactSuppressed) -> str:
    rules = ", ".join(dict.fromkeys(reason.rule for reason in event.reasons))
    return f"{event.step} skipped: {rules}" if rules else f"{event.step} skipped"


@describe.register
def _(event: events.ValidationNoticeSent) -> str:
    return f"validation notice sent by {event.channel}: its period ends on {event.period_ends_on}"


@describe.register
def _(event: events.ReferralProposed) -> str:
    return f"legal referral proposed: {event.outstanding}"


@describe.register
def _(event: events.ReferralWithheld) -> str:
    return f"no legal referral: {', '.join(reason.rule for reason in event.reasons)}"


@describe.register
def _(event: events.ReferralReminded) -> str:
    return f"legal referral still waits: {words(event.reminder)}"


@describe.register
def _(event: events.ReferralRecalled) -> str:
    return "legal referral recalled" + (f": {words(event.because)}" if event.because else "")


@describe.register
def _(event: events.LimitationNoted) -> str:
    return f"can be sued for until {event.last_day}, the lender says"


@describe.register
def _(event: events.LimitationNeared) -> str:
    return f"can be sued for only until {event.last_day}"


@describe.register
def _(event: events.WorkItemOpened) -> str:
    return f"a person is asked: {words(event.work)}, by {event.due.isoformat(timespec='minutes')}"


@describe.register
def _(event: events.WorkItemCompleted) -> str:
    return f"work completed: {words(event.outcome)}"


@describe.register
def _(event: events.WorkItemWithdrawn) -> str:
    return "work no longer needed"


@describe.register
def _(event: events.MessageRefused) -> str:
    return f"{words(event.message_kind)} refused: {words(event.code)}"


@describe.register
def _(event: events.CaseClosed) -> str:
    return f"case closed: {words(event.reason)}"


@describe.register
def _(event: events.CaseReopened) -> str:
    return "case opened again"


def _together(event: events.ContactEvent) -> str:
    if event.covered_by is not None:
        return ", in the message of another account"
    return f", with {len(event.covers)} more account{'s' if len(event.covers) > 1 else ''}" if event.covers else ""
