"""Letters in the print folder, read back from the PDF."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.names import Channel
from providers.base import FinalProviderError, RetryableProviderError
from providers.letter.print_folder import PRINTED_FOLDER, PrintFolderProvider, PrintFolderSettings
from tests.providers.builders import chain_of, error_of, outgoing
from tests.providers.documents import page_count, text_of

SINCE = datetime(2026, 11, 23, tzinfo=UTC)
ADDRESS = "Example Borrower\n10 Sample Road\nSampletown"


@pytest.fixture
def letters(tmp_path: Path) -> PrintFolderProvider:
    return PrintFolderProvider(PrintFolderSettings(tmp_path / "print", "Example Lender, 1 Example Street"))


def files_under(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_a_letter_has_the_address_and_the_text(letters: PrintFolderProvider, tmp_path: Path) -> None:
    receipt = await letters.send(outgoing(Channel.LETTER, text="Dear borrower\n\nPlease pay £250.00.\nThank you."))

    (file,) = (tmp_path / "print").iterdir()
    assert file.name == receipt.provider_id == "claim-1.pdf"
    printed = text_of(file.read_bytes())
    for line in ("Example Lender, 1 Example Street", *ADDRESS.splitlines(), "Dear borrower", "Please pay £250.00."):
        assert line in printed


async def test_a_chinese_letter_can_be_read(letters: PrintFolderProvider, tmp_path: Path) -> None:
    await letters.send(outgoing(Channel.LETTER, text="尊敬的客户：\n\n请还款 ¥250.00。", locale="zh-CN"))

    printed = text_of((tmp_path / "print" / "claim-1.pdf").read_bytes())
    assert "尊敬的客户" in printed
    assert "¥250.00" in printed


async def test_a_text_is_printed_as_it_is_and_never_as_markup(letters: PrintFolderProvider, tmp_path: Path) -> None:
    text = '#panic("x") *bold* $1 + 1$ [link] @ref <label> \\ // comment'

    await letters.send(outgoing(Channel.LETTER, text=text, to=f"{text}\nSampletown"))

    printed = " ".join(text_of((tmp_path / "print" / "claim-1.pdf").read_bytes()).split())
    assert printed.count(text) == 2


async def test_a_long_letter_goes_on_over_numbered_pages(letters: PrintFolderProvider, tmp_path: Path) -> None:
    await letters.send(outgoing(Channel.LETTER, text="A paragraph of some length.\n\n" * 60))

    pdf = (tmp_path / "print" / "claim-1.pdf").read_bytes()
    assert page_count(pdf) > 1
    assert f"1/{page_count(pdf)}" in text_of(pdf).replace(" ", "")


async def test_a_letter_is_found_where_it_waits_and_where_it_went(letters: PrintFolderProvider, tmp_path: Path) -> None:
    missing = await letters.find(outgoing(Channel.LETTER), SINCE)
    receipt = await letters.send(outgoing(Channel.LETTER))
    waiting = await letters.find(outgoing(Channel.LETTER), SINCE)
    folder = tmp_path / "print"
    (folder / PRINTED_FOLDER).mkdir()
    (folder / "claim-1.pdf").rename(folder / PRINTED_FOLDER / "claim-1.pdf")
    printed = await letters.find(outgoing(Channel.LETTER), SINCE)

    assert missing is None
    assert waiting == printed == receipt


async def test_a_letter_that_was_printed_is_not_put_there_again(letters: PrintFolderProvider, tmp_path: Path) -> None:
    folder = tmp_path / "print"
    (folder / PRINTED_FOLDER).mkdir(parents=True)
    (folder / PRINTED_FOLDER / "claim-1.pdf").write_bytes(b"printed")

    await letters.send(outgoing(Channel.LETTER))

    assert [path.name for path in folder.iterdir()] == [PRINTED_FOLDER]


async def test_letters_at_once_are_all_written_whole(letters: PrintFolderProvider, tmp_path: Path) -> None:
    await asyncio.gather(*(letters.send(outgoing(Channel.LETTER, reference=f"claim-{n}")) for n in range(8)))

    files = sorted((tmp_path / "print").iterdir())
    assert [file.suffix for file in files] == [".pdf"] * 8
    assert all(page_count(file.read_bytes()) == 1 for file in files)


@pytest.mark.parametrize("reference", ["../outside", "a/b", "..", "with space:and:colons"])
async def test_no_reference_leads_out_of_the_folder(
    letters: PrintFolderProvider, tmp_path: Path, reference: str
) -> None:
    await letters.send(outgoing(Channel.LETTER, reference=reference))

    (file,) = files_under(tmp_path)
    assert file.parent == tmp_path / "print"


async def test_a_letter_without_an_address_is_refused_for_good(letters: PrintFolderProvider) -> None:
    error = await error_of(letters.send(outgoing(Channel.LETTER, to=" \n ")))

    assert isinstance(error, FinalProviderError)
    assert error.unusable


async def test_a_letter_that_could_not_be_read_is_refused_for_good(letters: PrintFolderProvider) -> None:
    error = await error_of(letters.send(outgoing(Channel.LETTER, text="Pay 😀")))

    assert isinstance(error, FinalProviderError)
    assert (error.code, error.unusable) == ("unprintable_text", False)


async def test_a_folder_that_cannot_be_written_can_be_tried_again(tmp_path: Path) -> None:
    (tmp_path / "print").write_text("not a folder")
    letters = PrintFolderProvider(PrintFolderSettings(tmp_path / "print"))

    error = await error_of(letters.send(outgoing(Channel.LETTER)))

    assert isinstance(error, RetryableProviderError)
    assert "Example Borrower" not in chain_of(error)
