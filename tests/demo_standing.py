"""The standing of every client of a database, from nothing but the rows."""

from collections import defaultdict
from datetime import datetime
from typing import Any
from uuid import UUID

from app.data.tables.appointment import Appointment
from app.data.tables.care import Client, Contact, EpisodeOfCare
from app.data.tables.crisis_plan import CrisisPlan
from app.data.tables.goal import Goal, Step
from app.data.tables.message import Message


async def recomputed() -> dict[UUID, dict[str, Any]]:
    found: dict[UUID, dict[str, Any]] = {}
    contacts, booked, plans, dues = by_client(), by_client(), by_client(), by_client()
    for row in await Contact.select().where(Contact.reached.eq(True)).order_by(Contact.dated):
        contacts[row["client"]].append(row)
    for row in await Appointment.select().where(Appointment.state.is_in(["booked", "arrived"])):
        booked[row["client"]].append(row["starts_at"])
    for row in await CrisisPlan.select().where(CrisisPlan.state == "active"):
        plans[row["client"]].append(row["review_due"])
    active = {row["id"]: row for row in await Goal.select().where(Goal.lifecycle == "active")}
    firsts: dict[UUID, dict[str, Any]] = {}
    for row in sorted(active.values(), key=lambda row: (row["position"], str(row["id"]))):
        firsts.setdefault(row["client"], row)
    for row in await Step.select().where(Step.done_at.is_null(), Step.dropped.eq(False)):
        if row["due"] and row["goal"] in active:
            dues[row["client"]].append(row["due"])
    waiting = await unanswered()
    reviews = {
        e["client"]: e["review_due"] for e in await EpisodeOfCare.select().where(EpisodeOfCare.state == "active")
    }
    for client in await Client.select(Client.id):
        id = client["id"]
        last, first = (contacts[id] or [None])[-1], firsts.get(id)
        found[id] = {
            "last_contact_at": last["dated"] if last else None,
            "last_contact_mode": last["mode"] if last else "",
            "next_visit_at": min(booked[id], default=None),
            "waiting_since": min((at for times in waiting[id].values() for at in times), default=None),
            "unread": sum(len(times) for times in waiting[id].values()),
            "step_due": min(dues[id], default=None),
            "review_due": reviews[id],
            "crisis_review_due": max(plans[id], default=None),
            "goal": first["id"] if first else None,
            "steps_done": first["steps_done"] if first else 0,
            "steps_total": first["steps_total"] if first else 0,
        }
    return found


def by_client() -> dict[UUID, list[Any]]:
    return defaultdict(list)


async def unanswered() -> dict[UUID, dict[UUID, list[datetime]]]:
    """By client and thread: the messages after the last one from staff."""
    found: dict[UUID, dict[UUID, list[datetime]]] = defaultdict(dict)
    for row in await Message.select().order_by(Message.dated):
        times = found[row["client"]].setdefault(row["thread"], [])
        times.clear() if row["from_staff"] else times.append(row["dated"])
    return found
