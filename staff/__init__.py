"""What staff see and do."""

from typing import Any

from app.config import Config


def routes(config: Config) -> list[Any]:
    from staff import resource

    return [route for module in (resource,) for route in module.ROUTES]
