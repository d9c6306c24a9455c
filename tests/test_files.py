"""Names, texts and staged results."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from topogen.errors import InputError
from topogen.load.files import MAX_BYTES, find_topology, read_text, shipped_names, topologies_dir
from topogen.load.reading import Sources, merge_files


def code_of(error: pytest.ExceptionInfo[InputError]) -> str:
    """Return the code of the only problem."""
    (problem,) = error.value.problems
    return problem.code


@pytest.fixture
def shipped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return a folder of topologies that stands in for the shipped one; work goes on in an empty folder."""
    folder = tmp_path / "topologies"
    folder.mkdir()
    for name in ("gb200-nvl72.yaml", "gb300-nvl72-row.yaml", "notes.txt"):
        (folder / name).write_text("topogen: 1\n", encoding="utf-8")
    monkeypatch.setattr("topogen.load.files.topologies_dir", lambda: folder)
    desk = tmp_path / "desk"
    desk.mkdir()
    monkeypatch.chdir(desk)
    return folder


def test_shipped_names_are_the_sorted_stems(shipped: Path) -> None:
    (shipped / "a.yaml").touch()
    assert shipped_names() == ("a", "gb200-nvl72", "gb300-nvl72-row")


def test_the_shipped_folder_holds_what_it_names() -> None:
    assert all((topologies_dir() / f"{name}.yaml").is_file() for name in shipped_names())


def test_a_shipped_name_is_found(shipped: Path) -> None:
    assert find_topology("gb200-nvl72") == shipped / "gb200-nvl72.yaml"


@pytest.mark.parametrize("text", ["own.yaml", "own.yml", "./own", f"folder{os.sep}own"])
def test_what_looks_like_a_path_is_one_even_if_nothing_is_there(shipped: Path, text: str) -> None:
    assert find_topology(text) == Path(text)
    assert shipped not in find_topology(text).parents


@pytest.mark.usefixtures("shipped")
def test_a_file_without_ending_is_a_path() -> None:
    Path("own").touch()
    assert find_topology("own") == Path("own")


def test_a_folder_of_results_does_not_hide_the_topology_of_its_name(shipped: Path) -> None:
    Path("gb200-nvl72").mkdir()
    assert find_topology("gb200-nvl72") == shipped / "gb200-nvl72.yaml"


@pytest.mark.usefixtures("shipped")
def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match="gb200-nvl72") as error:
        find_topology("gb20-nvl72")
    assert code_of(error) == "E607"


@pytest.mark.usefixtures("shipped")
@pytest.mark.parametrize("name", ["", "x" * 5000, "a\0b", "*"])
def test_an_odd_name_is_refused(name: str) -> None:
    with pytest.raises(InputError) as error:
        find_topology(name)
    assert code_of(error) == "E607"


@pytest.mark.parametrize("content", [b"a: 1\nb: \xce\xbc\n", b"\xef\xbb\xbfa: 1\r\nb: \xce\xbc\r\n"])
def test_text_is_read_the_same_from_every_editor(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(content)
    assert read_text(file) == "a: 1\nb: \N{GREEK SMALL LETTER MU}\n"


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b"", "E612", "is empty"),
        (b" \n\t\n", "E612", "is empty"),
        (b"a: 1\nb: \xff\n", "E611", "byte 0xff in line 2"),
        (b"\x89PNG\0\0", "E611", "byte 0x89 in line 1"),
        (b"a: \0\n", "E611", "NUL"),
        (b"#" * (MAX_BYTES + 1), "E613", "larger than 5 MB"),
    ],
    ids=["empty", "blank", "latin-1", "picture", "nul", "large"],
)
def test_what_is_no_text_is_refused(tmp_path: Path, content: bytes, code: str, words: str) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(content)
    with pytest.raises(InputError, match=words) as error:
        read_text(file)
    assert code_of(error) == code


def test_the_largest_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(b"#" * MAX_BYTES)
    assert len(read_text(file)) == MAX_BYTES


@pytest.mark.parametrize(
    ("name", "code"),
    [("missing.yaml", "E609"), (".", "E610"), ("x" * 5000, "E614"), ("a\0b", "E614")],
    ids=["missing", "folder", "overlong", "nul"],
)
def test_what_cannot_be_read_is_refused(tmp_path: Path, name: str, code: str) -> None:
    with pytest.raises(InputError) as error:
        read_text(tmp_path / name)
    assert code_of(error) == code


@pytest.mark.parametrize("name", shipped_names())
def test_no_shipped_file_is_named_with_the_folder_it_lies_in(name: str) -> None:
    sources = Sources()
    merge_files(name, None, (), sources)
    assert [file for file in sources.hashes if Path(file).is_absolute()] == []
