"""Where pages live: under the person they are about."""

OWN = "/me"
SHARED = "/with/{relationship:uuid}"
CLIENT = "/staff/clients/{client:uuid}"


def shared(path: str) -> list[str]:
    """One handler for the client's own page and for the same page as a supporter may see it."""
    return [OWN + path, SHARED + path]


def of_client(path: str) -> str:
    return CLIENT + path
