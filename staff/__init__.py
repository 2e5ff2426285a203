"""What staff see and do."""

from importlib import import_module
from typing import Any

from app.config import Config

PAGES = (
    "admin", "appointment", "caseload", "cover", "crisis_lines", "crisis_plan", "emergency", "goal", "invitation",
    "mail", "message", "record", "recovery", "resource", "sharing", "supervision", "team", "telling",
)  # fmt: skip


def routes(config: Config) -> list[Any]:
    """Every page of the staff side."""
    return [route for name in PAGES for route in import_module(f"staff.{name}").ROUTES]
