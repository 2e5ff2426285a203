"""The record of one client as it is written down: every row sealed, and the standing kept beside it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from app.access.facts import Label
from app.data.sealing import Seal
from app.data.tables.appointment import Appointment
from app.data.tables.base import Table
from app.data.tables.care import Contact, Standing, Task
from app.data.tables.crisis_plan import CrisisEntry, CrisisPlan
from app.data.tables.goal import Comment, Goal, Step
from app.data.tables.message import Message, Thread, ThreadMember
from app.data.tables.resource import SavedResource
from app.demo.bulk import Sheet, new_id
from app.demo.people import ZONE, Place
from app.demo.words import GoalWords

HOME = ZoneInfo(ZONE)
Said = tuple[str, str, datetime]  # who's id, words, when
# What stands beside the words of an entry, by section, sealed as JSON.
DETAIL: dict[int, dict[str, Any]] = {
    1: {"kind": "others notice"},
    2: {"likelihood": 7, "in_the_way": "", "fallback": ""},
    3: {"ok_to_tell": False},
    4: {"best_way": "phone", "agreed_to_help": "yes"},
    5: {"after_hours": False},
    6: {"done": True},
}


@lru_cache(maxsize=50_000)
def at_home(day: date, minutes: int) -> datetime:
    """That many minutes after midnight in the organisation's zone, in UTC."""
    return datetime.combine(day, time(minutes // 60, minutes % 60), HOME).astimezone(UTC)


def at_work(now: datetime, days: float, minutes: int) -> datetime:
    """About that many days ago, on a working day and in working hours; minutes: 0 to 479, after nine."""
    day = (now - timedelta(days=days)).astimezone(HOME).date()
    at = at_home(day - timedelta(days=max(day.weekday() - 4, 0)), 9 * 60 + minutes // 5 * 5)
    return at if at <= now else at_work(now, days + 1, minutes)


def awake(at: datetime) -> datetime:
    """The same moment, or the evening before where that is in the night."""
    hour = at.astimezone(HOME).hour
    return at - timedelta(hours=hour + 3) if hour < 7 else at


def rising(said: Sequence[Said], limit: datetime) -> list[Said]:
    """Each at least a minute before the one after it, and none after the limit."""
    found: list[Said] = []
    for who, text, at in reversed(said):
        found.append((who, text, min(at, limit)))
        limit = found[-1][2] - timedelta(minutes=1)
    return found[::-1]


@dataclass(slots=True)
class Kept:
    """What the standing is made of, gathered while the rows are written."""

    contact: datetime | None = None
    mode: str = ""
    next_visit: datetime | None = None
    waiting: datetime | None = None
    unread: int = 0
    step_due: date | None = None
    crisis_due: date | None = None
    goals: list[tuple[int, str, int, int]] = field(default_factory=list)


def earliest(one: Any, other: Any) -> Any:
    return other if one is None else one if other is None else min(one, other)


class Record:
    """Each method writes one thing and returns its id."""

    def __init__(
        self,
        sheet: Sheet,
        client: str,
        called: str,
        language: str,
        place: Place,
        seal: Seal,
        rng: Random,
        now: datetime,
    ) -> None:
        self.sheet, self.client, self.language, self.place = sheet, client, language, place
        self.rng, self.now, self.today = rng, now, now.astimezone(HOME).date()
        self.lead = place.lead.id
        self.called = called
        self.kept = Kept()
        self.sealed = seal.seal_bytes
        self._names = (("{name}", called), ("{cm}", place.lead.called_name), ("{cl}", place.clinician.called_name))

    def said(self, text: str) -> str:
        if "{" in text:
            for name, value in self._names:
                text = text.replace(name, value)
        return text

    def add(self, table: type[Table], dated: datetime, author: str | None, texts: dict[str, str], **values: Any) -> str:
        id, name = new_id(self.rng), table._meta.tablename
        for column, text in texts.items():
            if text:
                values[column] = self.sealed(name, column, id, self.said(text).encode())  # type: ignore[arg-type]
        self.sheet.add(table, id=id, client=self.client, dated=dated, author=author, **values)
        return id

    def goal(
        self,
        words: GoalWords,
        position: int,
        *,
        done: int = 0,
        days: int = 60,
        due: int | None = None,
        lifecycle: str = "active",
        labels: int = 0,
        flags: int = 0,
        proposed_by: str | None = None,
    ) -> str:
        """days: since when. due: in how many days the first open step is to be done; the rest follow a week apart."""
        begun, total = self.now - timedelta(days=days), len(words.steps)
        done = total if lifecycle == "completed" else done
        achievement = "achieved" if lifecycle == "completed" else ("improving" if done else "in-progress")
        id = self.add(
            Goal,
            begun,
            proposed_by or self.client,
            {"title": words.title, "why": words.why, "measure": words.measure},
            domain=words.domain,
            lifecycle=lifecycle,
            achievement=achievement,
            position=position,
            steps_done=done,
            steps_total=total,
            target=self.today + timedelta(days=40 + 20 * position),
            proposed_by=proposed_by or self.client,
            ended_at=self.now - timedelta(days=3) if lifecycle == "completed" else None,
            labels=labels,
            flags=flags,
        )
        if lifecycle == "active":
            self.kept.goals.append((position, id, done, total))
        for number, step in enumerate(words.steps):
            self._step(id, number, step, begun, days, done, due if lifecycle == "active" else None, labels, flags)
        return id

    def _step(
        self,
        goal: str,
        number: int,
        step: tuple[str, str, str],
        begun: datetime,
        days: int,
        done: int,
        due: int | None,
        labels: int,
        flags: int,
    ) -> None:
        owner, text, hint = step
        ticked = begun + timedelta(days=days * (number + 1) / (done + 1)) if number < done else None
        when = None
        if ticked is None and due is not None:
            when = self.today + timedelta(days=due + 7 * (number - done))
            self.kept.step_due = earliest(self.kept.step_due, when)
        self.add(
            Step,
            begun,
            self.lead,
            {"text": text, "hint": hint},
            goal=goal,
            owner=owner,
            position=number,
            due=when,
            done_at=ticked,
            done_by=(self.client if owner == "client" else self.lead) if ticked else None,
            labels=labels,
            flags=flags,
        )

    def comment(self, goal: str, author: str, text: str, dated: datetime, labels: int = 0, flags: int = 0) -> None:
        self.add(Comment, dated, author, {"text": text}, goal=goal, labels=labels, flags=flags)

    def visit(
        self,
        starts_at: datetime,
        staff: str | None,
        *,
        state: str = "booked",
        kind: str = "case_management",
        mode: str = "in_person",
        minutes: int = 45,
        way: str = "",
        confirmed: bool = False,
        move: str = "",
        labels: int = 0,
        flags: int = 0,
        ride: bool = False,
    ) -> str:
        if state in ("booked", "arrived"):
            self.kept.next_visit = earliest(self.kept.next_visit, starts_at)
        asked = self.now - timedelta(hours=5) if move and state == "booked" else None
        place = {"en": "Harbor Street Center, Room 4", "es": "Harbor Street Center"}[self.language]
        return self.add(
            Appointment,
            starts_at,
            self.client if state == "proposed" else staff,
            {"way": way, "move_reason": move},
            starts_at=starts_at,
            staff=staff,
            state=state,
            kind=kind,
            safe_label={"en": "Visit", "es": "Visita"}[self.language],
            mode=mode,
            minutes=minutes,
            place=place if mode == "in_person" else "",
            confirmed_at=self.now - timedelta(hours=20) if confirmed else None,
            move_asked_at=asked,
            labels=labels,
            flags=flags,
            ride=ride,
        )

    def thread(
        self,
        kind: str,
        subject: str,
        said: Sequence[Said],
        staff: frozenset[str],
        members: Sequence[str] = (),
        *,
        read: dict[str, datetime] | None = None,
        labels: int = 0,
        flags: int = 0,
    ) -> str:
        """said: oldest first. members: the client and the people they chose who are in it. read: who has seen it up to when."""
        said = rising(said, self.now)
        labels |= int(Label.STAFF_ONLY) if kind == "team" else 0
        first, last = said[0][2], said[-1][2]
        waiting: list[datetime] = []
        for author, _, at in said:
            waiting = [] if author in staff else [*waiting, at]
        if kind != "team" and waiting:
            self.kept.waiting = earliest(self.kept.waiting, waiting[0])
            self.kept.unread += len(waiting)
        thread = self.add(
            Thread,
            first,
            said[0][0],
            {"subject": subject},
            kind=kind,
            last_at=last,
            waiting_since=waiting[0] if waiting and kind != "team" else None,
            assigned_to=self.lead,
            labels=labels,
            flags=flags,
        )
        seen = {self.lead: last - timedelta(seconds=1) if waiting else last} | (read or {})
        for person in dict.fromkeys((*members, *seen)):
            joined = first if person in members else None
            self.sheet.add(
                ThreadMember,
                id=new_id(self.rng),
                thread=thread,
                person=person,
                joined_at=joined,
                read_at=seen.get(person, last),
            )
        for author, text, at in said:
            self.add(
                Message,
                at,
                author,
                {"text": text},
                thread=thread,
                from_staff=author in staff,
                language="en" if kind == "team" else self.language,
                labels=labels,
                flags=flags,
            )
        return thread

    def contact(
        self, at: datetime, mode: str, text: str, *, reached: bool = True, minutes: int = 20, labels: int = 0
    ) -> None:
        if reached and (self.kept.contact is None or at > self.kept.contact):
            self.kept.contact, self.kept.mode = at, mode
        self.add(
            Contact,
            at,
            self.lead,
            {"text": text},
            mode=mode,
            reached=reached,
            minutes=minutes if reached else 0,
            entered_at=at + timedelta(minutes=minutes + 4),
            labels=labels,
        )

    def task(self, title: str, due: int, state: str = "accepted", labels: int = 0, owner: str | None = None) -> None:
        made = self.now - timedelta(days=6)
        done = self.now - timedelta(days=1) if state == "completed" else None
        self.add(
            Task,
            made,
            owner or self.lead,
            {"title": title},
            owner=owner or self.lead,
            state=state,
            due=self.today + timedelta(days=due),
            done_at=done,
            labels=labels,
        )

    def crisis_plan(
        self, entries: Sequence[tuple[int, str, str | None]], *, number: int = 1, state: str = "active", days: int = 30
    ) -> str:
        """entries: section, words, whom it names. days: since when it is in use; it is looked at again after ninety."""
        begun = self.now - timedelta(days=days)
        due = begun.astimezone(HOME).date() + timedelta(days=90)
        used = state != "draft"
        if state == "active":
            self.kept.crisis_due = due
        plan = self.add(
            CrisisPlan,
            begun,
            self.client,
            {},
            number=number,
            state=state,
            language=self.language,
            activated_at=begun if used else None,
            activated_by=self.client if used else None,
            review_due=due if used else None,
            contacts_checked_at=begun if used else None,
            acknowledged="signed" if used else "",
        )
        places: dict[int, int] = {}
        for section, text, about in entries:
            position = places[section] = places.get(section, -1) + 1
            detail = json.dumps(DETAIL[section]) if section in DETAIL else ""
            self.add(
                CrisisEntry,
                begun,
                self.client,
                {"text": text, "detail": detail},
                plan=plan,
                section=section,
                section_bit=1 << section,
                position=position,
                about=about,
            )
        return plan

    def saved(self, service: str, days: int, note: str = "") -> None:
        """note: what the case manager wrote with it; without one the client found it."""
        at = self.now - timedelta(days=days)
        self.add(
            SavedResource,
            at,
            self.lead if note else self.client,
            {"note": note},
            service=service,
            saved_at=at,
            recommended_by=self.lead if note else None,
            recommended_at=at if note else None,
        )

    def standing(self, review_due: date | None) -> None:
        kept = self.kept
        goal = min(kept.goals, default=None)
        self.sheet.add(
            Standing,
            id=self.client,
            last_contact_at=kept.contact,
            last_contact_mode=kept.mode,
            next_visit_at=kept.next_visit,
            waiting_since=kept.waiting,
            unread=kept.unread,
            step_due=kept.step_due,
            review_due=review_due,
            crisis_review_due=kept.crisis_due,
            goal=goal[1] if goal else None,
            steps_done=goal[2] if goal else 0,
            steps_total=goal[3] if goal else 0,
        )
