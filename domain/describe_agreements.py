"""What is agreed to be paid, and what becomes of it, in a few words."""

from __future__ import annotations

from domain import events
from domain.words import words


def describe_agreement(event: events.AgreementMessage | events.AgreementOccurrence) -> str:
    """Such as "arrangement agreed: 250.00 GBP in 5 instalments"."""
    match event:
        case events.PromiseMade():
            return f"promise to pay {event.amount} by {event.due}"
        case events.ArrangementAgreed():
            total = sum((each.amount for each in event.instalments[1:]), event.instalments[0].amount)
            again = " anew" if event.replaces else ""
            return f"arrangement agreed{again}: {total} in {len(event.instalments)} instalments"
        case events.SettlementRequested():
            return f"settlement asked for: {event.offer}"
        case events.SettlementAccepted():
            return f"settlement accepted: {event.offer} in {max(1, len(event.parts))} parts"
        case events.PromiseKept():
            return "promise kept"
        case events.PromisePartlyKept():
            return f"promise partly kept: {event.paid} paid"
        case events.PromiseBroken():
            return "promise broken" if event.paid is None else f"promise broken: {event.paid} paid"
        case events.ArrangementBroken():
            return f"arrangement broken: instalment {event.instalment} of {event.due} is missing"
        case events.ArrangementCompleted():
            return "arrangement completed"
        case events.SettlementOffered():
            return f"settlement offered: {event.amount} for {event.outstanding} until {event.expires_on}"
        case events.SettlementCompleted():
            return f"settlement completed: {event.written_off} written off"
        case events.SettlementLapsed():
            revived = f", {event.revived} owed again" if event.revived else ""
            return f"settlement lapsed: {words(event.because)}{revived}"
