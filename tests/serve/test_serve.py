"""The served page: a real server, real requests, a file that changes, breaks and is mended."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from click.testing import CliRunner

from topogen.cli import group

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
GOOD = """\
topogen: 1
name: small
devices: {gpu: {role: gpu, ports: {n: {count: 4, lanes: 1, lane_rate: 200 Gb/s}}}}
instances: {gpu: COUNT}
links: {out: {network: scale_out, a: gpu.n, pattern: external, to: beyond}}
"""
PATIENCE = 60


def with_gpus(count: int) -> str:
    return GOOD.replace("COUNT", str(count))


@contextmanager
def served(file: Path, *options: str) -> Iterator[str]:
    """Run the command on a file; the address of its page."""
    command = [sys.executable, "-u", "-m", "topogen", "serve", str(file), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as server:
        assert server.stdout
        try:
            yield server.stdout.readline().split()[1]
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(PATIENCE)


def got(address: str) -> str:
    with urlopen(address, timeout=PATIENCE) as answer:  # noqa: S310 - our own server
        text: str = answer.read().decode()
    return text


def waited_for(address: str, words: str) -> str:
    end = time.monotonic() + PATIENCE
    while words not in (page := got(address)):
        assert time.monotonic() < end, page[:2000]
        time.sleep(0.1)
    return page


def test_a_page_follows_its_file_and_keeps_the_last_good_one(tmp_path: Path) -> None:
    file = tmp_path / "small.yaml"
    file.write_text(with_gpus(5), encoding="utf-8")
    with served(file) as address:
        first = waited_for(address, "20 links")
        assert "connect-src" in first
        file.write_text(with_gpus(6), encoding="utf-8")
        waited_for(address, "24 links")
        file.write_text(with_gpus(7).replace("instances", "instanzes"), encoding="utf-8")
        broken = waited_for(address, 'id="errors"')
        assert "small.yaml:4:1" in broken
        assert "24 links" in broken
        file.write_text(with_gpus(8), encoding="utf-8")
        assert 'id="errors"' not in waited_for(address, "32 links")


def test_a_file_that_is_wrong_from_the_start_shows_its_errors(tmp_path: Path) -> None:
    file = tmp_path / "small.yaml"
    file.write_text("topogen: 1\nname: <script>\n", encoding="utf-8")
    with served(file) as address:
        page = waited_for(address, 'id="errors"')
        assert "There is no page yet." in page
        assert "<script></" not in page.partition('id="errors"')[2].partition("</section>")[0]
        file.write_text(with_gpus(5), encoding="utf-8")
        waited_for(address, "20 links")


def test_browsers_hear_of_a_change(tmp_path: Path) -> None:
    file = tmp_path / "small.yaml"
    file.write_text(with_gpus(5), encoding="utf-8")
    with served(file) as address, urlopen(f"{address}events", timeout=PATIENCE) as events:  # noqa: S310
        assert events.readline().startswith(b"retry:")
        file.write_text(with_gpus(6), encoding="utf-8")
        assert b"data:" in events.readline() + events.readline()


def test_another_site_cannot_read_the_page(tmp_path: Path) -> None:
    file = tmp_path / "small.yaml"
    file.write_text(with_gpus(5), encoding="utf-8")
    with served(file) as address, pytest.raises(HTTPError, match="400"):
        urlopen(Request(address, headers={"Host": "evil.example"}), timeout=PATIENCE)  # noqa: S310


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("nosuch.yaml",), 'E609: "nosuch.yaml" does not exist'),
        (("gb200-nvl27",), 'E607: no file or shipped topology is called "gb200-nvl27"'),
        (("folder.yaml",), 'E610: "folder.yaml" is a folder'),
        (("gb200-nvl72", "--catalog", "nosuch"), 'E609: "nosuch" contains no catalog file'),
    ],
)
def test_a_file_that_is_not_there_is_refused_before_a_page_is_served(
    words: tuple[str, ...], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("folder.yaml").mkdir()
    done = CliRunner().invoke(group, ["serve", *words])
    assert done.exit_code == 2
    assert done.output.startswith(message)


def test_a_port_in_use_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(with_gpus(1), encoding="utf-8")
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = CliRunner().invoke(group, ["serve", str(tmp_path / "a.yaml"), "--port", str(port)])
    assert done.exit_code == 2
    assert f"E667: port {port} cannot be used" in done.output
