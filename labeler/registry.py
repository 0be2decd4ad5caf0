"""Named extensions, filled through entry points; the built-ins come in by the same door."""

from collections.abc import Iterator
from importlib.metadata import EntryPoint, entry_points
from typing import Generic, TypeVar, cast

from labeler.errors import Conflict, NotFound

T = TypeVar("T")


class Registry(Generic[T]):
    """The extensions of one kind by name; each is loaded when first asked for.

    `group` is the entry-point group (`labeler.exporters`), `kind` the word for people ("exporter").
    """

    def __init__(self, group: str, kind: str) -> None:
        self.group = group
        self.kind = kind
        self._loaded: dict[str, T] = {}
        self._points: dict[str, EntryPoint] | None = None

    def add(self, name: str, extension: T) -> T:
        """Register an extension by hand; raises Conflict when the name is taken."""
        if name in self.names():
            raise Conflict(f"There is already an {self.kind} named {name!r}.")
        self._loaded[name] = extension
        return extension

    def names(self) -> list[str]:
        """Return the names of all extensions, sorted."""
        return sorted({*self._discover(), *self._loaded})

    def __getitem__(self, name: str) -> T:
        if name not in self._loaded:
            point = self._discover().get(name)
            if point is None:
                known = ", ".join(self.names()) or "none"
                raise NotFound(f"There is no {self.kind} named {name!r}. Known: {known}.")
            self._loaded[name] = cast(T, point.load())
        return self._loaded[name]

    def __contains__(self, name: object) -> bool:
        return name in self.names()

    def __iter__(self) -> Iterator[T]:
        return (self[name] for name in self.names())

    def _discover(self) -> dict[str, EntryPoint]:
        if self._points is None:
            found: dict[str, EntryPoint] = {}
            for point in entry_points(group=self.group):
                if found.setdefault(point.name, point).value != point.value:
                    other = found[point.name].value
                    raise Conflict(
                        f"Two packages offer an {self.kind} named {point.name!r}: "
                        f"{other} and {point.value}. Uninstall one of them."
                    )
            self._points = found
        return self._points
