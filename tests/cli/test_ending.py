"""What stops a command leaves no half file, and is told in one sentence: real processes, real signals."""

from __future__ import annotations

import gzip
import os
import pty
import re
import resource
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LARGE = """topogen: 1
name: large
include: [gb200-nvl72]
instances: {"r[1-900]": nvl72}
"""
"""Some 1.2 million links: about a second of schedule."""

OLD = {"bom_flat.csv": "old", "mine.txt": "mine"}


def start(*words: str | Path, **options: object) -> subprocess.Popen[str]:
    """Start a command with its output in pipes."""
    command = [sys.executable, "-m", "topogen", *map(str, words)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "cwd": ROOT}
    return subprocess.Popen(command, **{**pipes, **options})  # type: ignore[call-overload, no-any-return]


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """Return a file whose build takes long enough to be stopped."""
    path = tmp_path / "large.yaml"
    path.write_text(LARGE, encoding="utf-8")
    return path


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Return a folder with results of an earlier build, and with a file of the user."""
    folder = tmp_path / "out"
    folder.mkdir()
    for name, text in OLD.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def files_of(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir() if path.is_file()}


def wait_for_schedule(out: Path, process: subprocess.Popen[str]) -> None:
    """Wait until a process has begun to write the cable schedule, or has ended."""
    while process.poll() is None:
        if any(path.stat().st_size for path in out.glob(".topogen-*/new/cable_schedule.csv")):
            return
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("number", "code", "word"),
    [
        (signal.SIGINT, 130, "interrupted"),
        (signal.SIGTERM, 143, "terminated"),
        (signal.SIGHUP, 129, "hung up"),
    ],
    ids=["SIGINT", "SIGTERM", "SIGHUP"],
)
def test_a_signal_leaves_everything_as_it_was(
    large: Path, out: Path, number: signal.Signals, code: int, word: str
) -> None:
    with start("build", large, "--all-links", "--schedule", "csv", "-o", out) as process:
        wait_for_schedule(out, process)
        process.send_signal(number)
        printed, said = process.communicate()
    told = f"{word}: nothing was written to {out}: what was there is as it was\n"
    assert (process.returncode, printed, said) == (code, "", told)
    assert files_of(out) == OLD
    assert len(list(out.iterdir())) == len(OLD)


def test_a_kill_leaves_no_half_file_and_the_next_build_cleans_up(large: Path, out: Path) -> None:
    with start("build", large, "--all-links", "--schedule", "csv", "-o", out) as process:
        wait_for_schedule(out, process)
        process.kill()
    assert files_of(out) == OLD
    assert [path.name[:9] for path in out.iterdir() if path.is_dir()] == [".topogen-"]
    with start("build", "gb200-nvl72", "-o", out) as process:
        process.communicate()
    assert process.returncode == 0
    assert not any(path.is_dir() for path in out.iterdir())
    assert (out / "bom_flat.csv").read_text(encoding="utf-8") != "old"
    assert (out / "mine.txt").read_text(encoding="utf-8") == "mine"


def test_a_full_disk_is_told_with_file_and_bytes(out: Path) -> None:
    limit = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (200_000, 200_000))
    words = ("build", "gb300-nvl72-row", "--all-links", "-o", out)
    with start(*words, preexec_fn=limit) as process:
        printed, said = process.communicate()
    assert (process.returncode, printed) == (2, "")
    first, hint, told = said.splitlines()
    assert first.startswith(
        'E618: "cable_schedule.csv" cannot be written: File too large after 200,000 of about '
    )
    assert hint == "    hint: free some space, or name another folder"
    assert told == f"nothing was written to {out}: what was there is as it was"
    assert files_of(out) == OLD
    assert len(list(out.iterdir())) == len(OLD)


MANY_LINKS = """topogen: 1
name: many
devices: {gpu: {role: gpu, ports: {up: {count: 30000, lanes: 1, lane_rate: 100 Gb/s}}}}
instances: {"r[1-1000]": gpu}
links: {up: {network: scale_out, pattern: external, a: gpu.up, to: beyond}}
"""
TWIN = MANY_LINKS.replace("lane_rate: 100 Gb/s", "lane_rate: 100 Gb/s, cage: {links: 2}")
MANY_CABLES = TWIN.replace("to: beyond", "to: beyond, links_per_cable: 2")
MANY_DEVICES = """topogen: 1
name: many
devices: {gpu: {role: gpu, ports: {up: {count: 1, lanes: 1, lane_rate: 100 Gb/s}}}}
templates: {shelf: {level: rack, contains: {gpu: 20000}}}
instances: {"r[1-999]": shelf}
links: {up: {network: scale_out, pattern: external, a: gpu.up, to: beyond}}
"""


def limited(path: Path, text: str, *words: str | Path, memory: int) -> tuple[int, list[str]]:
    """Return exit code and what is said by a command on a text, with so many bytes of memory."""
    path.write_text(text, encoding="utf-8")
    limit = partial(resource.setrlimit, resource.RLIMIT_AS, (memory, memory))
    with start(words[0], path, *words[1:], preexec_fn=limit) as process:
        said = process.communicate()[1]
    return process.returncode, said.splitlines()


def test_a_schedule_is_refused_where_memory_does_not_suffice(tmp_path: Path, out: Path) -> None:
    path, words = tmp_path / "many.yaml", ("build", "-o", out, "--schedule")
    for asked in ("auto", "csv"):
        code, said = limited(path, MANY_CABLES, *words, asked, memory=1_000_000_000)
        assert code == 2
        assert re.match(r"E704: the cable schedule needs about 1\.\d+ GB of memory; 0\.", said[0])
        assert said[1].startswith("    hint: use a machine with more memory, raise the memory limit")
        assert said[2] == f"nothing was written to {out}: what was there is as it was"
        assert files_of(out) == OLD
    assert limited(path, MANY_LINKS, *words, "auto", memory=1_000_000_000) == (0, [])


def test_a_fabric_for_which_memory_does_not_suffice_is_refused(tmp_path: Path) -> None:
    code, said = limited(tmp_path / "many.yaml", MANY_DEVICES, "bom", memory=1_000_000_000)
    assert code == 2
    assert said[0].startswith("E704: a fabric of 19,980,000 devices needs about 1.60 GB of memory; 0.")


@pytest.mark.parametrize("memory", [60_000_000, 100_000_000])
def test_a_limit_below_what_the_libraries_take_is_told(tmp_path: Path, memory: int) -> None:
    code, said = limited(tmp_path / "many.yaml", MANY_LINKS, "bom", memory=memory)
    assert code == 2
    assert said[0].startswith("E704: the memory does not suffice; 0.")


def test_a_reader_that_leaves_ends_a_command_in_silence() -> None:
    reading, writing = os.pipe()
    with start("list", stdout=writing) as process:
        os.close(writing)
        os.close(reading)
        assert (process.communicate()[1], process.returncode) == ("", 141)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a system without a device that is always full")
@pytest.mark.parametrize("words", [("--help",), ("list",), ("bom", "gb200-nvl72"), ("schema",)])
def test_output_that_nobody_can_take_is_told(words: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full, start(*words, stdout=full) as process:
        said = process.communicate()[1]
    assert process.returncode == 2
    assert said.startswith("E618: what is printed cannot be written: No space left on device\n")


def on_terminal(*words: str | Path) -> tuple[int, str]:
    """Return exit code and what a command shows on standard error where that is a terminal."""
    ours, theirs = pty.openpty()
    with start(*words, stderr=theirs, stdout=subprocess.DEVNULL, env={**os.environ, "CI": ""}) as process:
        os.close(theirs)
        shown = b""
        while True:
            try:
                shown += os.read(ours, 65_536)
            except OSError:  # the terminal has no writer left
                break
    os.close(ours)
    return process.returncode, shown.decode()


def test_a_long_schedule_shows_on_a_terminal_how_far_it_is(large: Path, tmp_path: Path) -> None:
    code, shown = on_terminal("build", large, "--all-links", "--schedule", "csv", "-o", tmp_path / "there")
    assert code == 0
    assert "cable_schedule.csv" in shown
    assert "of 1,231,200 lines" in shown
    assert "lines/s" in shown


def test_a_pipe_gets_no_progress(large: Path, tmp_path: Path) -> None:
    with start("build", large, "--all-links", "--schedule", "csv.gz", "-o", tmp_path / "there") as process:
        assert process.communicate()[1] == ""
    text = gzip.decompress((tmp_path / "there" / "cable_schedule.csv.gz").read_bytes())
    assert text.count(b"\n") == 1_231_201
