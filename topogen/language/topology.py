"""The topology language as models: a whole file, checked key by key, with exact values.

Field names are the keys of the file. ``catalog`` and ``scenarios`` are laid and applied before (``parse``).
"""

from collections.abc import Mapping
from typing import Annotated, Literal, Self, get_args

from pydantic import AfterValidator, Field, model_validator

from topogen.language.device import CageSpec, DeviceSpec, PortSpec, SlotSpec, TemplateSpec
from topogen.language.expect import ExpectSpec, Quoted, QuotedSpec
from topogen.language.fabric import FabricSpec, LeafSpec
from topogen.language.fields import (
    Entries,
    FileName,
    Length,
    Name,
    Network,
    OneSelector,
    Reads,
    Selectors,
    Strict,
    Text,
    condition,
    one_of,
    shape,
)
from topogen.language.layout import LayoutSpec, SlackSpec, TraySpec
from topogen.language.link import LinkSpec, MediumRef
from topogen.units import Condition, ReadError

__all__ = [
    "CageSpec",
    "ChoiceSpec",
    "DeviceSpec",
    "ExpectSpec",
    "FabricSpec",
    "LayoutSpec",
    "LeafSpec",
    "LinkSpec",
    "MediumRef",
    "OverrideSpec",
    "PhaseSpec",
    "PolicySpec",
    "PortSpec",
    "Quoted",
    "QuotedSpec",
    "RuleSpec",
    "SlackSpec",
    "SlotSpec",
    "TemplateSpec",
    "TopologySpec",
    "TraySpec",
]

StatusWord = Literal["shipping", "announced", "reported", "what-if"]


# Choices, exceptions, dates


class RuleSpec(Strict):
    """One line of a policy: when its conditions hold, ``use`` this medium."""

    use: Name
    length: Annotated[Condition | None, condition("m")] = None
    lane_rate: Annotated[Condition | None, condition("Gb/s")] = None
    same: Name | None = None
    network: Network | None = None


def _some(names: tuple[str, ...]) -> tuple[str, ...]:
    if not names:
        raise ReadError("E642", "there is nothing to choose among", 'name media: "among: [dac, aec, dr]"')
    return names


class ChoiceSpec(Strict):
    """A policy that picks among media that reach."""

    choose: Annotated[str, one_of(("cheapest", "lowest_power", "lowest_content", "preferred"))]
    among: Annotated[tuple[Name, ...], AfterValidator(_some)]


class PolicySpec(Strict):
    """An ordered list of rules, or one choice; exactly one of both is there."""

    rules: tuple[RuleSpec, ...] = ()
    choice: ChoiceSpec | None = None

    @model_validator(mode="before")
    @classmethod
    def _list_or_map(cls, value: object) -> object:
        if isinstance(value, list | tuple):
            return {"rules": value}
        if not isinstance(value, Mapping):
            hint = "write [{length: at most 1 m, use: dac}, {use: dr}]"
            raise ReadError("E642", f"a list of rules is needed here, not {shape(value)}", hint)
        return {"choice": value}


class OverrideSpec(Strict):
    """An exception for some links, with its reason."""

    links: Text
    reason: Text
    at: OneSelector | None = None
    between: tuple[OneSelector, OneSelector] | None = None
    medium: Name | None = None
    length: Length | None = None


class PhaseSpec(Strict):
    """Places that are needed by a date."""

    at: Selectors
    need_by: Text


# The file


def _read_version(text: str) -> int:
    if text != "1":
        raise ReadError("E646", f'language version "{text}" is not known', "this topogen reads topogen: 1")
    return 1


class TopologySpec(Strict):
    """A topology file with its includes, one scenario applied."""

    topogen: Annotated[int, Reads(_read_version, {"const": 1})]
    name: FileName
    title: Text | None = None
    status: Annotated[StatusWord | None, one_of(get_args(StatusWord))] = None
    sources: tuple[Text, ...] = ()
    include: tuple[Text, ...] = ()
    devices: dict[Name, DeviceSpec] = Field(default_factory=dict)
    templates: dict[Name, TemplateSpec] = Field(default_factory=dict)
    instances: Entries = ()
    links: dict[Name, LinkSpec] = Field(default_factory=dict)
    fabrics: dict[Name, FabricSpec] = Field(default_factory=dict)
    layout: LayoutSpec | None = None
    policies: dict[Name, PolicySpec] = Field(default_factory=dict)
    overrides: tuple[OverrideSpec, ...] = ()
    phases: dict[Text, PhaseSpec] = Field(default_factory=dict)
    expect: ExpectSpec = ExpectSpec()
    quoted: QuotedSpec = QuotedSpec()

    @model_validator(mode="after")
    def _something_to_build(self) -> Self:
        if not self.instances and not self.fabrics:
            raise ReadError(
                "E647", "there is nothing to build", 'add "instances", such as "instances: {r1: nvl72}"'
            )
        return self
