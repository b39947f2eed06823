"""What columns of several apps have in common."""


def choices(codes: tuple[str, ...]) -> list[tuple[str, str]]:
    """A closed list of codes as Django wants it; their words are elsewhere, in the reader's language."""
    return [(code, code) for code in codes]
