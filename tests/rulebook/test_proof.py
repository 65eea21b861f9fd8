"""Faulty templates are refused when they are loaded, on the line of the fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rulebook.books import PARTS, TEMPLATE, edit, faults, line_of

CALL = "templates/en-GB/call-request.yaml"
RECEIPT = "templates/en-GB/receipt.yaml"

# file, what is replaced, by what, the field, what must be said, and the text on the line that must be named
FAULTY = {
    "an unclosed expression": (
        TEMPLATE,
        "{{ parts.talk }}",
        "{{ parts.talk ",
        "email.text",
        "expected token 'end of print statement', got '{'; correct the template",
        "{{ parts.dispute }}",
    ),
    "an unclosed block": (
        TEMPLATE,
        "{{ parts.talk }}",
        "{% if payment %}{{ parts.talk }}",
        "email.text",
        "Unexpected end of template",
        "",
    ),
    "a misspelt fact": (
        TEMPLATE,
        "{{ past_due | money }} is overdue",
        "{{ pastdue | money }} is overdue",
        "email.text",
        "pastdue cannot be used in a message about something due; did you mean past_due?",
        "pastdue",
    ),
    "a misspelt detail of the collector": (
        PARTS,
        "{{ collector.pay_url }} or",
        "{{ collector.pay_ulr }} or",
        "parts.pay",
        "collector.pay_ulr cannot be used here; did you mean pay_url?",
        "pay_ulr",
    ),
    "a misspelt part": (
        TEMPLATE,
        "{{ parts.dispute }}",
        "{{ parts.disputes }}",
        "email.text",
        "parts.disputes cannot be used here; did you mean dispute?",
        "disputes",
    ),
    "a misspelt detail of a service": (
        PARTS,
        "{{ service.contact }}",
        "{{ service.contct }}",
        "parts.help",
        "has no attribute 'contct'; correct the template",
        "contct",
    ),
    "an unknown filter": (TEMPLATE, "past_due | money }} is", "past_due | mony }} is", "email.text", "mony", "mony"),
    "an amount without its currency": (
        TEMPLATE,
        "{{ past_due | money }} is",
        "{{ past_due }} is",
        "email.text",
        "write amounts with `| money`, days with `| date`",
        "{{ past_due }} is",
    ),
    "a day formatted as money": (
        TEMPLATE,
        "{{ oldest_due | date }}, and",
        "{{ oldest_due | money }}, and",
        "email.text",
        "only an amount can be written with `| money`",
        "{{ oldest_due | money }}, and",
    ),
    "a day formatted as money in the subject": (
        "templates/en-GB/pre-due-reminder.yaml",
        'due on {{ oldest_due | date }}"',
        'due on {{ oldest_due | money }}"',
        "email.subject",
        "only an amount can be written with `| money`",
        "subject:",
    ),
    "a call of a function": (
        TEMPLATE,
        "{{ parts.talk }}",
        "{{ account.upper() }}",
        "email.text",
        "call is not",
        "upper",
    ),
    "a calculation": (TEMPLATE, "{{ parts.talk }}", "{{ 7 * 7 }}", "email.text", "mul is not allowed", "7 * 7"),
    "an inclusion": (
        TEMPLATE,
        "{{ parts.talk }}",
        "{% include 'x' %}",
        "email.text",
        "include is not allowed; templates only say, choose (if) and list (for)",
        "include",
    ),
    "no way to stop": (
        TEMPLATE,
        "\n\n    {{ parts.stop }}",
        "",
        "email.text",
        "lacks the opt out notice",
        "parts.salutation",
    ),
    "no way to pay": (
        TEMPLATE,
        "\n\n    {{ parts.pay }}",
        "",
        "email.text",
        "lacks the how to pay",
        "parts.salutation",
    ),
    "no way to dispute on one path": (
        TEMPLATE,
        "    {{ parts.dispute }}\n",
        "    {% if debt_help %}\n    {{ parts.dispute }}\n    {% endif %}\n",
        "email.text",
        "lacks the how to dispute; say {{ collector.dispute_url }} on every path through it",
        "parts.salutation",
    ),
    "a text message without help with debts": (
        PARTS,
        "Free debt help: {{ debt_help[0].name }} {{ debt_help[0].contact }}",
        "Free debt help: {{ debt_help[0].url }}",
        "sms",
        "lacks the debt help",
        "",
    ),
    "a call that names the debt": (
        CALL,
        "Thank you.\n",
        "It is about your overdue account.\n",
        "voice",
        'a call must not say "overdue" to whoever answers; leave it to the conversation',
        "overdue account.",
    ),
    "a call that names the amount": (
        CALL,
        "Thank you.\n",
        "It is {{ past_due | money }}.\n",
        "voice",
        "past_due cannot be used in what a call says to whoever answers",
        "It is {{",
    ),
    "a call that names the creditor": (
        CALL,
        "Thank you.\n",
        "{{ collector.creditor }}.\n",
        "voice",
        "collector.creditor cannot be used here; known names in collector: name, phone",
        "{{ collector.creditor }}",
    ),
    "a call that nobody can refuse": (
        CALL,
        " If you do not wish to be called on this number, press {{ stop_key }}.",
        "",
        "voice",
        "lacks the opt out notice; say {{ stop_key }}",
        "Hello. This",
    ),
    "a receipt that speaks of a due date": (
        RECEIPT,
        "{{ today | date }}",
        "{{ oldest_due | date }}",
        "email.text",
        "oldest_due cannot be used in a message about something settled",
        "oldest_due",
    ),
    "a receipt that takes a payment for granted": (
        RECEIPT,
        "{% if payment %}Your payment of {{ payment | money }} has",
        "{% if account %}Your payment of {{ payment | money }} has",
        "email.text",
        "only an amount can be written with `| money`",
        "if account",
    ),
}


@pytest.mark.parametrize("name", FAULTY)
def test_a_faulty_template_is_refused_with_file_line_and_remedy(root: Path, name: str) -> None:
    file, old, new, field, text, at = FAULTY[name]
    path = edit(root, file, old, new)

    found = faults(root)

    where = f"{file}:{line_of(path, at)}: {field}: " if at else f": {field}: "
    assert any(where in fault and text in fault for fault in found), "\n".join([where, *found])


def test_parts_cannot_name_each_other(root: Path) -> None:
    path = edit(root, PARTS, "    {{ collector.postal_address }}.", "    {{ parts.sender }}.")

    assert faults(root)[0].startswith(
        f"{PARTS}:{line_of(path, '{{ parts.sender }}')}: parts.sign_off: parts.sender cannot be used here"
    )


def test_a_text_message_of_five_segments_is_refused_where_a_policy_uses_it(root: Path) -> None:
    edit(root, TEMPLATE, "sms: |\n", "sms: |\n  " + "please read this " * 20 + "\n")

    assert any(
        ": stages[1].steps[0].template: the text message first-reminder takes 5 segments" in fault
        and fault.endswith("shorten it to 4")
        for fault in faults(root)
    )
