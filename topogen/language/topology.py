"""The topology language as models: a whole file, checked key by key, with exact values.

Field names are the keys of the file. ``catalog`` and ``scenarios`` are handled earlier, by ``parse``.
"""

from collections.abc import Mapping
from typing import Annotated, Literal, Self, get_args

from pydantic import AfterValidator, Field, model_validator

from topogen.conditions import Condition
from topogen.language.claims import ClaimSpec
from topogen.language.device import CageSpec, DeviceSpec, PortSpec, SlotSpec, TemplateSpec
from topogen.language.expect import ExpectSpec, Quoted, QuotedSpec
from topogen.language.fabric import FabricSpec
from topogen.language.fields import (
    Day,
    Entries,
    FileName,
    Length,
    Name,
    Network,
    OneSelector,
    Reads,
    Strict,
    Text,
    condition,
    one_of,
    shape,
)
from topogen.language.layout import LayoutSpec, SlackSpec, TraySpec
from topogen.language.link import LinkSpec, Medium, MediumRef
from topogen.language.names import NamesSpec
from topogen.language.patch import PatchPanelSpec
from topogen.units import ReadError

__all__ = [
    "CageSpec",
    "ChoiceSpec",
    "ClaimSpec",
    "DeviceSpec",
    "ExpectSpec",
    "FabricSpec",
    "LayoutSpec",
    "LinkSpec",
    "MediumRef",
    "NamesSpec",
    "OverrideSpec",
    "PatchPanelSpec",
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

PortsWord = Literal["kept", "free"]
StatusWord = Literal["shipping", "announced", "reported", "what-if"]


# Choices, exceptions, dates


class RuleSpec(Strict):
    """One rule of a policy: if its conditions hold, ``use`` this medium."""

    use: Name
    """medium to use"""
    length: Annotated[Condition | None, condition("m")] = None
    """condition on the link length"""
    lane_rate: Annotated[Condition | None, condition("Gb/s")] = None
    """condition on the lane rate"""
    same: Name | None = None
    """level: both ends are in the same place of it"""
    network: Network | None = None
    """network of the link"""


def _some(names: tuple[str, ...]) -> tuple[str, ...]:
    if not names:
        raise ReadError(
            "E642", "the list of media is empty", 'list media to choose from, such as "among: [dac, aec, dr]"'
        )
    return names


class ChoiceSpec(Strict):
    """A policy that picks the best of the media that reach."""

    choose: Annotated[str, one_of(("cheapest", "lowest_power", "lowest_content", "preferred"))]
    """criterion for the choice"""
    among: Annotated[tuple[Name, ...], AfterValidator(_some)]
    """media to choose from, if they reach"""


class PolicySpec(Strict):
    """An ordered list of rules, or one choice; never both."""

    rules: tuple[RuleSpec, ...] = ()
    """rules in order; the first match applies"""
    choice: ChoiceSpec | None = None
    """choice by cost, power or preference among the media that reach"""

    @model_validator(mode="before")
    @classmethod
    def _list_or_map(cls, value: object) -> object:
        if isinstance(value, list | tuple):
            return {"rules": value}
        if not isinstance(value, Mapping):
            hint = "write it like [{length: at most 1 m, use: dac}, {use: dr}]"
            raise ReadError("E642", f"expected a list of rules or a choice, not {shape(value)}", hint)
        return {"choice": value}


class OverrideSpec(Strict):
    """An exception for some links, with its reason."""

    links: Text
    """link group"""
    reason: Text
    """why the exception is made"""
    at: OneSelector | None = None
    """selector that one end must match"""
    between: tuple[OneSelector, OneSelector] | None = None
    """selectors of both ends"""
    medium: Medium | None = None
    """medium to use, `{a: ..., b: ...}` of the link group if the ends differ"""
    length: Length | None = None
    """length to use"""


class PhaseSpec(Strict):
    """A phase of the installation, besides the values that its design differs in from that of the file."""

    need_by: Day
    """day by which its parts must be delivered; each phase has a later one"""
    ports: Annotated[PortsWord, one_of(get_args(PortsWord))] = "kept"
    """whether cables of the phase before keep their ports, where they can, or `free`: all are wired anew"""
    about: Text | None = None
    """what the phase is for"""


# The file


def _read_version(text: str) -> int:
    if text != "1":
        raise ReadError("E646", f'language version "{text}" is not supported', 'write "topogen: 1"')
    return 1


class TopologySpec(Strict):
    """A topology file with its includes, one scenario applied."""

    topogen: Annotated[int, Reads(_read_version, {"const": 1})]
    """version of the topology language: 1"""
    name: FileName
    """name of the fabric"""
    title: Text | None = None
    """one-line description"""
    status: Annotated[StatusWord | None, one_of(get_args(StatusWord))] = None
    """whether the product can be bought; `what-if` marks a hypothetical fabric"""
    sources: tuple[Text, ...] = ()
    """where the figures come from"""
    include: tuple[Text, ...] = ()
    """files whose devices, templates, links, policies and catalog are added"""
    devices: dict[Name, DeviceSpec] = Field(default_factory=dict)
    """device types, which have ports"""
    templates: dict[Name, TemplateSpec] = Field(default_factory=dict)
    """place types, which contain devices and other places"""
    instances: Entries = ()
    """what to build: `TYPE: COUNT` or `NAME[RANGE]: TYPE`"""
    links: dict[Name, LinkSpec] = Field(default_factory=dict)
    """link groups: which ports are linked, by which pattern and medium"""
    fabrics: dict[Name, FabricSpec] = Field(default_factory=dict)
    """generators that create switches and link groups"""
    attach: dict[Name, Name] = Field(default_factory=dict)
    """devices that belong to a device of the same place, `nic: gpu`, for paths from GPU to GPU; not a link"""
    names: NamesSpec | None = None
    """names as the site has them, for schedules, labels and drawings"""
    layout: LayoutSpec | None = None
    """positions of the racks and routes of the cables"""
    patch_panels: dict[Name, PatchPanelSpec] = Field(default_factory=dict)
    """patch panels that links pass `through`: links become cord, trunk and cord"""
    policies: dict[Name, PolicySpec] = Field(default_factory=dict)
    """rules that choose a medium for each link"""
    overrides: tuple[OverrideSpec, ...] = ()
    """exceptions for some links, each with a reason"""
    need_by: Day | None = None
    """day by which all of it must be delivered, for the order"""
    phases: dict[Text, PhaseSpec] = Field(default_factory=dict)
    """phases of the installation in their order: each a day, and values of the file that differ after it"""
    expect: ExpectSpec = Field(default_factory=ExpectSpec.model_construct)
    """expected figures, checked at every build"""
    quoted: QuotedSpec = Field(default_factory=QuotedSpec.model_construct)
    """published figures, shown next to the computed ones and never failing a build"""
    claims: dict[FileName, ClaimSpec] = Field(default_factory=dict)
    """published statements, each with the quantity that answers it, for `topogen claims`"""

    @model_validator(mode="after")
    def _something_to_build(self) -> Self:
        if not self.instances and not self.fabrics:
            raise ReadError(
                "E647", "there is nothing to build", 'add "instances", such as "instances: {r1: nvl72}"'
            )
        return self
