"""Rendering: goldens in each locale, and names that try to break out."""

from __future__ import annotations

import dataclasses
import html as html_library
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.messaging import MessageFacts, Rendered
from domain.money import Money
from domain.names import Channel
from rulebook.formatting import one_line
from rulebook.load import Rulebook
from rulebook.render import NoSuchTemplate, UnfitFacts, render
from rulebook.sample import sample_facts

BOOK = Rulebook.load()
FACTS = sample_facts("en-GB", "GBP", BOOK.law["uk"].debt_help)

HOSTILE = (
    "{{ 7*7 }}",
    "{% for x in range(10**9) %}x{% endfor %}",
    "{{ collector.__class__.__mro__ }}",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "Bob\r\nBcc: all@example.com",
    "Bob\n\n- a list\n\nYou owe nothing.",
    "\u202emoc.live",
    "a\u2066b\u2069c",
    "A\x00B\x1b[31m",
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "x" * 5000,
    "&amp; &lt;",
    "شركة",
)


def _rendered(facts: MessageFacts, channel: Channel = Channel.EMAIL, template: str = "first-reminder") -> Rendered:
    return render(BOOK.templates, template, channel, "en-GB", facts)


def _visible(page: str) -> str:
    """What a browser shows of a message's page, with its paragraphs and items as lines."""
    body = page.split("<main", 1)[1].split(">", 1)[1].rsplit("</main>", 1)[0]
    body = re.sub(r"\n*<li>(.*?)</li>\n*", r"\n- \1\n", body, flags=re.DOTALL)
    lines = re.sub(r"<[^>]*>", "", body).splitlines()
    return html_library.unescape("\n".join(line.strip() for line in lines if line.strip()))


def test_a_british_text_message() -> None:
    assert _rendered(FACTS, Channel.SMS).text == (
        "Example Servicing Ltd for Example Bank: £1,234.00 on your account ending 7731 was due on 6 May 2026 and has "
        "not reached us. If you have just paid, thank you.\n"
        "Payments: https://servicing.example/pay/K7Q2M4\n"
        "Not right? https://servicing.example/ask/K7Q2M4\n"
        "Free debt help: MoneyHelper 0800 138 7777\n"
        "Reply STOP to stop texts"
    )


def test_an_american_call() -> None:
    facts = sample_facts("en-US", "USD", BOOK.law["us-federal"].debt_help)

    assert render(BOOK.templates, "call-request", Channel.VOICE, "en-US", facts).text == (
        "Hello. This is a message from Example Servicing Ltd for A. Customer. If you are A. Customer, please press 1 "
        "to speak to one of our team. If you do not wish to be called on this number, press 2. You can also call us, "
        "when it suits you, at +1 202 555 0143. Thank you."
    )


def test_a_call_goes_by_the_spoken_name_and_a_letter_by_the_full_one() -> None:
    facts = sample_facts("en-US", "USD", ())
    facts = dataclasses.replace(
        facts, collector=dataclasses.replace(facts.collector, name="Acme Debt Collection", voice_name="Acme")
    )

    call = render(BOOK.templates, "call-request", Channel.VOICE, "en-US", facts).text
    letter = render(BOOK.templates, "final-demand", Channel.LETTER, "en-US", facts).text

    assert "a message from Acme for" in call
    assert "Acme Debt Collection" in letter


def test_a_chinese_receipt() -> None:
    facts = sample_facts("zh-CN", "CNY", BOOK.law["cn"].debt_help)

    message = render(BOOK.templates, "receipt", Channel.EMAIL, "zh-CN", facts)

    assert message.subject == "谢谢您：账户已无欠款"
    assert message.text.startswith(
        "尊敬的示例客户：\n\n"
        "我们是示例服务有限公司（受示例消费金融有限公司委托）。我们已收到您的还款¥1,234.00，谢谢您。"
        "截至2026年6月17日，您尾号7731的账户已无欠款，我们不再就此发送信息。\n\n"
    )
    assert "- 金融消费者投诉维权热线：12378，https://www.nfra.gov.cn/\n" in message.text


def test_text_and_html_of_an_email_say_the_same() -> None:
    for locale, template, channel in BOOK.templates.forms:
        if channel is Channel.EMAIL:
            facts = sample_facts(locale, "CNY", BOOK.law["cn"].debt_help)
            message = render(BOOK.templates, template, channel, locale, facts)

            assert _visible(message.html) == "\n".join(filter(None, message.text.splitlines()))


def test_only_addresses_of_the_lender_and_of_debt_help_become_links() -> None:
    message = _rendered(dataclasses.replace(FACTS, recipient_name="https://evil.example/ www.evil.example"))

    links = set(re.findall(r'href="([^"]*)"', message.html))

    assert links == {
        FACTS.collector.pay_url,
        FACTS.collector.dispute_url,
        FACTS.collector.stop_url,
        f"mailto:{FACTS.collector.email}",
        *(service.url for service in FACTS.debt_help),
    }


def test_an_address_that_is_no_web_address_is_shown_and_not_linked() -> None:
    collector = dataclasses.replace(FACTS.collector, pay_url="javascript:alert(1)")

    message = _rendered(dataclasses.replace(FACTS, collector=collector))

    assert "javascript:alert(1)" in message.text
    assert 'href="javascript' not in message.html


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.SMS])
def test_hostile_names_stay_words(name: str, channel: Channel) -> None:
    _stays_words(name, channel)


@given(st.text(max_size=300) | st.sampled_from(HOSTILE).flatmap(lambda text: st.text(max_size=20).map(text.__add__)))
def test_any_name_stays_words(name: str) -> None:
    for channel in (Channel.EMAIL, Channel.SMS):
        _stays_words(name, channel)


def _stays_words(name: str, channel: Channel) -> None:
    """The message has the same shape as with an ordinary name, and evaluates nothing."""
    collector = dataclasses.replace(FACTS.collector, name=name)
    ordinary = _rendered(FACTS, channel)
    message = _rendered(dataclasses.replace(FACTS, recipient_name=name, collector=collector), channel)

    assert message.text.count("\n") == ordinary.text.count("\n")
    assert len(re.findall("<[a-z]+", message.html)) == len(re.findall("<[a-z]+", ordinary.html))
    assert "49" not in message.text.replace(one_line(name), "")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", message.text)


@given(st.text(max_size=100))
def test_a_subject_is_one_line(account: str) -> None:
    subject = _rendered(dataclasses.replace(FACTS, account=account)).subject

    assert subject == " ".join(subject.split())


def test_a_person_without_a_usable_name_is_greeted_all_the_same() -> None:
    message = _rendered(dataclasses.replace(FACTS, recipient_name="\u202e\n"))

    assert message.text.startswith("Hello,\n\n")


def test_the_lines_of_a_postal_address_are_told_apart() -> None:
    collector = dataclasses.replace(FACTS.collector, postal_address="1 Example Street\nExampleton\r\nEX1 1EX")

    assert (
        "1 Example Street, Exampleton, EX1 1EX. Telephone"
        in _rendered(dataclasses.replace(FACTS, collector=collector)).text
    )


def test_a_reminder_without_a_due_date_is_refused_before_it_says_something_untrue() -> None:
    with pytest.raises(UnfitFacts, match="oldest_due is missing"):
        _rendered(dataclasses.replace(FACTS, oldest_due=None))


def test_a_receipt_needs_neither_due_date_nor_payment() -> None:
    facts = dataclasses.replace(FACTS, oldest_due=None, payment=None, outstanding=Money.zero("GBP"))

    assert "Your payment of" not in _rendered(facts, template="receipt").text


def test_an_unknown_template_channel_or_locale_is_named() -> None:
    with pytest.raises(NoSuchTemplate, match="no template first-reminder for letter in en-GB"):
        _rendered(FACTS, Channel.LETTER)
    with pytest.raises(NoSuchTemplate, match="in fr-FR"):
        render(BOOK.templates, "first-reminder", Channel.SMS, "fr-FR", FACTS)


def test_a_message_without_known_debt_help_still_says_that_there_is_some() -> None:
    text = _rendered(dataclasses.replace(FACTS, debt_help=(), today=date(2026, 1, 1))).text

    assert "independent help with debts is there for everyone" in text
