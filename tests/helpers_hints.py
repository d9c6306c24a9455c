"""Follow the hint of a message to the letter: each hint becomes edits of the text it is about.

``edits`` yields the alternatives that a hint names. A hint with none is prose: a person has to decide.
"""

from __future__ import annotations

import json
import re
from copy import deepcopy
from difflib import get_close_matches
from itertools import product
from typing import TYPE_CHECKING, Any, TypeAlias

import yaml

from topogen.load.schema import topology_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from topogen.errors import Problem

Follow: TypeAlias = "Callable[[str, Problem, re.Match[str]], Iterator[str] | Iterator[list[str]]]"

Node: TypeAlias = Any
"""A value of a YAML tree."""

VALUE = r"\{(?:[^{}]|\{[^{}]*\})*\}|\[[^\]]*\]|\"[^\"]*\"|\w[\w/.+-]*(?: (?:mm|m)\b)?"
"""A value inside a sentence: a map, a list, a quoted text, a name or a number with its unit."""
SNIPPET = re.compile(rf"(?<![\w\".])([a-z_]+): (?!\w+: )({VALUE})((?:(?:, | or ){VALUE}(?!\w*:))*)")


PLACEHOLDER = re.compile(r"[A-Z]{3,}|\.\.\.|write")
KEYS = set(re.findall(r'"([a-z_]+)": ?\{', json.dumps(topology_schema())))
"""The keys of a topology file."""


def is_real(found: re.Match[str], pattern: str) -> bool:
    """Return whether a snippet has a key of the language, and a value that is not a placeholder."""
    return pattern != SNIPPET.pattern or (found[1] in KEYS and not PLACEHOLDER.search(found[2]))


def is_followed(problem: Problem) -> bool:
    """Return whether a hint can be followed by rote."""
    return _rule(problem) is not None


def edits(text: str, problem: Problem) -> Iterator[list[str]]:
    """Yield the texts after each alternative of a hint: several where it does not say in which map."""
    if rule := _rule(problem):
        follow, found = rule
        for helps in follow(text, problem, found):
            yield [helps] if isinstance(helps, str) else helps


def _rule(problem: Problem) -> tuple[Follow, re.Match[str]] | None:
    """Return how a hint is followed, None if by a person."""
    if PROSE.search(problem.hint):
        return None
    for pattern, follow in RULES:
        hint = re.sub(r'(?<!: )"[^"]*"', '""', problem.hint) if pattern == SNIPPET.pattern else problem.hint
        if found := next((one for one in re.finditer(pattern, hint) if is_real(one, pattern)), None):
            return follow, found
    return None


# Edits of the text at the mark


def at_mark(text: str, problem: Problem) -> tuple[int, int]:
    """Return where the value or key at the mark of a problem begins and ends."""
    assert problem.mark
    lines = text.splitlines(keepends=True)
    start = sum(map(len, lines[: problem.mark.line - 1])) + problem.mark.column - 1
    rest = text[start:]
    held = re.match(r"(\"?)([\w./ <>\[\]-]+)\1: +", rest)
    said = quoted(problem.message)
    wrong_value = any(word in rest[held.end() :].partition("\n")[0] for word in said) if held else False
    if held and held[2] == problem.path.rpartition(".")[2] and (wrong_value or held[2] not in said[:1]):
        start += held.end()
        rest = text[start:]
    if rest[:1] in ('"', "'"):
        return start + 1, start + 1 + rest[1:].index(rest[0])
    if rest[:1] in "{[":
        found = re.match(VALUE, rest)
        return start, start + (found.end() if found else 1)
    line = text[text.rfind("\n", 0, start) + 1 : start]
    inside_flow = "{" in line or "[" in line
    end = re.search(r"[,}\]\n]|: |:$|  #" if inside_flow else r"\n|: |:$|  #", rest, re.MULTILINE)
    return start, start + (end.start() if end else len(rest))


def quoted(words: str) -> list[str]:
    """Return the quoted texts of a sentence."""
    return re.findall(r'"((?:[^"\\]|\\.)*)"', words)


def put(text: str, span: tuple[int, int], word: str) -> str:
    """Return the text with a word at a place; quoted where YAML would read it as something else."""
    bare = text[span[0] - 1 : span[0]] not in ('"', "'")
    whole = re.match(r"[ ,}\]\n:]|$", text[span[1] : span[1] + 1]) and text[span[0] - 1 : span[0]] in " [{"
    word = (
        f'"{word}"'
        if bare and whole and re.search(r"[\[\]{},:]", word) and not word.startswith("{")
        else word
    )
    return text[: span[0]] + word + text[span[1] :]


def replace_value(text: str, problem: Problem, words: list[str]) -> Iterator[list[str]]:
    """Yield the text with each word in place of what the message says is wrong."""
    span = at_mark(text, problem)
    value = text[span[0] : span[1]]
    wrong = [word for word in quoted(problem.message) if word in value and word != value]
    for word in words:
        if wrong and re.fullmatch(r"\[.*\]", word):
            yield [text[: span[0]] + re.sub(r"\[[^\]]*\]", word, value) + text[span[1] :]]
        elif wrong:
            start = span[0] + value.rindex(wrong[-1])
            yield [put(text, (start, start + len(wrong[-1])), word)]
        elif ": " in word and not word.startswith("{"):
            yield set_key(text, problem, *word.split(": ", 1))
        else:
            yield [put(text, span, word)]


def write(text: str, problem: Problem, found: re.Match[str]) -> Iterator[list[str]]:
    """Follow ``write "A" or "B"``, ``such as``: each quoted text in place of what is wrong."""
    yield from replace_value(text, problem, quoted(found.group(0)))


def nearest_name(text: str, problem: Problem, found: re.Match[str]) -> Iterator[list[str]]:
    """Follow ``did you mean "A" or "B"?`` and ``available: A, B``: the step nearest to the name changes."""
    names = quoted(found.group(1)) or found.group(1).split(", ")
    span = at_mark(text, problem)
    value = text[span[0] : span[1]]
    wrong = next((word for word in quoted(problem.message) if word in value), value)
    texts = []
    for name in names:
        steps = re.findall(r"[\w.]+" if "." in name else r"\w+", wrong)
        step = (get_close_matches(name, steps, n=1, cutoff=0.0) or [wrong])[0]
        start = span[0] + value.index(wrong) + wrong.index(step)
        texts.append(put(text, (start, start + len(step)), name))
    yield from ([one] for one in texts) if quoted(found.group(1)) else [texts]


def unit(text: str, problem: Problem, found: re.Match[str]) -> Iterator[str]:
    """Follow ``use Gb/s or Tb/s``: the unit of the value changes."""
    span = at_mark(text, problem)
    for word in filter(None, found.groups()):
        number = re.match(r"[\d.]+", text[span[0] :])
        assert number
        yield put(text, span, f"{number.group(0)} {word}")


def numbers(text: str, problem: Problem, found: re.Match[str]) -> Iterator[list[str]]:
    """Follow ``gpu is numbered 0 to 17``: the brackets of that step of the selector."""
    inside, who = f"{found['low']}-{found['high']}", found["who"]
    start, end = at_mark(text, problem)
    wrong = next(word for word in quoted(problem.message) if word in text[start:end])
    start += text[start:end].index(wrong)
    step = r"\.\w+" if who == "ports" else rf"\b{who}"
    yield [
        text[:start] + re.sub(rf"({step})\[[^\]]*\]", rf"\1[{inside}]", wrong) + text[start + len(wrong) :]
    ]


def free_ports(text: str, problem: Problem, found: re.Match[str]) -> Iterator[list[str]]:
    """Follow ``select ports that are free on all of them: [6-17]``: the selectors of one of the sides."""
    texts = []
    for key in ("a", "b", "ends"):
        tree = loaded(text)
        held = at(tree, steps_of(tree, problem.path))
        if old := held.get(key):
            held[key] = (
                [f"{one}[{found[1]}]" for one in old] if isinstance(old, list) else f"{old}[{found[1]}]"
            )
            texts.append(dumped(tree))
    yield texts


def other_level(text: str, problem: Problem, found: re.Match[str]) -> Iterator[list[str]]:
    """Follow ``levels above it: tray, rack``: the key that names the level gets one of them."""
    for word in found[1].split(", "):
        tree = loaded(text)
        held = at(tree, steps_of(tree, problem.path))
        held.update({key: word for key, value in held.items() if value == quoted(problem.message)[-1]})
        yield [dumped(tree)]


def no_tabs(text: str, _problem: Problem, _found: re.Match[str]) -> Iterator[str]:
    """Follow ``use spaces``."""
    yield text.replace("\t", "  ")


def media(text: str, problem: Problem, found: re.Match[str]) -> Iterator[str]:
    """Follow ``media that run at 100 Gb/s per lane: A, B``: each of them is the medium."""
    for name in found[1].removesuffix(", ...").split(", "):
        tree = loaded(text)
        entry_of(tree, problem)["medium"] = name
        yield dumped(tree)


# Edits of the tree at the path


def at(tree: Node, path: list[str]) -> Node:
    """Return what is at a path of keys that may have dots."""
    for step in path:
        tree = tree[int(step)] if isinstance(tree, list) else tree[step]
    return tree


def steps_of(tree: Node, dotted: str) -> list[str]:
    """Return the keys of a dotted path as far as the tree has them."""
    rest, steps = dotted, []
    while rest:
        keys = (
            map(str, range(len(tree))) if isinstance(tree, list) else tree if isinstance(tree, dict) else ()
        )
        key = max((key for key in keys if rest == key or rest.startswith(f"{key}.")), key=len, default=None)
        if key is None:
            break
        tree, rest = at(tree, [key]), rest[len(key) + 1 :]
        steps.append(key)
    return steps


def loaded(text: str) -> dict[str, Any]:
    """Return a text as a tree whose values are text."""
    return yaml.load(text, Loader=yaml.BaseLoader) or {}  # noqa: S506 - makes texts, lists and maps only


def entry(text: str, problem: Problem) -> dict[str, Any]:
    """Return the innermost map at the path of a problem."""
    return entry_of(loaded(text), problem)


def entry_of(tree: dict[str, Any], problem: Problem) -> dict[str, Any]:
    """Return the innermost map of a tree at the path of a problem."""
    steps = steps_of(tree, problem.path)
    while not isinstance(at(tree, steps), dict):
        steps.pop()
    found: dict[str, Any] = at(tree, steps)
    return found


def merged(old: Node, new: Node) -> Node:
    """Return two maps as one; another value replaces the old."""
    if isinstance(old, dict) and isinstance(new, dict):
        return {**old, **{key: merged(old.get(key), value) for key, value in new.items()}}
    return new


def set_key(text: str, problem: Problem, key: str, value: str) -> list[str]:
    """Return the text with a key set, in the innermost map that has it or in each around the problem."""
    tree, new = loaded(text), loaded(f"{key}: {value}")
    steps = steps_of(tree, problem.path)
    if steps and steps[-1] == key:
        steps = steps[:-1]
    spots = [steps[:end] for end in range(len(steps), -1, -1)]
    maps = [spot for spot in spots if isinstance(at(tree, spot), dict)]
    spot = next((spot for spot in maps if key in at(tree, spot)), None)
    texts = []
    for place in [spot] if spot is not None else maps:
        changed = deepcopy(tree)
        held = at(changed, place)
        held.update(merged(held, new))
        texts.append(dumped(changed))
    return texts


def dumped(tree: Node) -> str:
    """Return a tree as YAML, with plain scalars as in the file it was read from."""
    text: str = yaml.dump(plain(tree), sort_keys=False, allow_unicode=True, width=10**6)
    return text


def plain(tree: Node) -> Node:
    """Return a tree whose digits are numbers, so that they are written without quotes."""
    if isinstance(tree, dict):
        return {key: plain(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [plain(value) for value in tree]
    return (
        int(tree)
        if re.fullmatch(r"0|[1-9]\d*", tree)
        else {"true": True, "false": False, "null": None}.get(tree, tree)
    )


def snippets(text: str, problem: Problem, _found: re.Match[str]) -> Iterator[list[str]]:
    """Follow ``key: value``, alternatives by "or" between values or between snippets."""
    for part in re.split(r";|, or (?=[a-z])| or (?=[a-z_]+: )", problem.hint):
        found = [one for one in SNIPPET.finditer(part) if is_real(one, SNIPPET.pattern)]
        choices = [[one[2], *re.findall(VALUE, one[3].replace(" or ", ", "))] for one in found]
        for values in product(*choices) if found else ():
            texts = [text]
            for one, value in zip(found, values, strict=True):
                texts = [new for old in texts for new in set_key(old, problem, one[1], value)]
            yield texts


def described(text: str, problem: Problem, found: re.Match[str]) -> Iterator[list[str]]:
    """Follow ``role: kind of device; one of gpu, cpu``: the missing key gets each of the words."""
    for word in re.split(r", (?:and |or )?| or ", found.group(2)):
        tree = loaded(text)
        at(tree, steps_of(tree, problem.path))[found.group(1)] = word
        yield [dumped(tree)]


def numbered_key(text: str, problem: Problem, found: re.Match[str]) -> Iterator[list[str]]:
    """Follow ``at most 6 groups``, ``degree: at most 7``, ``nearest q ...: 5 or 7``: the number of a key."""
    for number in re.findall(r"\d+", found["list"]):
        yield set_key(text, problem, found["key"], number)


def on_template(text: str, _problem: Problem, found: re.Match[str]) -> Iterator[str]:
    """Follow ``set height_u: 4 on shelf``: a key of a template."""
    tree = loaded(text)
    tree["templates"][found.group(3)][found.group(1)] = found.group(2)
    yield dumped(tree)


def remove(text: str, problem: Problem, _found: re.Match[str]) -> Iterator[str]:
    """Follow ``remove it`` and ``remove KEY``."""
    tree = loaded(text)
    steps = steps_of(tree, problem.path)
    held = at(tree, steps[:-1])
    del held[int(steps[-1]) if isinstance(held, list) else steps[-1]]
    yield dumped(tree)


def breakout(text: str, problem: Problem, found: re.Match[str]) -> Iterator[str]:
    """Follow the advice on a breakout: the links per cable, and the port."""
    tree = loaded(text)
    at(tree, steps_of(tree, problem.path))["links_per_cable"] = loaded(f"x: {found['n']}")["x"]
    tree["devices"][found["device"]]["ports"][found["port"]] = loaded(f"x: {found['value']}")["x"]
    yield dumped(tree)


def minimum(text: str, problem: Problem, found: re.Match[str]) -> Iterator[str]:
    """Follow ``the minimum is 1``."""
    yield put(text, at_mark(text, problem), found.group(1))


def interface(text: str, problem: Problem, found: re.Match[str]) -> Iterator[str]:
    """Follow ``media with interface dr: A, B``: the other end gets one of them."""
    for name in found.group(1).split(", "):
        tree = loaded(text)
        at(tree, steps_of(tree, problem.path))["b"] = name
        yield dumped(tree)


PROSE = re.compile(r'write the value out|write "key: value" lines|^quote ')
RULES: tuple[tuple[str, Follow], ...] = (
    (r"did you mean (.+)\?", nearest_name),
    (r"available: ([^.]+)$", nearest_name),
    (r"^remove (?:it|bandwidth)\b(?! from)|omit `on`", remove),
    (
        (
            r"write links_per_cable: (?P<n>.+?) and, among the ports of (?P<device>\w+), "
            r"(?P<port>\w+): (?P<value>\{.*\})"
        ),
        breakout,
    ),
    (r"set (\w+): (\S+) on (\w+)", on_template),
    (r"media with interface \w+: (.+)", interface),
    (r"media that run at [^:]+: (.+)", media),
    (r"levels above it: (.+)", other_level),
    (r"^(\w+): .*; one of (.+)$", described),
    (r"^(\w+): .*, such as (.+?)(?:;.*)?$", described),
    (r"^(?P<key>\w+): at most (?P<list>\d+)$", numbered_key),
    (r"^(?P<key>\w+): (?:one of )?(?P<list>\d+(?:, \d+)*)$", numbered_key),
    (r"^nearest (?P<key>\w+) that can be wired: (?P<list>\d+(?: or \d+)?)", numbered_key),
    (r"^at (?:most|least) (?P<list>\d+) (?P<key>groups)\b", numbered_key),
    (r"(?P<who>\w+) (?:is|are) numbered (?P<low>\d+) to (?P<high>\d+)", numbers),
    (r"select ports .*: \[([^\]]+)\]", free_ports),
    (r"the minimum is (\d+)", minimum),
    (r"^use spaces", no_tabs),
    (r"^use ((?:[GT]b/s|mm|m))(?: or ([GT]b/s|mm|m))?$", unit),
    (SNIPPET.pattern, snippets),
    (r'(?:write|name it after a dot|such as|starts with|like).*"[^"]*".*', write),
)
"""How a hint is recognised and followed; the first that matches counts."""
