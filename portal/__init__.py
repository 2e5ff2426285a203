"""What the client and the people they let in see and do."""

from importlib import import_module
from typing import Any

from app.config import Config

PAGES = (
    "address", "again", "appointment", "crisis", "crisis_plan", "device", "emergency", "forgot", "front", "goal",
    "join", "message", "more", "recover", "resource", "security", "sharing", "sign_in", "telling", "today",
)  # fmt: skip
# Only where the sample organisation is served.
OF_THE_DEMO = ("demo", "gallery")


def routes(config: Config) -> list[Any]:
    """Every page of the portal."""
    names = PAGES + OF_THE_DEMO if config.demo else PAGES
    return [route for name in names for route in import_module(f"portal.{name}").ROUTES]
