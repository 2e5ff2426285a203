"""What the client and the people they let in see and do."""

from typing import Any

from app.config import Config


def routes(config: Config) -> list[Any]:
    """Every page of the portal; those of the demo only where the sample organisation is served."""
    from portal import (
        address,
        again,
        appointment,
        crisis,
        crisis_plan,
        demo,
        device,
        emergency,
        forgot,
        front,
        gallery,
        goal,
        join,
        message,
        more,
        recover,
        resource,
        security,
        sharing,
        sign_in,
        telling,
        today,
    )

    pages = [
        address,
        again,
        appointment,
        crisis,
        crisis_plan,
        device,
        emergency,
        forgot,
        front,
        goal,
        join,
        message,
        more,
        recover,
        resource,
        security,
        sharing,
        sign_in,
        telling,
        today,
    ]
    return [route for module in pages + ([demo, gallery] if config.demo else []) for route in module.ROUTES]
