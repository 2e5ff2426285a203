"""Where pages live: under the person they are about."""

OWN = "/me"
SHARED = "/with/{relationship:uuid}"
PREVIEW = "/me/sharing/{preview:uuid}/as"
CLIENT = "/staff/clients/{client:uuid}"


def shared(path: str) -> list[str]:
    """One handler for the client's own page and for the same page as a supporter may see it."""
    return [OWN + path, SHARED + path]


def seen(path: str) -> list[str]:
    """A page that is looked at: also as the client sees it with the eyes of one of their people."""
    return [*shared(path), PREVIEW + path]


def of_client(path: str) -> str:
    return CLIENT + path
