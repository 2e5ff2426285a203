"""Bring the catalogues up to date with the words in the code: `python app/words/update.py`.

New words come in untranslated, words that are gone leave, and nothing else moves: no line numbers, no dates of the run.
"""

import sys
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

WORDS = Path(__file__).resolve().parent
ROOT = WORDS.parent.parent
PLACES = ("app", "portal", "staff", "templates")
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "lazy": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
WIDTH = 120


def words_in_code() -> Catalog:
    """Every text that is marked in code and templates."""
    found = Catalog(project="Cairn")
    with (WORDS / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    for file_name, _line, message, comments, context in sorted(
        extract_from_dir(str(ROOT), methods, options, keywords=KEYWORDS, directory_filter=_ours),
        key=lambda one: one[:2],
    ):
        found.add(message, None, [(file_name, 0)], auto_comments=comments, context=context)
    return found


def _ours(folder: str) -> bool:
    parts = Path(folder).resolve().relative_to(ROOT).parts
    return not parts or (parts[0] in PLACES and parts[-1] != "__pycache__")


def catalogue(code: str) -> Catalog:
    """The catalogue of one language as it stands."""
    with (WORDS / f"{code}.po").open("rb") as file:
        return read_po(file, locale=code)


def merged(code: str, found: Catalog) -> bytes:
    """The catalogue's file once it holds the words of the code and no others."""
    kept = catalogue(code)
    kept.update(found, no_fuzzy_matching=True, update_creation_date=False)
    kept.obsolete.clear()
    kept.project, kept.version, kept.msgid_bugs_address = "Cairn", "1", ""
    kept.last_translator = kept.language_team = kept.copyright_holder = ""
    out = BytesIO()
    write_po(out, kept, width=WIDTH, sort_by_file=True, include_lineno=False, ignore_obsolete=True)
    return out.getvalue()


def untranslated(words: Catalog) -> list[str]:
    """What has no translation yet, or one that nobody has confirmed."""
    return [
        str(one.id)
        for one in words
        if one.id and (one.fuzzy or not all(one.string if isinstance(one.string, tuple) else (one.string,)))
    ]


def main() -> int:
    found = words_in_code()
    for path in sorted(WORDS.glob("*.po")):
        path.write_bytes(merged(path.stem, found))
        left = untranslated(catalogue(path.stem))
        print(f"{path.name}: {len(found)} texts, {len(left)} to translate", *left, sep="\n  ")
    return 0


if __name__ == "__main__":
    sys.exit(main())
