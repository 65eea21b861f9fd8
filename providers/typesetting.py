"""PDF by typst: a template, and the data for it as JSON. Data never becomes markup."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

import typst

_NO_GLYPH = "could not be displayed with font"

# Control characters, and those that turn the reading direction of the text after them.
_NOT_PRINTED = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """Typst's own Latin fonts and one for Chinese, and none of the machine's: a document looks the same everywhere."""
    folder = str(files("cvttf_NotoSansCJK_Regular"))
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[folder])


class UnprintableText(ValueError):
    """A text has characters that no font here has, such as rare ideographs, Thai or emoji.

    An archival document must show every character, and a name with gaps in it has no place in a letter or in court.
    """

    def __init__(self) -> None:
        super().__init__("a text has characters that no font here has: write it in Latin letters or common ideographs")


class Typesetter:
    """Makes PDF/A documents from one template. It blocks for some hundredths of a second, so call it from a thread.

    The template finds the data with `json(bytes(sys.inputs.data))`. The same data and instant give the same bytes.
    """

    def __init__(self, template: Path) -> None:
        self._template = template
        self._compiler = typst.Compiler(root=template.parent, font_paths=_fonts(), ignore_system_fonts=True)
        self._one_at_a_time = threading.Lock()  # the compiler refuses a second caller

    def pdf(self, data: Mapping[str, Any], made_at: datetime) -> bytes:
        """The document, archival (PDF/A-2b). Line feeds in texts are kept; other control characters are not printed.

        Raises UnprintableText, or typst.TypstError when the template is wrong.
        """
        made = self._compiled(json.dumps(_printable(data), ensure_ascii=False), made_at)
        if made is None:
            raise UnprintableText
        return made

    def _compiled(self, data: str, made_at: datetime) -> bytes | None:
        """The document, None when a character has no glyph: typst's own error quotes the text, so it ends here."""
        try:
            with self._one_at_a_time:
                made = self._compiler.compile(
                    input=self._template,
                    format="pdf",
                    sys_inputs={"data": data},
                    pdf_standards=["a-2b"],
                    timestamp=int(made_at.timestamp()),
                )
        except typst.TypstError as error:
            if _NO_GLYPH in error.message:
                return None
            raise
        return cast(bytes, made)  # a list only for formats of one file a page


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return _NOT_PRINTED.sub("", value)
    if isinstance(value, Mapping):
        return {name: _printable(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(item) for item in value]
    return value
