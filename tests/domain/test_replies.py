"""What a borrower's short answer means."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.names import Channel, ReplyIntent
from domain.replies import also_refused, intent_of, refuses_to_pay


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


REVOCATIONS = [
    "stop texting me",
    "Please stop calling me.",
    "Hello, I already paid. Stop calling me!",
    "I told you to stop contacting me",
    "can you stop sending me messages?",
    "How do I stop these texts",
    "why don't you stop calling me",
    "if you don't stop calling me I will complain",
    "do not call me again",
    "Don’t text me anymore, thanks",
    "never contact me again",
    "I do not want you to call me",
    "I don't want any more messages from you",
    "I don't wish to be contacted",
    "no more calls please",
    "please stop",
    "I revoke my consent",
    "take me off your list",
    "leave me alone",
    "You do not have my permission to call me",
    "I do not consent to these texts",
    "I no longer wish to receive your messages",
    "I never want to hear from you again",
    "don't txt me",
    "Not interested, stop",
    "I told you to stop",
    "I want to opt out",
    "I'm opting out of these texts",
    "end all texts",
    "text me no more",
    "别再给我发短信",
    "不要再打电话",
    "请不要再给我打电话了。",
    "別再發簡訊給我",
    "不要再联系我了",
    "请勿再打扰",
    "我不想再收到你们的短信",
    "我撤回同意",
    "取消",
    "拒收短信",
    "我要退订",
    "别烦我",
    "請勿再傳簡訊給我",
    "把我从名单里删掉",
]

STATEMENTS = [
    ("this is not my debt", ReplyIntent.DISPUTE),
    ("Sorry, that isn't my loan", ReplyIntent.DISPUTE),
    ("I don't owe you anything", ReplyIntent.DISPUTE),
    ("I never owed this money", ReplyIntent.DISPUTE),
    ("I want to dispute this debt", ReplyIntent.DISPUTE),
    ("This is not my debt. I already paid mine", ReplyIntent.DISPUTE),
    ("我没有欠款", ReplyIntent.DISPUTE),
    ("我不欠你们钱", ReplyIntent.DISPUTE),
    ("这不是我的债务", ReplyIntent.DISPUTE),
    ("我对这笔欠款有异议", ReplyIntent.DISPUTE),
    ("Sorry, you have the wrong person", ReplyIntent.DISPUTE),
    ("wrong number", ReplyIntent.DISPUTE),
    ("The amount is wrong", ReplyIntent.DISPUTE),
    ("金额不对", ReplyIntent.DISPUTE),
    ("I don't recognise this debt", ReplyIntent.DISPUTE),
    ("This is identity theft!", ReplyIntent.DISPUTE),
    ("你们打错电话了", ReplyIntent.DISPUTE),
    ("找错人了", ReplyIntent.DISPUTE),
    ("It's been paid", ReplyIntent.ALREADY_PAID),
    ("I already paid you guys last month", ReplyIntent.ALREADY_PAID),
    ("I already paid", ReplyIntent.ALREADY_PAID),
    ("I've already paid this", ReplyIntent.ALREADY_PAID),
    ("Hi, I have paid it in full yesterday.", ReplyIntent.ALREADY_PAID),
    ("the bill has been paid", ReplyIntent.ALREADY_PAID),
    ("already paid!", ReplyIntent.ALREADY_PAID),
    ("I sent the payment yesterday", ReplyIntent.ALREADY_PAID),
    ("Payment has been made", ReplyIntent.ALREADY_PAID),
    ("我已经转账了", ReplyIntent.ALREADY_PAID),
    ("我已经还了", ReplyIntent.ALREADY_PAID),
    ("昨天已经付款了", ReplyIntent.ALREADY_PAID),
    ("钱早就还清了", ReplyIntent.ALREADY_PAID),
    ("please start texting me again", ReplyIntent.START),
    ("resume messages", ReplyIntent.START),
    ("请恢复发送短信", ReplyIntent.START),
    ("I need help", ReplyIntent.HELP),
    ("Can someone help me?", ReplyIntent.HELP),
    ("请帮帮我", ReplyIntent.HELP),
    ("who is this?", ReplyIntent.HELP),
    ("你们是谁", ReplyIntent.HELP),
]

FOR_A_PERSON = [
    "don't stop texting me",
    "Please do not stop the messages",
    "I never want you to stop sending reminders",
    "I did not stop anything",
    "don't call me before 9",
    "do not call me at work",
    "do not call me again until Monday",
    "they do not call me anymore",
    "when do you call me",
    "I will stop calling you",
    "why was my card stopped",
    "the bus stop is far",
    "I have not paid",
    "don't stop",
    "I don't want to unsubscribe",
    "I do not want to opt out",
    "I want to opt out of the payment plan",
    "I told you to stop by my office",
    "取消我的还款计划",
    "我不想退订",
    "不要把我从名单里删掉",
    "the amount is not wrong",
    "金额不对吗",
    "我转账失败了",
    "I sent the payment to the wrong account",
    "I did not pay yet",
    "I didn't already pay",
    "I will have paid by Friday",
    "it's not been paid",
    "I never paid",
    "I do not dispute this debt",
    "you do not have the wrong number",
    "is this the wrong number?",
    "no help needed",
    "help me understand the fees",
    "不需要帮助",
    "我从来没还过",
    "我不否认这笔债",
    "你没有打错",
    "I already paid half",
    "I paid 50 yesterday",
    "I already paid but it bounced",
    "did I already pay",
    "I have already paid?",
    "is this not my debt?",
    "I never said this is not my debt",
    "if I already paid what happens",
    "I owe this debt",
    "not my fault",
    "I can start paying in May",
    "please help my mother with her bill",
    "不要停止发送短信",
    "别停",
    "不要打电话到我公司",
    "别在晚上打电话",
    "不要给我老婆打电话",
    "我没有钱",
    "我还没还",
    "我还了一半",
    "已经还款了吗",
    "我没有异议",
    "不是我的错",
    "我想还款",
]


REFUSALS = [
    ("I refuse to pay", ReplyIntent.OTHER),
    ("I refuse to pay this debt.", ReplyIntent.OTHER),
    ("I will not pay this", ReplyIntent.OTHER),
    ("I won't pay", ReplyIntent.OTHER),
    ("No, I won’t pay you a penny!", ReplyIntent.OTHER),
    ("I am not going to pay you", ReplyIntent.OTHER),
    ("I'm not going to pay it back", ReplyIntent.OTHER),
    ("I'm not paying you people anything", ReplyIntent.OTHER),
    ("We will never pay", ReplyIntent.OTHER),
    ("I'll never pay you", ReplyIntent.OTHER),
    ("We're not paying any of this, sorry", ReplyIntent.OTHER),
    ("I have no intention of paying this bill", ReplyIntent.OTHER),
    ("I do not intend to pay this debt", ReplyIntent.OTHER),
    ("I won't be paying this", ReplyIntent.OTHER),
    ("I will not make any more payments", ReplyIntent.OTHER),
    ("I hereby refuse payment of this debt", ReplyIntent.OTHER),
    ("I won't give you any money", ReplyIntent.OTHER),
    ("You will never get a cent from me", ReplyIntent.OTHER),
    ("I told you I will not pay", ReplyIntent.OTHER),
    ("I refuse to pay because your service was a scam", ReplyIntent.OTHER),
    ("I will not pay this. If you write again I call my lawyer.", ReplyIntent.OTHER),
    ("Where did you get my number? I refuse to pay.", ReplyIntent.OTHER),
    ("I refuse to pay this and do not contact me again", ReplyIntent.STOP),
    ("Stop texting me. I will not pay.", ReplyIntent.STOP),
    ("I'm not paying, leave me alone", ReplyIntent.STOP),
    ("Hello\nI refuse to pay\nRegards", ReplyIntent.OTHER),
    ("This is not my debt, I will not pay it", ReplyIntent.DISPUTE),
    ("我拒绝还款", ReplyIntent.OTHER),
    ("拒绝还款。", ReplyIntent.OTHER),
    ("我坚决拒绝支付这笔钱", ReplyIntent.OTHER),
    ("我不会还的", ReplyIntent.OTHER),
    ("我是不会还你们钱的", ReplyIntent.OTHER),
    ("我不会还你们钱", ReplyIntent.OTHER),
    ("我绝不还款", ReplyIntent.OTHER),
    ("我绝对不会还款", ReplyIntent.OTHER),
    ("我不还了", ReplyIntent.OTHER),
    ("我就是不还！", ReplyIntent.OTHER),
    ("我不打算还这笔钱", ReplyIntent.OTHER),
    ("我不会再还了", ReplyIntent.OTHER),
    ("我一分钱都不会还", ReplyIntent.OTHER),
    ("我拒絕還款", ReplyIntent.OTHER),
    ("先生，我拒绝还款", ReplyIntent.OTHER),
    ("我不欠你们钱，我不会还的", ReplyIntent.DISPUTE),
    ("别再打电话了，我不还", ReplyIntent.STOP),
]

NO_REFUSALS = [
    "I can't pay",
    "I cannot pay this",
    "I am not able to pay",
    "I won't be able to pay",
    "I will not pay today",
    "I won't pay until you send me a bill",
    "I won't pay, unless you send me a bill",
    "I refuse to pay\nuntil you send me a bill",
    "If you do not take off the fee, I will not pay",
    "This month, I will not pay",
    "Will I be sued when I refuse to pay?",
    "I will not pay?",
    "I won't pay, what then?",
    "I refuse to pay by card",
    "I refuse to pay the fees",
    "I refuse to pay half",
    "I will not pay twice",
    "I won't pay late",
    "I refuse to pay, but I can talk to you",
    "I don't refuse to pay",
    "I never said I refuse to pay",
    "I did not say that I will not pay",
    "I will pay this",
    "I will not refuse to pay",
    "I won't pay more than 50",
    "I will never be able to pay",
    "I don't want to pay this",
    "I won't give you my card",
    "I refuse to talk to you",
    "not paying attention",
    "they will not pay",
    "my wife refuses to pay",
    "you will not get a letter from me",
    "我还不了",
    "我还不起",
    "我没有钱还",
    "我不会还款",
    "我现在还不了钱",
    "这个月我不还",
    "如果你们不减免，我不还",
    "我不还，可以吗",
    "我不还会怎么样",
    "我不会不还的",
    "我不是不还",
    "我没说不还",
    "我拒绝还款，但是可以谈",
    "我拒绝支付利息",
    "我不想还",
    "他不会还的",
    "等发工资再说，我不还",
]


@pytest.mark.parametrize(("text", "intent"), REFUSALS)
def test_a_flat_refusal_to_pay_is_heard_beside_whatever_else_is_said(text: str, intent: ReplyIntent) -> None:
    assert refuses_to_pay(text)
    assert intent_of(text) is intent


@pytest.mark.parametrize("text", [*NO_REFUSALS, *REVOCATIONS, *(text for text, _ in STATEMENTS), *FOR_A_PERSON])
def test_who_cannot_pay_or_will_on_some_condition_or_asks_refuses_nothing(text: str) -> None:
    assert not refuses_to_pay(text)


@pytest.mark.parametrize("text", REVOCATIONS)
def test_a_plain_sentence_revokes_consent(text: str) -> None:
    assert intent_of(text) is ReplyIntent.STOP


@pytest.mark.parametrize(("text", "intent"), STATEMENTS)
def test_plain_sentences_dispute_tell_of_a_payment_and_ask(text: str, intent: ReplyIntent) -> None:
    assert intent_of(text) is intent


@pytest.mark.parametrize("text", FOR_A_PERSON)
def test_what_only_resembles_a_known_sentence_is_for_a_person(text: str) -> None:
    assert intent_of(text) is ReplyIntent.OTHER


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("STOP", ()),
        ("stop texting me", ()),
        ("Stop calling me!", (Channel.VOICE,)),
        ("别再打电话了", (Channel.VOICE,)),
        ("no more texts, calls or emails", ()),
        ("Stop texting me. No more emails.", (Channel.EMAIL,)),
        ("do not send me letters", (Channel.LETTER,)),
        ("do not contact me again", (Channel.EMAIL, Channel.VOICE, Channel.LETTER)),
        ("leave me alone", (Channel.EMAIL, Channel.VOICE, Channel.LETTER)),
        ("不要再联系我了", (Channel.EMAIL, Channel.VOICE, Channel.LETTER)),
        ("请勿再打扰", (Channel.EMAIL, Channel.VOICE, Channel.LETTER)),
        ("stop contacting me at work", ()),
        ("I will call on Friday\n> stop calling me", ()),
        ("Call me tomorrow. Stop texting me", ()),
    ],
)
def test_a_stop_refuses_what_it_names_besides_its_own_channel(text: str, others: tuple[Channel, ...]) -> None:
    """12 CFR 1006.14(h)(1), comment 1: a person may ask by any medium that another is not used."""
    assert also_refused(text, Channel.SMS) == others


def test_what_an_answer_quotes_is_not_heard() -> None:
    ours = "To stop these emails, reply STOP.\nStop texting me"

    assert intent_of(f"I will call on Friday\n> {ours.splitlines()[0]}") is ReplyIntent.OTHER
    assert intent_of(f"I will call on Friday\nOn Mon, 4 May 2026, Example Bank wrote:\n{ours}") is ReplyIntent.OTHER
    assert intent_of("Stop texting me\n> Your payment is due") is ReplyIntent.STOP
    assert not refuses_to_pay("I will call on Friday\n> I refuse to pay")


def full_width(text: str) -> str:
    return "".join(
        chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else "\u3000" if char == " " else char for char in text
    )


@given(
    st.sampled_from([(text, ReplyIntent.STOP) for text in REVOCATIONS] + STATEMENTS + REFUSALS),
    st.sampled_from([str.upper, str.lower, str.title, str.swapcase, full_width]),
    st.text(alphabet=" \t\n", max_size=4),
    st.sampled_from(["", ".", "!", "!!!", "。", "！", "…", " :-)"]),
)
def test_case_width_and_blanks_change_no_meaning(
    sentence: tuple[str, ReplyIntent], written: Callable[[str], str], blanks: str, ending: str
) -> None:
    text, intent = sentence
    said = f"{blanks}{written(text)}{ending}{blanks}"
    widened = written(text).replace(" ", " \u200b ")

    assert intent_of(said) is intent_of(widened) is intent
    assert refuses_to_pay(said) is refuses_to_pay(widened) is (sentence in REFUSALS)


@given(st.sampled_from(FOR_A_PERSON), st.sampled_from([str.upper, str.lower, str.title, full_width]))
def test_case_and_width_make_no_meaning_either(text: str, written: Callable[[str], str]) -> None:
    assert intent_of(written(text)) is ReplyIntent.OTHER


@given(st.sampled_from(NO_REFUSALS), st.sampled_from([str.upper, str.lower, str.title, full_width]))
def test_case_and_width_make_no_refusal_either(text: str, written: Callable[[str], str]) -> None:
    assert not refuses_to_pay(written(text))


@given(st.lists(st.sampled_from("不要再给我打电话发短信了没有欠款钱还已经的停止 "), max_size=2_000).map("".join))
def test_long_nonsense_takes_no_long_time(text: str) -> None:
    assert intent_of(text) in ReplyIntent
    assert refuses_to_pay(text) in {True, False}


@given(st.text())
def test_any_text_at_all_has_an_intent(text: str) -> None:
    assert intent_of(text) in ReplyIntent


@given(st.sampled_from(["stop", "退订", "unsubscribe"]), st.text(alphabet=" .,!\n\t*-_'\"。！", max_size=8))
def test_punctuation_and_spaces_around_a_stop_do_not_hide_it(word: str, around: str) -> None:
    assert intent_of(around + word + around) is ReplyIntent.STOP
