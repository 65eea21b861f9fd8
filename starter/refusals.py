"""How the client says no. The codes are part of the documented contract."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from temporalio.exceptions import ApplicationError

from db.registration import RegistrationOutcome
from domain.policy import Policy
from domain.refusals import RefusalCode


class ClientRefusalCode(StrEnum):
    """Why the client refuses before a case is asked. Codes are added, never changed."""

    UNKNOWN_ACCOUNT = "unknown_account"
    UNKNOWN_POLICY = "unknown_policy"
    NOT_STARTED = "not_started"
    NOT_OPENED = "not_opened"
    WORK_HELD_BY_ANOTHER = "work_held_by_another"
    CALL_NOT_ALLOWED_NOW = "call_not_allowed_now"


MEANINGS: dict[str, str] = {
    RegistrationOutcome.UNKNOWN_LENDER: "The account names a lender that is not registered. Register the lender first.",
    RegistrationOutcome.OTHER_CONSUMER: "The account is registered for another consumer. Use another account id.",
    RegistrationOutcome.OTHER_CURRENCY: "The account is registered in another currency. Use another account id.",
    RegistrationOutcome.OBLIGATION_DIFFERS: (
        "An obligation of that id is registered with another amount, day or component. Send `balance_adjusted` instead."
    ),
    RegistrationOutcome.CASE_IS_OPEN: (
        "The case was opened with other terms. Send further obligations as `obligation_due`."
    ),
    ClientRefusalCode.UNKNOWN_ACCOUNT: "No such account is registered. Check the id, or open the case first.",
    ClientRefusalCode.UNKNOWN_POLICY: "The account names a policy, or a version of it, that is not published.",
    ClientRefusalCode.NOT_STARTED: "No workflow of the case is running. Start the case, then send the message again.",
    ClientRefusalCode.NOT_OPENED: "No worker has opened the case yet. Start the case and a worker, then look again.",
    ClientRefusalCode.WORK_HELD_BY_ANOTHER: "The work item is held by somebody else, or has ended. Take another one.",
    ClientRefusalCode.CALL_NOT_ALLOWED_NOW: (
        "The law does not allow the call at this moment. Show the item for the reasons."
    ),
    RefusalCode.UNKNOWN_MESSAGE: "No message of the contract has this name.",
    RefusalCode.MALFORMED: "The message does not fit its schema. The detail names the fields.",
    RefusalCode.CASE_CLOSED: "The case is closed and this message cannot reopen it. Money and facts about contact can.",
    RefusalCode.CURRENCY_MISMATCH: "The amount is not in the account's currency. Convert it at the payment system.",
    RefusalCode.ID_USED_FOR_ANOTHER: "This id was used with another content. Send the first content, or a new id.",
    RefusalCode.UNKNOWN_PAYMENT: "The payment to reverse is not known to this case. Send the payment first.",
    RefusalCode.ALREADY_REVERSED: "The payment was reversed before. Nothing is left to reverse.",
    RefusalCode.AMOUNT_IS_ZERO: "An adjustment of nothing. Send a positive or a negative amount.",
    RefusalCode.AMOUNT_TOO_LARGE: "The amount is beyond what an account can hold. Check the decimal point.",
    RefusalCode.CREDIT_HAS_NO_DUE_DATE: "A credit counts at once. Send it without a due date.",
    RefusalCode.CHARGE_WRITTEN_OFF: "A write-off lowers the balance. Send a negative amount.",
    RefusalCode.PROMISE_DAY_PASSED: "The promised day has passed. Send today or a later day.",
    RefusalCode.PROMISE_TOO_LATE: "The promised day is later than the policy accepts.",
    RefusalCode.PROMISE_ALREADY_OPEN: "Another promise is open. It must be kept or broken first.",
    RefusalCode.PROMISE_LIMIT_REACHED: "The policy accepts no further promise for this case.",
    RefusalCode.PROMISE_EXCEEDS_BALANCE: "The promise is for more than is owed.",
    RefusalCode.ARRANGEMENT_NOT_OFFERED: "The policy of this case agrees to no plans.",
    RefusalCode.ARRANGEMENT_NOT_BY_THEM: "The policy lets somebody else agree to a plan.",
    RefusalCode.ARRANGEMENT_IN_FORCE: "An arrangement is in force. Name it in `replaces`, or let it run.",
    RefusalCode.NO_SUCH_ARRANGEMENT: "No arrangement with that id is in force or was broken last.",
    RefusalCode.ARRANGEMENT_REPLANS_USED: "The policy accepts no further plan for this case.",
    RefusalCode.ARRANGEMENT_TOO_MANY_INSTALMENTS: "More instalments than the policy allows.",
    RefusalCode.ARRANGEMENT_INSTALMENT_TOO_SMALL: "An instalment before the last is below the policy's minimum.",
    RefusalCode.ARRANGEMENT_FIRST_TOO_LATE: "The first instalment is later than the policy allows.",
    RefusalCode.ARRANGEMENT_TOO_LONG: "The plan lasts longer than the policy allows.",
    RefusalCode.ARRANGEMENT_GAP_TOO_LONG: "Two instalments are further apart than the policy allows.",
    RefusalCode.ARRANGEMENT_DOES_NOT_ADD_UP: (
        "The instalments add up neither to what is outstanding nor to what is past due."
    ),
    RefusalCode.INSTALMENT_DAY_PASSED: "The first day of the plan has passed. Send today or a later day.",
    RefusalCode.INSTALMENTS_OUT_OF_ORDER: "Each instalment must be due later than the one before it.",
    RefusalCode.NO_SUCH_OFFER: "The policy has no settlement offer of that id.",
    RefusalCode.OFFER_NOT_POSSIBLE: (
        "Nothing can be offered now: another offer or agreement is open, or a hold or a referral is in force."
    ),
    RefusalCode.OFFER_NOT_FOR_THIS_BALANCE: "What is outstanding is outside the bounds of that offer.",
    RefusalCode.OFFER_NOT_OPEN: "That offer is not open: it was not made, was accepted, or has ended.",
    RefusalCode.SETTLEMENT_IN_FORCE: "A settlement was accepted. It must be paid, or lapse, first.",
    RefusalCode.SETTLEMENT_TOO_MANY_PARTS: "More parts than the offer allows.",
    RefusalCode.SETTLEMENT_TOO_LONG: "The last part is later than the offer allows.",
    RefusalCode.SETTLEMENT_DOES_NOT_ADD_UP: "The parts do not add up to the offer's amount.",
    RefusalCode.HOLD_DAY_PASSED: "The hold would end before it begins. Send a later day, or none.",
    RefusalCode.NO_SUCH_HOLD: "No hold of that kind is in force today.",
    RefusalCode.NO_SUCH_DISPUTE: "No open dispute has that id.",
    RefusalCode.IN_THE_FUTURE: "It is said to have happened later than now. Check the date or the instant.",
    RefusalCode.NO_REFERRAL: "No legal referral was proposed for this case.",
    RefusalCode.REFERRAL_ALREADY_DECIDED: "The referral was approved or declined before.",
    RefusalCode.REFERRAL_NOT_APPROVED: "The referral is not with counsel, so counsel has nothing to report.",
    RefusalCode.NO_SUCH_REFERRAL: "Another referral was proposed since. Look at the case again, and name that one.",
    RefusalCode.REFERRAL_BARRED: "A hold of the case allows no legal steps. Lift it first, or decline.",
    RefusalCode.NOT_WITH_COUNSEL: "No counsel was given the account, so there are no legal costs of it.",
    RefusalCode.LEGAL_COST_OVER_LIMIT: "Legal costs would exceed what the policy allows. Have them reviewed.",
    RefusalCode.NO_SUCH_WORK_ITEM: "No open work item of this case has that id. List them again.",
    RefusalCode.WORK_OUTCOME_UNFIT: "The outcome is none of this kind of work. The detail says which are.",
    RefusalCode.HOLD_NOT_BEGUN: "The hold would begin later than today. Send it on its first day.",
    RefusalCode.DISPUTE_EXCEEDS_DEBT: "More is disputed than was ever charged. Leave the amount out to dispute it all.",
    RefusalCode.NO_SUCH_COMPLAINT: "No open complaint of this case has that number.",
}
"""Every code, what it means and what to do: the table of docs/starting-cases.md and docs/contract/refusals.json."""


class Refused(Exception):
    """The message was not applied, and why. Raised, so that no refused payment is taken for a made one.

    `code` is one of MEANINGS; `detail` says what to do, and repeats nothing personal.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = str(code)
        self.detail = detail


class NoAnswer(Exception):
    """The message is safe in the inbox, but no worker has applied it in time. Sending it again is harmless."""

    def __init__(self, waited_seconds: float) -> None:
        super().__init__(f"no worker answered within {waited_seconds:g} s")
        self.waited_seconds = waited_seconds


def unknown_account(case_id: str) -> Refused:
    return Refused(
        ClientRefusalCode.UNKNOWN_ACCOUNT, f"no account {case_id} is registered: check the id, or open the case first"
    )


def unknown_policy(detail: str) -> Refused:
    return Refused(ClientRefusalCode.UNKNOWN_POLICY, detail)


def policy_in_another_currency(currency: str, policy: Policy) -> Refused:
    return Refused(
        RefusalCode.CURRENCY_MISMATCH,
        f"the account is in {currency} and policy {policy.id} in {policy.currency}: name a policy in {currency}",
    )


def id_used_for_another() -> Refused:
    return Refused(
        RefusalCode.ID_USED_FOR_ANOTHER,
        "this id was used for a message that says something else: send the first content again, or a new id",
    )


def not_started(case_id: str) -> Refused:
    return Refused(
        ClientRefusalCode.NOT_STARTED, f"no workflow of case {case_id} is running: start it, then send this again"
    )


def not_opened(case_id: str) -> Refused:
    return Refused(
        ClientRefusalCode.NOT_OPENED,
        f"no worker has opened case {case_id} yet: look again in a moment; if it stays so, start the case "
        "(`dunlin case start`) and a worker",
    )


def no_such_work_item() -> Refused:
    return Refused(RefusalCode.NO_SUCH_WORK_ITEM, "no work item has that id: list them again")


def work_held_by_another(until_real: datetime | None) -> Refused:
    if until_real is None:
        return Refused(
            ClientRefusalCode.WORK_HELD_BY_ANOTHER, "the item has ended, or is not held by you: list the work again"
        )
    return Refused(
        ClientRefusalCode.WORK_HELD_BY_ANOTHER,
        f"somebody else has the item until {until_real.isoformat(timespec='seconds')}: take another one",
    )


def call_not_allowed(until: datetime | None) -> Refused:
    when = "" if until is None else f", and not before {until.isoformat(timespec='minutes')}"
    return Refused(
        ClientRefusalCode.CALL_NOT_ALLOWED_NOW,
        f"the call may not be made now{when}: `dunlin work show` names the reasons",
    )


def case_closed() -> Refused:
    return Refused(RefusalCode.CASE_CLOSED, "the case is closed: open it again from the lender's system first")


def refusal_in(error: BaseException) -> Refused | None:
    """The refusal that a failed update carries, or None when it failed for another reason."""
    if isinstance(error, ApplicationError) and error.type in MEANINGS:
        return Refused(error.type, error.message)
    return None
