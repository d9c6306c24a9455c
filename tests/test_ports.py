from __future__ import annotations

import numpy as np

from tests.helpers_fabric import fabric_of
from topogen.cabling.ports import PortBook
from topogen.model.fabric import FREE, Fabric
from topogen.model.runs import Rows, Runs

GPUS = """
devices: {gpu: {role: gpu, ports: {p: {count: 6, lanes: 1, lane_rate: 100 Gb/s}}}}
instances: {gpu: 2}
"""


def used(links: str) -> list[list[int]]:
    """Return the link group at each port of both GPUs, -1 where none is."""
    fabric: Fabric = fabric_of(f"{GPUS}links:\n{links}")
    ports = fabric.ports[0, 0].full().tolist()
    return [[user // 2 if user != FREE else FREE for user in row] for row in ports]


def external(name: str, ends: str) -> str:
    return f"  {name}: {{network: scale_up, a: {ends}, pattern: external, to: out}}\n"


def test_the_lowest_free_ports_are_taken_in_file_order() -> None:
    links = external("x", "'gpu.p[0-1]'") + external("y", "gpu.p")
    assert used(links) == [[0, 0, 1, 1, 1, 1]] * 2


def test_a_range_takes_exactly_those_ports() -> None:
    assert used(external("x", "'gpu.p[1,4-5]'")) == [[-1, 0, -1, -1, 0, 0]] * 2


def test_devices_may_differ_in_what_is_free() -> None:
    links = external("x", "'gpu[0].p[0-2]'") + external("y", "'gpu[1].p[3-5]'") + external("z", "gpu.p")
    assert used(links) == [[0, 0, 0, 2, 2, 2], [2, 2, 2, 1, 1, 1]]


def test_a_union_may_name_other_ports_on_other_devices() -> None:
    assert used(external("x", "['gpu[0].p[0-1]', 'gpu[1].p[4-5]']")) == [
        [0, 0, -1, -1, -1, -1],
        [-1, -1, -1, -1, 0, 0],
    ]


def test_a_union_may_name_two_ranges_of_one_device() -> None:
    assert used(external("x", "['gpu.p[0-1]', 'gpu.p[4-5]']")) == [[0, 0, -1, -1, 0, 0]] * 2


def test_two_sides_may_be_ranges_of_one_port_group() -> None:
    line = "  x: {network: scale_up, a: 'gpu[0].p[0-1]', b: 'gpu[1].p[2-3]', pattern: spread}\n"
    assert used(line) == [[0, 0, -1, -1, -1, -1], [-1, -1, 0, 0, -1, -1]]


def test_a_book_gives_what_is_free_and_allowed() -> None:
    book = PortBook()
    book.maps[0, 0] = Rows.of(np.array([[7, FREE, FREE], [FREE, 7, 7]]))
    book.usable[0, 0] = 3
    assert book.free((0, 0), lambda: np.array([0, 1])).tolist() == [[1, 2], [0, FREE]]
    assert book.free((0, 0), lambda: np.array([0]), (0, 2)).tolist() == [2]
    book.usable[0, 0] = 2
    assert book.free((0, 0), lambda: np.array([0])).tolist() == [1]


def test_a_book_keeps_one_row_while_devices_are_alike() -> None:
    book = PortBook()
    book.maps[0, 0] = Rows.uniform(2, np.full(3, FREE))
    book.take((0, 0), np.array([0, 1, 2]), Runs.uniform(2, 2), 4)
    assert book.maps[0, 0].rows.tolist() == [[4, 4, FREE]]
    book.take((0, 0), np.array([2]), Runs.of(np.array([1, 0])), 6)
    assert book.maps[0, 0].full().tolist() == [[4, 4, 6], [4, 4, FREE]]
