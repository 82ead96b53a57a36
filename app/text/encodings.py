"""Bytes as text and back: which encoding a file has, and the same bytes again when it is saved.

A byte order mark is believed, then UTF-8 is tried. What is neither is one of the encodings people
used before: charset-normalizer says how disordered each would look, `app.text.familiar` how much
of it people write. Names of encodings are stored in files of ours, so they stay as they are.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from charset_normalizer import from_bytes

from app.text.familiar import familiarity

_JUDGED_BYTES = 32_000
"""Lines beyond ASCII that an encoding is told by; more make no difference and take time."""
_MOST_CHAOS = 0.6
_WEIGHT_OF_CHAOS = 0.3
"""Beside familiarity: in a short text, "5 €" and a list of umlauts count as disorder too."""
_MOST_LOST = 0.05
"""Share of a text that may be unreadable in the encoding that all the rest has."""
# file(1) calls these no text either; what UTF-8 can read may hold some of them, as logs do.
_CONTROLS = re.compile("[\\x00-\\x06\\x0e-\\x1a\\x1c-\\x1f]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_LOST = "\ufffd"


@dataclass(frozen=True, slots=True)
class Encoding:
    """An encoding as a file has it. `codec` is Python's name, `mark` its byte order mark."""

    name: str
    words: str
    codec: str = ""
    mark: bytes = b""
    handicap: float = 1.0
    """How much more familiar another must look to come before it; 1: never guessed."""


@dataclass(frozen=True, slots=True)
class Text:
    """What bytes say. Where not `is_exact`, some cannot be read or would not be written again."""

    text: str
    encoding: str
    is_exact: bool = True


ENCODINGS = (
    Encoding("utf-8", "UTF-8"),
    Encoding("utf-8-sig", "UTF-8 with BOM", "utf-8", b"\xef\xbb\xbf"),
    Encoding("utf-16", "UTF-16 LE with BOM", "utf-16-le", b"\xff\xfe"),
    Encoding("utf-16-be-sig", "UTF-16 BE with BOM", "utf-16-be", b"\xfe\xff"),
    Encoding("utf-16-le", "UTF-16 LE"),
    Encoding("utf-16-be", "UTF-16 BE"),
    Encoding("utf-32", "UTF-32 LE with BOM", "utf-32-le", b"\xff\xfe\x00\x00"),
    Encoding("utf-32-be-sig", "UTF-32 BE with BOM", "utf-32-be", b"\x00\x00\xfe\xff"),
    Encoding("cp1252", "Western (Windows-1252)", handicap=0),
    Encoding("iso8859-15", "Western (ISO 8859-15)", handicap=0.15),
    Encoding("latin-1", "Western (ISO 8859-1)"),
    Encoding("mac-roman", "Western (Mac Roman)", handicap=0.2),
    Encoding("cp437", "Western (DOS 437)", handicap=0.2),
    Encoding("cp850", "Western (DOS 850)", handicap=0.22),
    Encoding("cp1250", "Central European (Windows-1250)", handicap=0.02),
    Encoding("iso8859-2", "Central European (ISO 8859-2)", handicap=0.04),
    Encoding("cp852", "Central European (DOS 852)", handicap=0.22),
    Encoding("cp1257", "Baltic (Windows-1257)", handicap=0.05),
    Encoding("cp1254", "Turkish (Windows-1254)", handicap=0.03),
    Encoding("iso8859-9", "Turkish (ISO 8859-9)"),
    Encoding("cp1251", "Cyrillic (Windows-1251)", handicap=0),
    Encoding("koi8-r", "Cyrillic (KOI8-R)", handicap=0.01),
    Encoding("koi8-u", "Cyrillic (KOI8-U)", handicap=0.02),
    Encoding("cp866", "Cyrillic (DOS 866)", handicap=0.05),
    Encoding("iso8859-5", "Cyrillic (ISO 8859-5)", handicap=0.05),
    Encoding("mac-cyrillic", "Cyrillic (Mac)", handicap=0.2),
    Encoding("cp1253", "Greek (Windows-1253)", handicap=0.02),
    Encoding("iso8859-7", "Greek (ISO 8859-7)", handicap=0.03),
    Encoding("cp1255", "Hebrew (Windows-1255)", handicap=0.03),
    Encoding("cp1256", "Arabic (Windows-1256)", handicap=0.05),
    Encoding("cp874", "Thai (Windows-874)", handicap=0.05),
    Encoding("cp1258", "Vietnamese (Windows-1258)"),
    Encoding("gb18030", "Simplified Chinese (GB 18030, GBK)", handicap=0),
    Encoding("big5", "Traditional Chinese (Big5)", "cp950", handicap=0.02),
    Encoding("cp932", "Japanese (Shift JIS)", handicap=0),
    Encoding("euc-jp", "Japanese (EUC)", handicap=0.01),
    Encoding("iso2022-jp", "Japanese (ISO 2022)"),
    Encoding("cp949", "Korean (EUC, Windows-949)", handicap=0.01),
)
_BY_NAME = {one.name: one for one in ENCODINGS}
_GUESSED = {one.name: one for one in ENCODINGS if one.handicap < 1}
_WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")


def words_of(encoding: str) -> str:
    """Return an encoding's name as people write it."""
    return _BY_NAME[encoding].words if encoding in _BY_NAME else encoding


def is_encoding(name: str) -> bool:
    """Tell whether this is the name of an encoding that is known here."""
    return name in _BY_NAME


def detect(data: bytes) -> Text | None:
    """Return what bytes say in the encoding they most likely have, None where they are no text.

    Line ends stay as they are. `encode` gives the same bytes again where the text `is_exact`.
    """
    return _marked(data) or _utf8(data) or _torn_utf8(data) or _wide(data) or _older(data)


def decode(data: bytes, encoding: str) -> Text:
    """Return what bytes say in an encoding of this name; what they do not say is U+FFFD.

    Raises `LookupError` for a name that is none.
    """
    one = _named(encoding)
    body = data.removeprefix(one.mark)
    codec = one.codec or one.name
    try:
        text = body.decode(codec)
    except UnicodeError:
        return Text(body.decode(codec, "replace"), encoding, is_exact=False)
    return Text(text, encoding, is_exact=_is_kept(text, one, data))


def encode(text: str, encoding: str) -> bytes:
    """Return a text's bytes, byte order mark included.

    Raises `UnicodeEncodeError` where the encoding lacks a character, `LookupError` where there
    is no such encoding.
    """
    one = _named(encoding)
    return one.mark + text.encode(one.codec or one.name)


def printable(name: str) -> str:
    """Return a text, such as a file's name, with U+FFFD for bytes that are not UTF-8.

    Python keeps such bytes as lone surrogates, which neither a window, nor a database nor a
    JSON document takes. The name itself is what opens the file.
    """
    return _SURROGATES.sub(_LOST, name)


def _named(name: str) -> Encoding:
    found = _BY_NAME.get(name)
    if found is None:
        "".encode(name)  # an encoding that only Python knows, or a LookupError
        return Encoding(name, name)
    return found


def _is_kept(text: str, one: Encoding, data: bytes) -> bool:
    try:
        return one.mark + text.encode(one.codec or one.name) == data
    except UnicodeError:
        return False


def _marked(data: bytes) -> Text | None:
    """Return what bytes with a byte order mark say; four bytes are looked for before two."""
    for one in sorted(ENCODINGS, key=lambda one: -len(one.mark)):
        if one.mark and data.startswith(one.mark):
            found = decode(data, one.name)
            if "\0" not in found.text and _is_mostly_kept(found):
                return found
    return None


def _is_mostly_kept(found: Text) -> bool:
    return found.is_exact or found.text.count(_LOST) <= max(1, _MOST_LOST * len(found.text))


def _utf8(data: bytes) -> Text | None:
    if b"\x1b$" in data or b"\x1b(" in data:
        found = decode(data, "iso2022-jp")
        if found.is_exact and not found.text.isascii():
            return found
    try:
        text = data.decode("utf-8")
    except UnicodeError:
        return None
    return None if _is_binary(text) else Text(text, "utf-8")


def _wide(data: bytes) -> Text | None:
    """Return what bytes say in UTF-16 or UTF-32 without a mark: half of ASCII is zeros there."""
    if b"\0" not in data[:_JUDGED_BYTES]:
        return None
    for name in reversed(_WIDE):
        try:
            text = data.decode(name)
        except UnicodeError:
            continue
        plain = sum(map(text[:_JUDGED_BYTES].count, " \n\tetaoinsr"))
        if not _CONTROLS.search(text) and plain * 8 >= min(len(text), _JUDGED_BYTES):
            return Text(text, name)
    return None


def _older(data: bytes) -> Text | None:
    if _CONTROLS.search(data.rstrip(b"\x1a").decode("latin-1")):
        return None
    inexact: Text | None = None
    for name in _likely(_judged(data)):
        found = decode(data, name)
        if found.is_exact:
            return found
        inexact = inexact or (found if _is_mostly_kept(found) else None)
    return inexact or Text(data.decode("latin-1"), "latin-1")


def _judged(data: bytes) -> bytes:
    """Return the lines that tell an encoding; no line feed is part of a longer character."""
    if len(data) <= _JUDGED_BYTES:
        return data
    lines = (line for line in data.split(b"\n") if not line.isascii())
    return b"\n".join(lines)[:_JUDGED_BYTES].rpartition(b"\n")[0] or data[:_JUDGED_BYTES]


def _likely(sample: bytes) -> list[str]:
    """Return the encodings that a sample may have, the likeliest first."""
    codecs_asked = [one.codec or name for name, one in _GUESSED.items()]
    matches = from_bytes(sample, cp_isolation=codecs_asked, threshold=_MOST_CHAOS)
    chaos = {
        name.replace("_", "-"): match.chaos
        for match in matches
        for name in match.could_be_from_charset  # what reads the same is weighed once
    }
    marks: list[tuple[float, str]] = []
    for name, one in _GUESSED.items():
        try:
            text = sample.decode(one.codec or name)
        except UnicodeError:
            continue
        mess = chaos.get(one.codec or name, _MOST_CHAOS)
        mark = familiarity(text) - one.handicap - _WEIGHT_OF_CHAOS * mess
        marks.append((mark, name))
    return [name for mark, name in sorted(marks, key=lambda one: -one[0])]


def _torn_utf8(data: bytes) -> Text | None:
    """Return a UTF-8 text of which a few bytes are torn, such as a log that was cut."""
    text = data.decode("utf-8", "replace")
    beyond = len(text) - len(text.encode("ascii", "ignore"))
    is_torn = text.count(_LOST) * 5 <= beyond or (beyond > 1 and _is_cut(data))
    return Text(text, "utf-8", is_exact=False) if is_torn and not _is_binary(text) else None


def _is_cut(data: bytes) -> bool:
    """Tell whether all is UTF-8 but the beginning of a character at the end."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeError:
        return False
    return True


def _is_binary(text: str) -> bool:
    controls = len(_CONTROLS.findall(text.rstrip("\x1a")))  # DOS ended files with it
    return "\0" in text or controls > _MOST_LOST * len(text)
