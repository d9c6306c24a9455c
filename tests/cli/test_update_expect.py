"""``check --update-expect`` changes the values that fail, and not a byte else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from click.testing import CliRunner, Result

from topogen.cli import group
from topogen.load.files import topologies_dir

if TYPE_CHECKING:
    from pathlib import Path

ORIGINAL = (topologies_dir() / "gb200-nvl72.yaml").read_text()
WRONG = {
    "gpu: 72, cpu: 36": "gpu: 71, cpu: 35",
    "{nvl: 1296, c2c: 72}": '{"nvl": 1200, c2c: "7" }  # on purpose',
    "mean: about 0.60 m": "mean: 0.50 m",
}


def check(path: Path, *words: str) -> Result:
    return CliRunner().invoke(group, ["check", str(path), *words])


def written(path: Path, text: str, changes: dict[str, str]) -> str:
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    path.write_bytes(text.encode())
    return text


def test_failed_numbers_are_rewritten_in_place(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    before = written(path, ORIGINAL, WRONG)
    assert check(path).exit_code == 1
    result = check(path, "--update-expect")
    assert result.exit_code == 0, result.output
    assert "devices.gpu changed from 71 to 72" in result.stderr
    assert "length.nvl.mean changed from 0.50 m to about 0.60 m" in result.stderr
    after = path.read_text()
    expected = before
    for old, new in {
        "gpu: 71, cpu: 35": "gpu: 72, cpu: 36",
        "1200": "1296",
        '"7" }': '"72" }',
        "0.50 m": "about 0.60 m",
    }.items():
        expected = expected.replace(old, new)
    assert after == expected
    assert check(path, "--update-expect").stderr == ""


def test_limits_are_left_to_the_author(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    before = written(path, ORIGINAL, {"max: at most 1.5 m": "max: at most 0.5 m"})
    result = check(path, "--update-expect")
    assert result.exit_code == 1
    assert "length.nvl.max left as it is (at most 0.5 m, found 1 m): edit it yourself" in result.stderr
    assert path.read_text() == before


def test_line_ends_and_millimetres_stay(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    text = ORIGINAL.replace("\n", "\r\n")
    before = written(path, text, {"mean: about 0.60 m": "mean: 500 mm"})
    assert check(path, "--update-expect").exit_code == 0
    assert path.read_bytes() == before.replace("500 mm", "about 603 mm").encode()


def test_expectations_of_an_include_are_left_alone(tmp_path: Path) -> None:
    base = tmp_path / "base.yaml"
    before = written(base, ORIGINAL, {"gpu: 72, cpu: 36": "gpu: 71, cpu: 36"})
    (tmp_path / "mine.yaml").write_text("topogen: 1\nname: mine\ninclude: [base]\ninstances: {r1: nvl72}\n")
    check(tmp_path / "mine.yaml", "--update-expect")
    assert base.read_text() == before
