"""A ``dataclass`` decorator that defines a class in a third of the time: a command defines over a hundred.

The standard decorator of Python 3.11 compiles up to six functions for each class. This one compiles
``__init__`` alone; the others are shared, for they do the same in every class. Options and results are those
of the standard one, and type checkers take it for that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from dataclasses import MISSING, FrozenInstanceError, fields
    from dataclasses import dataclass as standard_dataclass
    from operator import attrgetter

    class _Factory:
        """What signatures show as the default of a field that has a ``default_factory``."""

        def __repr__(self):
            return "<factory>"

    FACTORY = _Factory()

    def dataclass(cls=None, /, *, frozen=False, eq=True, slots=False):
        """Return the class as a dataclass."""
        if cls is None:
            return lambda cls: dataclass(cls, frozen=frozen, eq=eq, slots=slots)
        cls = standard_dataclass(init=False, repr=False, eq=False, slots=slots)(cls)
        cls.__init__ = _initializer(cls, frozen=frozen)
        _keep_own(cls, __repr__=_repr)
        if eq:
            _add_equality(cls, hashable=frozen)
        if frozen:
            cls.__setattr__, cls.__delattr__ = _refuse_assignment, _refuse_deletion
            cls.__dataclass_params__.frozen = True
        if frozen and slots:
            cls.__getstate__, cls.__setstate__ = _state, _take_state
        return cls

    def _initializer(cls, *, frozen):
        """Return ``__init__``; in a frozen class it goes past the ``__setattr__`` that refuses."""
        line = " assign(self, {0!r}, {1})" if frozen else " self.{0} = {1}"
        known = {"assign": object.__setattr__, "FACTORY": FACTORY}
        parameters, lines = ["self"], []
        for field in fields(cls):
            name = value = field.name
            if field.default_factory is not MISSING:
                known[f"make_{name}"] = field.default_factory
                value = f"make_{name}() if {name} is FACTORY else {name}"
                parameters.append(f"{name}=FACTORY")
            elif field.default is not MISSING:
                known[f"default_{name}"] = field.default
                parameters.append(f"{name}=default_{name}")
            else:
                parameters.append(name)
            lines.append(line.format(name, value))
        exec("\n".join((f"def __init__({', '.join(parameters)}):", *lines)), known)  # noqa: S102 - as the standard decorator does
        made = known["__init__"]
        made.__module__, made.__qualname__ = cls.__module__, f"{cls.__qualname__}.__init__"
        made.__annotations__ = {field.name: field.type for field in fields(cls)} | {"return": None}
        return made

    def _add_equality(cls, *, hashable):
        """Give the class equality and, where its instances never change, a hash, both of all fields."""
        names = [field.name for field in fields(cls)]
        values = (
            attrgetter(*names) if len(names) > 1 else lambda one: tuple(getattr(one, name) for name in names)
        )

        def equal(self, other):
            if other.__class__ is self.__class__:
                return values(self) == values(other)
            return NotImplemented

        def hash_of_values(self):
            return hash(values(self))

        _keep_own(cls, __eq__=equal)
        cls.__hash__ = hash_of_values if hashable else None

    def _keep_own(cls, **methods):
        """Give the class methods that it does not define itself."""
        for name, method in methods.items():
            if name not in cls.__dict__:
                setattr(cls, name, method)

    def _repr(self):
        shown = (f"{field.name}={getattr(self, field.name)!r}" for field in fields(self) if field.repr)
        return f"{self.__class__.__qualname__}({', '.join(shown)})"

    def _refuse_assignment(_self, name, _value):
        message = f"cannot assign to field {name!r}"
        raise FrozenInstanceError(message)

    def _refuse_deletion(_self, name):
        message = f"cannot delete field {name!r}"
        raise FrozenInstanceError(message)

    def _state(self):
        return [getattr(self, field.name) for field in fields(self)]

    def _take_state(self, state):
        for field, value in zip(fields(self), state, strict=True):
            object.__setattr__(self, field.name, value)
