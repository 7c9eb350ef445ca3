"""An attribute worked out at its first use, at half the price of `functools.cached_property`."""

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

Value = TypeVar("Value")


class lazy(Generic[Value]):
    """Stores the method's value under its own name, where Python finds it the next time.

    Without the lock that Python 3.11 takes: of pure functions, two threads may work out the same value twice.
    """

    def __init__(self, method: Callable[[Any], Value]) -> None:
        self.method = method
        self.name = method.__name__
        self.__doc__ = method.__doc__

    @overload
    def __get__(self, owner: None, kind: type) -> Self: ...
    @overload
    def __get__(self, owner: object, kind: type) -> Value: ...
    def __get__(self, owner: object | None, kind: type) -> Self | Value:
        if owner is None:
            return self
        value = self.method(owner)
        owner.__dict__[self.name] = value
        return value
