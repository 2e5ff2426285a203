"""What the client and the people they let in see and do."""

from typing import Any

from app.config import Config


def routes(config: Config) -> list[Any]:
    """Every page of the portal; those of the demo only where the sample organisation is served."""
    from portal import crisis, demo, device, gallery, goal, resource, sign_in

    pages = [crisis, device, goal, resource, sign_in]
    return [route for module in pages + ([demo, gallery] if config.demo else []) for route in module.ROUTES]
