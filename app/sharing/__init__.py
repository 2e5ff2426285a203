"""Sharing: the client decides who takes part, in what and until when, and sees who looked."""

from app.sharing.circle import Circle, circle
from app.sharing.consents import (
    Held,
    NotAsRead,
    block,
    draft,
    end,
    held_until,
    leave,
    narrow,
    new_person,
    pause,
    remove,
    resume,
    sign,
    stop,
    unblock,
)
from app.sharing.looks import Look, looks, looks_of
from app.sharing.people import Chosen, Member, Offer, chosen, offer, people, received, signed, team
from app.sharing.scope import LONGEST, OFFERED, SENSITIVE, Scope
from app.sharing.wording import digest

__all__ = [
    "LONGEST", "OFFERED", "SENSITIVE", "Chosen", "Circle", "Held", "Look", "Member", "NotAsRead", "Offer", "Scope", "block",
    "chosen", "circle", "digest", "draft", "end", "held_until", "leave", "looks", "looks_of", "narrow", "new_person", "offer",
    "pause", "people", "received", "remove", "resume", "sign", "signed", "stop", "team", "unblock",
]  # fmt: skip
