"""Reading the ways people write telephone numbers. What cannot be read is never dialled and never guessed."""

import re
from dataclasses import dataclass

import phonenumbers

# Letters stand for digits only where companies put them: after the area code.
_VANITY = re.compile(r"(?:\+?1[\s.-]*)?\(?\d{3}\)?[\s.-]*[A-Z\d-]*[A-Z]{3}[A-Z\d-]*\Z", re.IGNORECASE)
_EXTENSION = re.compile(r"[\s,;]*(?:ext(?:ension)?|x)\.?\s*:?\s*(\d{1,7})\s*\Z", re.IGNORECASE)
_SEVERAL = re.compile(r"\s*(?:;|/|,|\bor\b|\band\b)\s*", re.IGNORECASE)
_REMARK = re.compile(r"\(([^()]*)\)\s*\Z")


@dataclass(frozen=True, slots=True)
class Read:
    """number: as it was written. dial: E.164, or "" when no number could be read out of it."""

    number: str
    dial: str
    extension: str = ""


def read_phones(written: str, extension: str = "", region: str = "US") -> list[Read]:
    """The numbers in one cell: one, or several where each can be read by itself."""
    written = written.strip().strip("\"'").strip()
    several = [_read(part, "", region) for part in _SEVERAL.split(written) if part]
    if len(several) > 1 and all(one.dial for one in several):
        return several
    return [_read(written, extension, region)]


def _read(written: str, extension: str, region: str) -> Read:
    found = _EXTENSION.search(written)
    number = written[: found.start()] if found else written
    extension = extension or (found[1] if found else "")
    for attempt in (number, *_without_remark(number)):
        if dial := dialled(attempt, region):
            return Read(written, dial, extension)
    return Read(written, "", extension)


def _without_remark(number: str) -> list[str]:
    """844-RIGHTS-9 (844-744-4879): the remark may be the number in digits, or a word about it."""
    found = _REMARK.search(number)
    return [found[1], number[: found.start()]] if found and found.start() else []


def dialled(text: str, region: str = "US") -> str:
    """E.164 for a number that is written out in full and can exist, else ""."""
    text = text.strip()
    if re.search(r"[A-Za-z]", text):
        if not _VANITY.match(text):
            return ""
        text = phonenumbers.convert_alpha_characters_in_number(text)
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def spoken(dial: str) -> str:
    """How to show a number that can be dialled: (410) 836-0123, or with its country elsewhere."""
    try:
        number = phonenumbers.parse(dial)
    except phonenumbers.NumberParseException:
        return dial
    style = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(number, style.NATIONAL if number.country_code == 1 else style.INTERNATIONAL)
