"""Sealed text opens with its own key, in its own place, unchanged; or not at all."""

from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.data.sealing import Keys, KeysMissing, Seal, SealBroken

ROW, OTHER = UUID(int=1), UUID(int=2)
KEYS = Keys.from_seed(7)


@given(st.text(max_size=500))
def test_what_is_sealed_comes_back(text: str) -> None:
    seal = Seal(KEYS.derived("test"))
    sealed = seal.seal("goal", "title", ROW, text)
    assert sealed is not None and seal.open("goal", "title", ROW, sealed) == text


@pytest.mark.parametrize(
    ("table", "column", "row"), [("step", "title", ROW), ("goal", "why", ROW), ("goal", "title", OTHER)]
)
def test_a_text_moved_to_another_place_does_not_open(table: str, column: str, row: UUID) -> None:
    seal = Seal(KEYS.derived("test"))
    sealed = seal.seal("goal", "title", ROW, "mine")
    with pytest.raises(SealBroken):
        seal.open(table, column, row, sealed)


def test_any_changed_byte_is_found() -> None:
    seal = Seal(KEYS.derived("test"))
    sealed = seal.seal("goal", "title", ROW, "mine") or b""
    for at in range(len(sealed)):
        with pytest.raises(SealBroken):
            seal.open("goal", "title", ROW, sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :])
    with pytest.raises(SealBroken):
        seal.open("goal", "title", ROW, b"")


def test_each_client_has_a_key_of_their_own() -> None:
    first, wrapped = KEYS.new_client(ROW)
    second, _ = KEYS.new_client(OTHER)
    sealed = first.seal("goal", "title", ROW, "mine")
    assert KEYS.of_client(ROW, wrapped).open("goal", "title", ROW, sealed) == "mine"
    with pytest.raises(SealBroken):
        second.open("goal", "title", ROW, sealed)
    with pytest.raises(SealBroken):
        KEYS.of_client(OTHER, wrapped)
    with pytest.raises(SealBroken):
        Keys.from_seed(8).of_client(ROW, wrapped)


def test_the_same_text_never_looks_the_same() -> None:
    seal = Seal(KEYS.derived("test"))
    assert seal.seal("goal", "title", ROW, "mine") != seal.seal("goal", "title", ROW, "mine")


@pytest.mark.parametrize("harm", ["absent", "readable", "short", "twice", "not json"])
def test_a_key_file_that_will_not_do_is_refused_with_the_reason(tmp_path: Path, harm: str) -> None:
    path = tmp_path / "keys"
    if harm != "absent":
        Keys.make().save(path)
        assert Keys.load(path)
    text = path.read_text() if harm != "absent" else ""
    if harm == "readable":
        path.chmod(0o640)
    if harm == "short":
        path.write_text(text.replace(Keys.load(path).master.hex(), "ab"))
    if harm == "twice":
        keys = Keys.load(path)
        path.write_text(text.replace(keys.pepper.hex(), keys.master.hex()))
    if harm == "not json":
        path.write_text("master=1")
    with pytest.raises(KeysMissing, match=str(path)):
        Keys.load(path)
    with pytest.raises(FileExistsError):
        (tmp_path / "there").write_text("x")
        KEYS.save(tmp_path / "there")
