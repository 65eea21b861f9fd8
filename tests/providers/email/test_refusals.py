"""The table of mail servers' refusals."""

from __future__ import annotations

import pytest

from providers.base import FinalProviderError, RetryableProviderError
from providers.email.refusals import Stage, refusal

LATER = "later"
FINAL = "final"
UNUSABLE = "unusable"


@pytest.mark.parametrize(
    ("stage", "code", "text", "meaning"),
    [
        (Stage.CONNECTING, 421, "busy", LATER),
        (Stage.CONNECTING, 554, "5.7.1 blocked", LATER),
        (Stage.CONNECTING, 535, "5.7.8 credentials invalid", LATER),
        (Stage.CONNECTING, -1, "Malformed SMTP response line", LATER),
        (Stage.SENDER, 451, "4.3.0 later", LATER),
        (Stage.SENDER, 550, "5.7.1 sender not allowed", LATER),
        (Stage.SENDER, 553, "5.1.8 bad sender", LATER),
        (Stage.SENDER, 552, "5.3.4 too large", FINAL),
        (Stage.RECIPIENT, 421, "4.7.0 too many", LATER),
        (Stage.RECIPIENT, 450, "4.2.1 greylisted", LATER),
        (Stage.RECIPIENT, 452, "4.2.2 mailbox full", LATER),
        (Stage.RECIPIENT, 550, "5.1.1 no such user", UNUSABLE),
        (Stage.RECIPIENT, 550, "no such user", UNUSABLE),
        (Stage.RECIPIENT, 551, "5.1.6 moved", UNUSABLE),
        (Stage.RECIPIENT, 553, "5.1.3 bad mailbox", UNUSABLE),
        (Stage.RECIPIENT, 550, "5.7.1 you are on a block list", FINAL),
        (Stage.RECIPIENT, 552, "5.2.2 mailbox full", FINAL),
        (Stage.RECIPIENT, 554, "5.7.1 relay access denied", FINAL),
        (Stage.CONTENT, 451, "4.3.0 local error", LATER),
        (Stage.CONTENT, 554, "5.7.1 looks like spam", FINAL),
        (Stage.CONTENT, 550, "5.7.1 looks like spam", FINAL),
        (Stage.CONTENT, 550, "rejected", FINAL),
        (Stage.CONTENT, 550, "5.1.1 no such user", UNUSABLE),
        (Stage.CONTENT, 552, "5.3.4 too large", FINAL),
    ],
)
def test_a_refusal_is_retryable_final_or_says_that_the_mailbox_is_wrong(
    stage: Stage, code: int, text: str, meaning: str
) -> None:
    error = refusal(stage, code, text)

    if meaning == LATER:
        assert isinstance(error, RetryableProviderError)
    else:
        assert isinstance(error, FinalProviderError)
        assert error.unusable == (meaning == UNUSABLE)


def test_of_a_refusal_only_its_codes_are_kept() -> None:
    error = refusal(Stage.RECIPIENT, 550, "5.1.1 <borrower@example.com>: no such user here")

    assert error.code == "550 5.1.1"
    assert str(error) == "email provider: 550 5.1.1"


def test_a_reply_without_an_enhanced_code_is_known_by_its_number() -> None:
    assert refusal(Stage.RECIPIENT, 450, "borrower@example.com is busy").code == "450"
