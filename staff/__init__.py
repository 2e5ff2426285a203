"""What staff see and do."""

from typing import Any

from app.config import Config


def routes(config: Config) -> list[Any]:
    """Every page of the staff side."""
    from staff import (
        admin,
        appointment,
        caseload,
        cover,
        crisis_lines,
        crisis_plan,
        emergency,
        goal,
        invitation,
        mail,
        message,
        record,
        recovery,
        resource,
        sharing,
        supervision,
        team,
        telling,
    )

    modules = [
        admin,
        appointment,
        caseload,
        cover,
        crisis_lines,
        crisis_plan,
        emergency,
        goal,
        invitation,
        mail,
        message,
        record,
        recovery,
        resource,
        sharing,
        supervision,
        team,
        telling,
    ]
    return [route for module in modules for route in module.ROUTES]
