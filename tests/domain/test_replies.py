"""What a borrower's short answer means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.names import ReplyIntent
from domain.replies import intent_of


@pytest.mark.parametrize(
    "text",
    [
        "STOP",
        " stop. ",
        "StopAll",
        "Stop texting me!",
        "unsubscribe",
        "Cancel",
        "end",
        "QUIT",
        "revoke",
        "Opt out",
        "opt-out please",
        "OPTOUT",
        "ＳＴＯＰ",
        "退订",
        "退订!",
        "停止",
        "停止发送短信",
        "TD",
    ],
)
def test_words_that_stop_messages_are_understood_in_any_case_and_width(text: str) -> None:
    assert intent_of(text) is ReplyIntent.STOP


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("START", ReplyIntent.START),
        ("yes", ReplyIntent.START),
        ("Unstop", ReplyIntent.START),
        ("HELP", ReplyIntent.HELP),
        ("info?", ReplyIntent.HELP),
        ("Dispute", ReplyIntent.DISPUTE),
        ("I have paid", ReplyIntent.ALREADY_PAID),
        ("已还款", ReplyIntent.ALREADY_PAID),
    ],
)
def test_other_keywords_have_their_meaning(text: str, intent: ReplyIntent) -> None:
    assert intent_of(text) is intent


@pytest.mark.parametrize(
    "text",
    ["", "   ", "😀", "End of the month I can pay", "Yes but not today", "Cancel my card first", "nonstop calls"],
)
def test_a_sentence_is_for_a_person_to_read(text: str) -> None:
    assert intent_of(text) is ReplyIntent.OTHER


@given(st.text())
def test_any_text_at_all_has_an_intent(text: str) -> None:
    assert intent_of(text) in ReplyIntent


@given(st.sampled_from(["stop", "退订", "unsubscribe"]), st.text(alphabet=" .,!\n\t*-_'\"。！", max_size=8))
def test_punctuation_and_spaces_around_a_stop_do_not_hide_it(word: str, around: str) -> None:
    assert intent_of(around + word + around) is ReplyIntent.STOP
