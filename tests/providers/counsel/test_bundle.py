"""The referral bundle: a statement that can be read in each locale, the journal, and digests that hold."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256

import pytest

from domain.events import ReversalReason
from domain.names import Channel, Component, Direction, Outcome
from providers.counsel.bundle import make_bundle
from providers.counsel.labels import LABELS, Labels
from providers.counsel.model import Party
from providers.typesetting import UnprintableText
from tests.providers.counsel.referrals import PLACES, a_statement
from tests.providers.documents import page_count, text_of

JOURNAL = ({"at": "2026-07-01T00:00:00Z", "event": {"kind": "case_opened", "note": "开案"}}, {"at": "x", "event": {}})

locales = pytest.mark.parametrize("locale", PLACES)


async def statement_text(locale: str) -> str:
    bundle = await make_bundle(a_statement(locale), JOURNAL)
    return text_of(bundle.files[0].content)


@locales
async def test_a_statement_shows_every_line_and_totals_that_add_up(locale: str) -> None:
    statement = a_statement(locale)
    text = await statement_text(locale)

    for lines in (statement.obligations, statement.payments, statement.credits, statement.contacts):
        assert all(line.id in text for line in lines)
    for amount in ("3,762.00", "1,550.50", "50.00", "1,600.50", "2,161.50", "899.50", "400.00"):
        assert amount in text
    assert text.count("2,161.50") == 2
    for party in (statement.creditor, statement.debtor, statement.collector, statement.counsel):
        assert party.name in text


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        (
            "en-GB",
            ["Statement of account and contact history", "£2,161.50", "1 June 2026", "23 Nov 2026, 23:30", "1 of 3"],
        ),
        ("en-GB", ["2 Jul 2026, 10:00", "Reversed (bounced); not counted", "Not known; counted as sent"]),
        ("en-US", ["Statement of account and contact history", "$2,161.50", "June 1, 2026", "Nov 23, 2026, 6:30"]),
        ("zh-CN", ["账户对账单及联系记录", "¥2,161.50", "未清偿余额", "已冲销", "语音信箱"]),
    ],
)
async def test_a_statement_speaks_its_locale(locale: str, words: list[str]) -> None:
    text = await statement_text(locale)

    for word in words:
        assert word.replace(" ", "") in text.replace(" ", "").replace("\u202f", "")


@locales
async def test_the_manifest_has_the_digest_of_each_file(locale: str) -> None:
    bundle = await make_bundle(a_statement(locale), JOURNAL)

    *files, manifest = bundle.files
    assert [file.name for file in bundle.files] == ["statement.pdf", "journal.json", "manifest.json"]
    assert [(entry["name"], entry["sha256"]) for entry in json.loads(manifest.content)["files"]] == [
        (file.name, sha256(file.content).hexdigest()) for file in files
    ]
    assert bundle.digest == sha256(manifest.content).hexdigest()


async def test_the_statement_names_the_digest_of_the_journal_that_goes_with_it() -> None:
    bundle = await make_bundle(a_statement(), JOURNAL)

    pdf, journal, _ = bundle.files
    assert sha256(journal.content).hexdigest() in "".join(text_of(pdf.content).split())
    assert json.loads(journal.content) == {"case": "example:A-1001", "entries": list(JOURNAL)}


async def test_a_retry_makes_the_same_bundle_byte_for_byte() -> None:
    assert await make_bundle(a_statement(), JOURNAL) == await make_bundle(a_statement(), JOURNAL)


async def test_an_account_without_payments_or_contacts_says_so() -> None:
    obligations = tuple(replace(line, settled=line.amount - line.amount) for line in a_statement().obligations)
    statement = a_statement(obligations=obligations, payments=(), credits=(), contacts=())

    bundle = await make_bundle(statement, ())

    text = text_of(bundle.files[0].content)
    assert text.count("None recorded.") == 3
    assert page_count(bundle.files[0].content) == 1


async def test_a_name_is_printed_as_it_is_and_never_as_markup() -> None:
    name = '#panic() *A* $1$ [b] @c <d> & "e" \\'
    bundle = await make_bundle(a_statement(debtor=Party(name, (name,))), ())

    assert text_of(bundle.files[0].content).count(name) == 2


async def test_a_name_that_cannot_be_printed_stops_the_bundle() -> None:
    with pytest.raises(UnprintableText):
        await make_bundle(a_statement(debtor=Party("😀")), ())


async def test_a_journal_that_is_not_json_stops_the_bundle() -> None:
    with pytest.raises(TypeError):
        await make_bundle(a_statement(), ({"at": object()},))


async def test_a_locale_without_counsel_documents_is_refused() -> None:
    with pytest.raises(ValueError, match="no counsel documents in fr-FR: use one of en-GB, en-US, zh-CN"):
        await make_bundle(replace(a_statement(), locale="fr-FR"), ())


@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS)
def test_every_locale_has_a_word_for_everything(labels: Labels) -> None:
    assert set(labels.components) == set(Component)
    assert set(labels.channels) == set(Channel)
    assert set(labels.directions) == set(Direction)
    assert set(labels.outcomes) == set(Outcome)
    assert set(labels.reversals) == set(ReversalReason)
