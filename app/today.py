"""The first page: the next visit, one small step, the newest message. Few hops, and the same number however much there is."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.access import Access, Category, Listing
from app.appointment import NEXT_ONE, Visit, since, visit_of
from app.data.engine import Row
from app.language import local, today
from app.sharing import Circle, circle

GOALS = Listing(
    "goal",
    Category.GOALS,
    """SELECT t.id, t.title, t.position FROM goal t WHERE t.client = {client} AND {reach} AND t.lifecycle = 'active'
        ORDER BY t.position, t.id LIMIT 100""",
)
# No text is opened here but of the few steps that are shown.
STEPS = Listing(
    "step",
    Category.GOALS,
    """SELECT t.id, t.goal, t.text, t.hint, t.owner, t.due, t.done_at FROM step t JOIN goal g ON g.id = t.goal
        WHERE t.client = {client} AND {reach} AND NOT t.dropped AND g.lifecycle = 'active'
        ORDER BY g.position, g.id, t.position, t.id LIMIT 500""",
)
NEWEST = Listing(
    "message",
    Category.MESSAGES,
    """SELECT t.id, t.thread, t.text, t.dated, t.author, p.called_name AS author_name, r.read_at
         FROM message t JOIN person p ON p.id = t.author
         LEFT JOIN thread_member r ON r.thread = t.thread AND r.person = {viewer}
        WHERE t.client = {client} AND {reach} ORDER BY t.dated DESC, t.id LIMIT 1""",
    sealed=("text",),
    thread="thread",
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step, and how far its goal is, counted over the steps that this viewer reaches."""

    id: UUID
    goal: UUID
    goal_title: str
    text: str
    hint: str
    due: date | None
    done: bool
    goal_done: int
    goal_total: int


@dataclass(frozen=True, slots=True)
class Note:
    """The newest message. new: not read yet, and not one's own."""

    thread: UUID
    author_name: str
    text: str
    at: datetime
    new: bool
    own: bool


@dataclass(frozen=True, slots=True)
class Day:
    """step: the one for today. later: the step that was put off, when there is no other. ticked: what was done today.

    shared_since: for a supporter, since when the client has shared their visits.
    """

    visit: Visit | None
    step: Step | None
    later: Step | None
    ticked: tuple[Step, ...]
    note: Note | None
    circle: Circle
    shared_since: datetime | None = None


async def day(access: Access) -> Day:
    visits, goals, steps, newest = await access.read(
        (NEXT_ONE, {"since": since(access)}), GOALS, STEPS, NEWEST
    )  # fmt: skip
    reached = {goal["id"]: goal for goal in goals}
    steps = [step for step in steps if step["goal"] in reached]
    first = next_step(steps, mine="client" if access.is_own else "supporter")
    shown = _shown(access, reached, steps)
    put_off = first is not None and first["due"] is not None and (first["due"] - today()).days == 1
    done_today = [step for step in steps if step["done_at"] and local(step["done_at"]).date() == today()]
    return Day(
        visit=visit_of(visits[0]) if visits else None,
        step=shown(first) if first and not put_off else None,
        later=shown(first) if first and put_off else None,
        ticked=tuple(shown(step) for step in done_today[:3]),
        note=_note(access, newest[0]) if newest else None,
        circle=await circle(access),
        shared_since=None if access.is_own else shared_since(access, Category.APPOINTMENTS),
    )


def next_step(steps: list[Row], mine: str) -> Row | None:
    """The first open step of one's own: what is due comes first, then what has no day, then what is for later."""
    now = today()
    open_steps = [step for step in steps if step["done_at"] is None and step["owner"] == mine]

    def order(step: Row) -> tuple[int, date]:
        due = step["due"]
        return (1, now) if due is None else (0 if due <= now else 2, due)

    return min(open_steps, key=order, default=None)


def _shown(access: Access, goals: dict[UUID, Row], steps: list[Row]):  # type: ignore[no-untyped-def]
    """A function from a row to the step as it is shown; only then is its text opened."""
    seal = access.seal

    def shown(row: Row) -> Step:
        alike = [step for step in steps if step["goal"] == row["goal"]]
        return Step(
            id=row["id"],
            goal=row["goal"],
            goal_title=seal.open("goal", "title", row["goal"], goals[row["goal"]]["title"]) or "",
            text=seal.open("step", "text", row["id"], row["text"]) or "",
            hint=seal.open("step", "hint", row["id"], row["hint"]) or "",
            due=row["due"],
            done=row["done_at"] is not None,
            goal_done=sum(step["done_at"] is not None for step in alike),
            goal_total=len(alike),
        )

    return shown


def _note(access: Access, row: Row) -> Note:
    own = row["author"] == access.viewer.person
    unread = row["read_at"] is None or row["read_at"] < row["dated"]
    return Note(row["thread"], row["author_name"], row["text"], row["dated"], unread and not own, own)


def shared_since(access: Access, category: Category) -> datetime | None:
    """When the client began to share this with the viewer, by the grants that let them in now."""
    by = {lane.basis_id for lane in access.lanes(category) if lane.basis == "grant"}
    return min((g.starts_at for g in access.loaded.ties.grants if g.id in by), default=None)
