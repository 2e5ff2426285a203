"""The crisis lines as the administrator sets them, for each language: whom anybody can reach at once, without signing in."""

import json
from dataclasses import asdict
from datetime import datetime

from app.access import Role, Viewer
from app.access.log import Event, append
from app.data.piccolo_conf import DB
from app.data.tables.people import Organisation
from app.errors import Refused
from app.organisation import Help, forget, organisation


async def keep(viewer: Viewer, code: str, help: Help | None, *, now: datetime) -> None:
    """Set what readers of one language see, from now on. None: what is shown when nothing was set."""
    if viewer.role is not Role.ADMIN or not viewer.enabled:
        raise Refused
    async with DB.transaction():
        forget()
        about = await organisation()
        kept = {name: asdict(one) for name, one in about.help.items() if name != code}
        kept |= {code: asdict(help)} if help else {}
        await Organisation.update({Organisation.lines: json.dumps(kept)}).where(Organisation.id == about.id)
        await append([Event("crisis-lines-changed", actor=viewer.person, reason=code, at=now)])
    forget()
