"""Tables of words written as text, so that long ones stay readable."""


def words(table: str) -> frozenset[str]:
    """Return the words of a table that is split on white space."""
    return frozenset(table.split())


def phrases(table: str) -> tuple[str, ...]:
    """Return the phrases of a table that is split on commas and line ends."""
    return tuple(phrase for line in table.splitlines() for phrase in _split(line))


def _split(line: str) -> list[str]:
    return [phrase.strip() for phrase in line.split(",") if phrase.strip()]
