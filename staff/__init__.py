"""What staff see and do."""

from typing import Any

from app.config import Config


def routes(config: Config) -> list[Any]:
    """Every page of the staff side."""
    modules: list[Any] = []
    return [route for module in modules for route in module.ROUTES]
