"""The statement of account and contact history as a document: what stands where, already in the reader's words."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from domain.money import Money
from providers.counsel.labels import Labels, labels_of
from providers.counsel.model import CreditLine, PaymentLine, Statement
from providers.formatting import format_day, format_instant, format_money
from providers.typesetting import Typesetter

_TYPESETTER = Typesetter(Path(__file__).with_name("statement.typ"))

Row = list[str]


def statement_pdf(statement: Statement, journal_name: str, journal_digest: str) -> bytes:
    """The statement as PDF/A. It names the journal that it was made from, with its SHA-256. Call it from a thread."""
    return _TYPESETTER.pdf(_document(statement, journal_name, journal_digest), statement.as_of)


def _document(statement: Statement, journal_name: str, journal_digest: str) -> dict[str, Any]:
    labels, locale = labels_of(statement.locale), statement.locale
    as_of = format_instant(statement.as_of, statement.zone, locale)
    return {
        "locale": locale,
        "title": labels.title,
        "confidential": labels.confidential,
        "facts": [
            [labels.referral, statement.referral],
            [labels.account, statement.account],
            [labels.case, statement.case_id],
            [labels.as_of, f"{as_of} ({statement.zone})"],
        ],
        "parties": [
            {"role": role, "name": party.name, "lines": party.lines}
            for role, party in (
                (labels.creditor, statement.creditor),
                (labels.debtor, statement.debtor),
                (labels.collector, statement.collector),
                (labels.counsel, statement.counsel),
            )
        ],
        "summary": {"title": labels.summary, "rows": _summary(statement, labels)},
        "basis": labels.basis.format(currency=statement.currency),
        "sections": [
            _obligations(statement, labels),
            _payments(statement, labels),
            _credits(statement, labels),
            _contacts(statement, labels),
        ],
        "none_recorded": labels.none_recorded,
        "integrity": labels.integrity.format(name=journal_name, digest=journal_digest),
        "footer": f"{labels.referral} {statement.referral} · {as_of}",
        "page": labels.page,
    }


def _summary(statement: Statement, labels: Labels) -> list[Row]:
    rows = [
        (labels.charged, statement.charged),
        (labels.paid, -statement.paid),
        (labels.credited, -statement.credited),
        (labels.overpaid, statement.overpaid),
        (labels.outstanding, statement.outstanding),
    ]
    return [
        [label, format_money(amount, statement.locale)] for label, amount in rows if amount or label != labels.overpaid
    ]


def _obligations(statement: Statement, labels: Labels) -> dict[str, Any]:
    def money(amount: Money) -> str:
        return format_money(amount, statement.locale)

    lines = sorted(statement.obligations, key=lambda line: (line.due, line.id))
    return {
        "title": labels.obligations,
        "columns": [labels.due, labels.reference, labels.component, labels.amount, labels.settled, labels.outstanding],
        "amounts_from": 3,
        "rows": [
            [
                format_day(line.due, statement.locale),
                line.id,
                labels.components[line.component],
                money(line.amount),
                money(line.settled),
                money(line.outstanding),
            ]
            for line in lines
        ],
        "total": [
            labels.total,
            "",
            "",
            money(statement.charged),
            money(statement.settled),
            money(statement.outstanding),
        ],
        "note": "",
    }


def _payments(statement: Statement, labels: Labels) -> dict[str, Any]:
    def note(line: PaymentLine) -> str:
        if line.reversed_because is None:
            return ""
        return labels.reversed_note.format(reason=labels.reversals[line.reversed_because])

    lines = sorted(statement.payments, key=lambda line: (line.on, line.id))
    return {
        "title": labels.payments,
        "columns": [labels.date, labels.reference, labels.note, labels.amount],
        "amounts_from": 3,
        "rows": [[*_dated(line, statement.locale), note(line), _amount(line, statement.locale)] for line in lines],
        "total": [labels.total, "", "", format_money(statement.paid, statement.locale)],
        "note": "",
    }


def _credits(statement: Statement, labels: Labels) -> dict[str, Any]:
    lines = sorted(statement.credits, key=lambda line: (line.on, line.id))
    return {
        "title": labels.credits,
        "columns": [labels.date, labels.reference, labels.amount],
        "amounts_from": 2,
        "rows": [[*_dated(line, statement.locale), _amount(line, statement.locale)] for line in lines],
        "total": [labels.total, "", format_money(statement.credited, statement.locale)],
        "note": "",
    }


def _contacts(statement: Statement, labels: Labels) -> dict[str, Any]:
    lines = sorted(statement.contacts, key=lambda line: (line.at, line.id))
    return {
        "title": labels.contacts,
        "columns": [labels.date_and_time, labels.reference, labels.channel, labels.direction, labels.outcome],
        "amounts_from": 5,
        "rows": [
            [
                format_instant(line.at, statement.zone, statement.locale),
                line.id,
                labels.channels[line.channel],
                labels.directions[line.direction],
                labels.outcomes[line.outcome],
            ]
            for line in lines
        ],
        "total": None,
        "note": labels.times.format(zone=ZoneInfo(statement.zone).key),
    }


def _dated(line: PaymentLine | CreditLine, locale: str) -> Row:
    return [format_day(line.on, locale), line.id]


def _amount(line: PaymentLine | CreditLine, locale: str) -> str:
    return format_money(line.amount, locale)
