"""Whether a message may be applied to a case. A refusal is a value with a code of the contract, never an exception."""

from __future__ import annotations

import json
from typing import Any

from pydantic import ValidationError

from domain import events
from domain.accepting import agreements, contacts, money, referrals, restraints, work
from domain.events import MESSAGES, AnyMessage, Message
from domain.refusals import Checks, Refusal, RefusalCode, Situation
from domain.state import Applied, CaseState, CaseStatus


def parse_message(kind: str, payload: Any) -> AnyMessage | Refusal:
    """Read a message's JSON as it came. The refusal names the wrong fields, and no value of theirs."""
    message_type = MESSAGES.get(kind)
    if message_type is None:
        return Refusal(RefusalCode.UNKNOWN_MESSAGE, f"known messages: {', '.join(MESSAGES)}")
    if not isinstance(payload, dict):
        return Refusal(RefusalCode.MALFORMED, f"send one JSON object, see docs/contract/{kind}.schema.json")
    try:
        return message_type.model_validate_json(json.dumps(payload), strict=True)
    except ValidationError as error:
        return Refusal(RefusalCode.MALFORMED, f"{_wrong_fields(error)}; see docs/contract/{kind}.schema.json")
    except (ValueError, TypeError, RecursionError):
        return Refusal(RefusalCode.MALFORMED, f"not plain JSON: see docs/contract/{kind}.schema.json")


def is_duplicate(state: CaseState, message: Message) -> bool:
    """Whether the case knows a message with this id. One that says something else is refused by `refusal_of`."""
    return _known_as(message, state) is not None


def refusal_of(message: Message, situation: Situation) -> Refusal | None:
    """Why this message may not be applied to the case now, or None if it may.

    A duplicate is refused only where it says something else than the message that was applied.
    """
    known = _known_as(message, situation.state)
    if known is not None:
        return None if known == Applied.of(message) else _CONTRADICTION
    if situation.state.status is CaseStatus.CLOSED and not isinstance(message, ACCEPTED_WHEN_CLOSED):
        return Refusal(RefusalCode.CASE_CLOSED, "the case is closed: open it again from the lender's system first")
    for message_type, check in _CHECKS:
        if isinstance(message, message_type):
            refusal = check(message, situation)
            if refusal is not None:
                return refusal
    return None


ACCEPTED_WHEN_CLOSED = (
    events.PaymentReceived,
    events.PaymentReversed,
    events.DisputeOpened,
    events.DisputeResolved,
    events.ComplaintOpened,
    events.ComplaintResolved,
    events.HardshipStated,
    events.VulnerabilityStated,
    events.HoldPlaced,
    events.HoldLifted,
    events.ContactPointChanged,
    events.ConsentChanged,
    events.ContactPreferencesChanged,
    events.CallOutcomeRecorded,
    events.DeliveryReported,
    events.ReplyReceived,
    events.WorkItemCompleted,
    events.Recalled,
    events.Transferred,
    events.LimitationNoted,
)
"""Facts that stay true and worth keeping after a case has closed: a reversed payment can open it again, and then the
borrower's attorney, dispute or breathing space must be known."""


PROBLEMS_NAMED_MAX = 5


def _wrong_fields(error: ValidationError) -> str:
    """The first few wrong fields, and how. Names of unknown fields are the sender's, so they aren't repeated."""
    problems = error.errors(include_input=False, include_context=False, include_url=False)
    named = []
    for problem in problems[:PROBLEMS_NAMED_MAX]:
        place = [str(part) for part in problem["loc"]]
        if problem["type"] == "extra_forbidden":
            place[-1] = "(unknown field)"
        named.append(f"{'.'.join(place) or 'message'}: {problem['msg'].removeprefix('Value error, ')}")
    if len(problems) > PROBLEMS_NAMED_MAX:
        named.append(f"and {len(problems) - PROBLEMS_NAMED_MAX} more")
    return "; ".join(named)


_CONTRADICTION = Refusal(
    RefusalCode.ID_USED_FOR_ANOTHER,
    "this id was used for a message that says something else: send the first content again, or a new id",
)


def _known_as(message: Message, state: CaseState) -> Applied | None:
    """What was applied under the message's id. Obligations of the opening count as announced by `obligation_due`."""
    applied = next((applied for applied in state.applied if applied.id == message.id), None)
    if applied is None and isinstance(message, events.ObligationDue):
        for known in state.obligations:
            if known.id == message.id:
                return Applied.of(
                    events.ObligationDue(id=known.id, amount=known.amount, due=known.due, component=known.component)
                )
    return applied


_CHECKS: Checks = (
    *money.CHECKS,
    *agreements.CHECKS,
    *restraints.CHECKS,
    *contacts.CHECKS,
    *referrals.CHECKS,
    *work.CHECKS,
)
