"""Staged results: complete in their place, or not there at all."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from topogen.cli import group
from topogen.cli.staging import OWNER, PREFIX, staged_folder, undisturbed
from topogen.errors import InputError
from topogen.load.files import noting_inputs, read_text

if TYPE_CHECKING:
    from collections.abc import Iterator


def code_of(error: pytest.ExceptionInfo[InputError]) -> str:
    """Return the code of the only problem."""
    (problem,) = error.value.problems
    return problem.code


def files_below(folder: Path) -> dict[str, str]:
    """Return every file of a folder and its text."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_text(encoding="utf-8") for file in files}


def write_new(target: Path, *names: str, stop: type[BaseException] | None = None) -> None:
    """Write files through a stage, then raise ``stop`` if one is given."""
    with staged_folder(target) as stage:
        for name in names:
            (stage / name).parent.mkdir(exist_ok=True)
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


def test_a_move_that_fails_puts_back_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("old", encoding="utf-8")
    (tmp_path / "sub").write_text("a file where a folder has to go", encoding="utf-8")
    with pytest.raises(InputError) as error:
        write_new(tmp_path, "a.csv", "b.csv", "sub/c.csv")
    assert code_of(error) == "E608"
    assert error.value.__notes__ == [f"nothing was written to {tmp_path}: what was there is as it was"]
    assert files_below(tmp_path) == {"a.csv": "old", "sub": "a file where a folder has to go"}
    assert len(list(tmp_path.iterdir())) == 2


HOLD = """
import sys, time
from pathlib import Path
from topogen.cli.staging import staged_folder
with staged_folder(Path(sys.argv[1])) as stage:
    (stage / "a.csv").write_text("half")
    print(stage, flush=True)
    time.sleep(60)
"""


@pytest.fixture
def killed(tmp_path: Path) -> Iterator[tuple[Path, subprocess.Popen[str]]]:
    """Return the files that a process is making in a folder, and the process."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        yield Path(process.stdout.readline().strip()), process
        process.kill()


def test_what_a_killed_process_left_is_removed_by_the_next(
    tmp_path: Path, killed: tuple[Path, subprocess.Popen[str]]
) -> None:
    left, process = killed
    process.kill()
    process.wait()
    assert (left / "a.csv").exists()
    write_new(tmp_path, "a.csv")
    assert files_below(tmp_path) == {"a.csv": "new"}
    assert [place.name for place in tmp_path.iterdir()] == ["a.csv"]


def test_what_a_living_process_makes_is_left_alone(
    tmp_path: Path, killed: tuple[Path, subprocess.Popen[str]]
) -> None:
    left, _ = killed
    write_new(tmp_path, "a.csv")
    assert (left / "a.csv").read_text() == "half"


@pytest.mark.parametrize("owner", [None, "", "topogen on another-machine\n"])
def test_a_folder_that_may_be_somebody_elses_is_left_alone(tmp_path: Path, owner: str | None) -> None:
    other = tmp_path / f"{PREFIX}cache"
    other.mkdir()
    if owner is not None:
        (other / OWNER).write_text(owner, encoding="utf-8")
    write_new(tmp_path, "a.csv")
    assert other.is_dir()


def test_a_signal_waits_until_files_have_moved() -> None:
    done = []

    @undisturbed()
    def move() -> None:
        signal.raise_signal(signal.SIGINT)
        done.append("moved")

    with pytest.raises(KeyboardInterrupt):
        move()
    assert done == ["moved"]


def test_results_are_staged_in_any_thread(tmp_path: Path) -> None:
    thread = threading.Thread(target=write_new, args=(tmp_path, "a.csv"))
    thread.start()
    thread.join()
    assert files_below(tmp_path) == {"a.csv": "new"}


def test_a_place_where_nothing_may_be_written_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: object) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.mkdtemp", refuse)
    with pytest.raises(InputError, match="Permission denied") as error, staged_folder(tmp_path):
        pytest.fail("the block must not run")
    assert code_of(error) == "E608"


# Inputs are never written over

NAMES = st.sets(st.sampled_from(["a.csv", "b.yaml", "sub/c.csv", "sub/link.csv"]), min_size=1)


@given(NAMES, NAMES)
def test_what_was_read_is_never_replaced(inputs: set[str], outputs: set[str]) -> None:
    with TemporaryDirectory() as folder:
        target = Path(folder)
        (target / "sub").mkdir()
        for name in ("a.csv", "b.yaml", "sub/c.csv"):
            (target / name).write_text(name, encoding="utf-8")
        (target / "sub/link.csv").symlink_to(target / "sub/c.csv")
        before = files_below(target)
        with noting_inputs():
            for name in inputs:
                read_text(target / "sub" / ".." / name)
            touched = inputs | ({"sub/c.csv"} if "sub/link.csv" in inputs else set())
            if touched & outputs:
                with pytest.raises(InputError) as error:
                    write_new(target, *outputs)
                assert code_of(error) == "E846"
                assert files_below(target) == before
            else:
                write_new(target, *outputs)
                assert all(files_below(target)[name] == "new" for name in outputs)
        write_new(target, *outputs)


PINNED = """topogen: 1
name: pin
devices:
  nic: {role: nic, part: connectx7, ports: {ib: {cages: 1, mode: 1 x 400G}}}
  sw: {role: switch, part: qm9700, ports: {ib: {cages: 1-32, mode: 2 x 400G}}}
templates: {node: {level: rack, contains: {nic: 8}}}
instances: {"r[1-8]": node}
fabrics:
  net: {network: scale_out, pattern: fat_tree, tiers: 2, ends: nic.ib, switch: sw, medium: dr PINS}
layout: {default_length: 10 m}
"""


def run(*words: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(group, [*map(str, words)])
    return done.exit_code, done.output


@pytest.mark.parametrize(
    "words",
    [
        "build pin.yaml -o .",
        "labels pin.yaml -o cable_schedule.csv",
        "export p2p pin.yaml -o cable_schedule.csv",
        "price template pin.yaml -o cable_schedule.csv",
        "price merge pin.yaml quote.csv -c quotes -o quotes --on 2026-11-29",
    ],
)
def test_no_command_writes_over_its_input(
    words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("pin.yaml").write_text(PINNED.replace("PINS", ""), encoding="utf-8")
    assert run("build", "pin.yaml", "-o", ".")[0] == 0
    pinned = PINNED.replace("PINS", ", ports_from: cable_schedule.csv")
    Path("pin.yaml").write_text(pinned, encoding="utf-8")
    Path("quotes").mkdir()
    Path("quotes/quotes.yaml").write_text("parts: {}\n", encoding="utf-8")
    quote = "part_id,unit_price,currency,price_per\nqm9700,40000,USD,piece\n"
    Path("quote.csv").write_text(quote, encoding="utf-8")
    before = files_below(tmp_path)
    code, output = run(*words.split())
    assert (code, "E846" in output) == (2, True)
    assert files_below(tmp_path) == before
    Path("pinned.csv").write_bytes(Path("cable_schedule.csv").read_bytes())
    Path("pin.yaml").write_text(pinned.replace("cable_schedule.csv", "pinned.csv"), encoding="utf-8")
    assert run(*words.replace("-c quotes", "").split())[0] == 0  # as the hint says
