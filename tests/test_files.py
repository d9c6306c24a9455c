"""Names, texts and staged results."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from topogen.errors import InputError
from topogen.files import MAX_BYTES, find_topology, read_text, shipped_names, staged_folder, topologies_dir


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
    monkeypatch.setattr("topogen.files.topologies_dir", lambda: folder)
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


def files_below(folder: Path) -> dict[str, str]:
    """Return every file of a folder and its text."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_text(encoding="utf-8") for file in files}


def write_new(target: Path, *names: str, stop: type[BaseException] | None = None) -> None:
    """Write files through a stage, then raise ``stop`` if one is given."""
    with staged_folder(target) as stage:
        for name in names:
            (stage / name).write_text("new", encoding="utf-8")
        if stop:
            raise stop


def test_results_move_in_when_complete(tmp_path: Path) -> None:
    target = tmp_path / "new" / "out"
    with staged_folder(target) as stage:
        (stage / "a.csv").write_text("new", encoding="utf-8")
        (stage / "sub").mkdir()
        (stage / "sub" / "b.csv").write_text("b", encoding="utf-8")
        assert not target.exists()
    assert files_below(tmp_path) == {"new/out/a.csv": "new", "new/out/sub/b.csv": "b"}
    assert [place.name for place in tmp_path.iterdir()] == ["new"]


def test_results_replace_their_names_and_leave_the_rest(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("old", encoding="utf-8")
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    write_new(tmp_path, "a.csv")
    assert files_below(tmp_path) == {"a.csv": "new", "mine.txt": "mine"}
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("stop", [ValueError, KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("name", [".", "new/out"])
def test_nothing_is_left_after_an_error(tmp_path: Path, stop: type[BaseException], name: str) -> None:
    (tmp_path / "a.csv").write_text("old", encoding="utf-8")
    with pytest.raises(stop):
        write_new(tmp_path / name, "a.csv", stop=stop)
    assert files_below(tmp_path) == {"a.csv": "old"}
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("name", ["file", "file/out"])
def test_a_file_is_no_folder_for_results(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="is no folder") as error, staged_folder(tmp_path / name):
        pytest.fail("the block must not run")
    assert code_of(error) == "E608"


def test_a_folder_in_the_way_of_a_file_stops_before_the_first_move(tmp_path: Path) -> None:
    (tmp_path / "b.csv").mkdir()
    with pytest.raises(InputError) as error:
        write_new(tmp_path, "a.csv", "b.csv")
    assert code_of(error) == "E608"
    assert [place.name for place in tmp_path.iterdir()] == ["b.csv"]


def test_a_place_where_nothing_may_be_written_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: object) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.mkdtemp", refuse)
    with pytest.raises(InputError, match="Permission denied") as error, staged_folder(tmp_path):
        pytest.fail("the block must not run")
    assert code_of(error) == "E608"
