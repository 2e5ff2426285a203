"""A link to hand over: its address, and the same as a picture for a phone's camera."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import segno
from litestar import Request

from app.identity.invitations import VALID


@dataclass(frozen=True, slots=True)
class Link:
    """picture: a data: address."""

    url: str
    picture: str
    until: datetime


def invitation_link(request: Request[Any, Any, Any], token: str) -> Link:
    url = f"{request.app.state.config.origin}/join/{token}"
    picture = segno.make(url, error="m").svg_data_uri(scale=6, border=2, dark="#142327", light="#ffffff")
    return Link(url, picture, datetime.now(UTC) + VALID)
