"""What is in the record of an ordinary client: goals, visits, talks, contacts, the crisis plan, tasks, saved places."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import cycle

from app.access.facts import Action, Category, Flag, Label
from app.demo import words
from app.demo.circle import SEE, Circle, Share
from app.demo.record import Record, Said, at_home, at_work, awake

STEPS = 4  # of a goal, where there are as many as the large sample has
HOURS = (9 * 60, 10 * 60 + 30, 13 * 60, 14 * 60 + 30)  # visits with a case manager
MODES = ("visit", "visit", "phone", "phone", "message", "video", "home")
# In how many days the next step is to be done. One in twenty has one that is near: a day holds what a person can do in it.
NEAR, FAR = (-4, 0, 1, 2, 3, 5), (8, 9, 12, 15, 20, None, None)
ENDS = ("fulfilled",) * 8 + ("noshow", "cancelled")


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is of each thing. rounds: how many visits with the case manager lie behind."""

    goals: int
    messages: int
    contacts: int
    rounds: int = 4


FULL = Size(goals=5, messages=60, contacts=25)
THIN = Size(goals=2, messages=16, contacts=2, rounds=1)


@lru_cache(maxsize=512)
def workday(today: date, offset: int) -> date:
    """0 is today, or Monday on a weekend; -1 the working day before."""
    monday = today - timedelta(days=today.weekday())
    index = min(today.weekday(), 5) + offset
    return monday + timedelta(days=index // 5 * 7 + index % 5)


class Life:
    """Fills one record. people: the ids of those who are in the family thread."""

    def __init__(self, record: Record, size: Size, services: Sequence[str], people: Sequence[str]) -> None:
        self.record, self.size, self.services, self.people = record, size, services, people
        self.rng, self.now, self.today = record.rng, record.now, record.today
        self.place, self.language = record.place, record.language
        team = (self.place.lead, self.place.clinician, self.place.nurse, self.place.peer, self.place.backup)
        self.staff = frozenset(worker.id for worker in team if worker)

    def write(self, days: int, review_due: date, agreed: int) -> None:
        """agreed: so many days there are between contacts, at most."""
        self.days, self.agreed = days, agreed
        self.goals()
        self.visits()
        self.talks()
        self.contacts()
        self.tasks()
        self.crisis_plan()
        self.saved()
        self.record.standing(review_due)

    def goals(self) -> None:
        rng, record = self.rng, self.record
        chosen = rng.sample(words.GOALS[self.language], self.size.goals)
        if self.place.level == "iop" and rng.random() < 0.3:
            chosen[-1] = rng.choice(words.SUD_GOALS[self.language])
        firm = self.size.goals - (1 if rng.random() < 0.5 else 0)
        near = rng.randrange(firm) if rng.random() < 0.05 else None
        for position, words_of in enumerate(chosen):
            labels = int(Label.SUD) if words_of.domain == "substance-use" else 0
            lifecycle = "active" if position < firm else rng.choice(("completed", "on-hold", "proposed"))
            cut = words.GoalWords(
                words_of.domain, words_of.title, words_of.why, words_of.measure, words_of.steps[:STEPS]
            )
            goal = record.goal(
                cut,
                position,
                done=rng.randrange(STEPS) if lifecycle == "active" else 0,
                days=max(2, self.days * 2 // 3),
                due=rng.choice(NEAR if position == near else FAR),
                lifecycle=lifecycle,
                labels=labels,
                flags=int(Flag.CLIENT_PRIVATE) if rng.random() < 0.03 else 0,
            )
            if position < 2:
                self.comments(goal, labels)

    def comments(self, goal: str, labels: int) -> None:
        at = at_work(self.now, self.rng.randrange(2, 20), self.rng.randrange(400))
        for number, (who, text) in enumerate(self.rng.choice(words.COMMENTS[self.language])):
            author = self.record.client if who == "c" else self.record.lead
            self.record.comment(goal, author, text, at + timedelta(hours=number), labels)

    def visits(self) -> None:
        """Twelve: with the case manager every second week, with the clinician between, and the group."""
        place, turn = self.place, self.place.turn
        first, hour = turn // 4, HOURS[turn % 4]
        manager = place.manager.id if place.manager else place.clinician.id
        for round in range(-self.size.rounds, 2):
            self._visit(first + 10 * round, hour, manager, "review" if round == 1 else "case_management")
        for round in range(1 - self.size.rounds, 1):
            self._visit((first + 5) % 10 + 10 * round, 9 * 60 + 60 * (turn % 8), place.clinician.id, "therapy")
        group = int(Label.SUD) if place.level == "iop" and self.rng.random() < 0.3 else 0
        for round in (-1, 1):
            self._visit(first % 5 + 5 * round, 16 * 60, place.peer.id, "group", labels=group)

    def _visit(self, offset: int, minutes: int, staff: str, kind: str, labels: int = 0) -> None:
        rng, record = self.rng, self.record
        starts_at = at_home(workday(self.today, offset), minutes)
        ahead = starts_at > self.now
        recent = not ahead and offset >= -1
        state = "booked" if ahead or (recent and rng.random() < 0.12) else rng.choice(ENDS)
        luck = rng.random()
        record.visit(
            starts_at,
            staff,
            state=state,
            kind=kind,
            mode="in_person" if luck < 0.7 or kind == "group" else ("phone" if luck < 0.85 else "video"),
            minutes=90 if kind == "group" else 45,
            way=rng.choice(words.WAYS[self.language]) if luck < 0.4 else "",
            confirmed=ahead and luck < 0.5,
            move=rng.choice(words.MOVES[self.language]) if ahead and luck > 0.95 else "",
            labels=labels,
            flags=int(Flag.CONFIDENTIAL) if luck < 0.02 else 0,
        )

    def talks(self) -> None:
        """Two thirds with the team, some with the people they chose, some among staff alone."""
        total, family = self.size.messages, self.size.messages // 8 if self.people else 0
        team = total // 8
        client = total - family - team
        record, rng, language = self.record, self.rng, self.language
        waits = rng.random() < 0.07
        main = client * 2 // 3
        subjects = rng.sample(words.SUBJECTS[language], 2)
        read = {} if rng.random() < 0.7 else {record.client: self.now - timedelta(days=9)}
        mine = (record.client,)
        for count, subject, opens in ((main, subjects[0], waits), (client - main, subjects[1], False)):
            said = self._said(words.TALKS[language], count, opens)
            record.thread("client", subject, said, self.staff, mine, read=read)
        if family:
            said = self._said(words.FAMILY[language], family, waits and rng.random() < 0.2)
            record.thread("family", words.FAMILY_SUBJECT[language], said, self.staff, (*mine, *self.people))
        record.thread("team", "", self._among_staff(team), self.staff)

    def _said(self, pool: Sequence[Sequence[tuple[str, str]]], count: int, waits: bool) -> list[Said]:
        """Whole exchanges, oldest first; the last word is the team's, or just now the client's where it waits."""
        rng, lines = self.rng, list[tuple[str, str, bool]]()
        shuffled = cycle(rng.sample(pool, len(pool)))
        while len(lines) < count:
            lines += [(who, text, number == 0) for number, (who, text) in enumerate(next(shuffled))]
        lines = lines[:count]
        answers = [text for talk in pool for who, text in talk[1:] if who == "s"]
        last = -2 if waits else -1
        if lines[last][0] != "s":
            lines[last] = ("s", rng.choice(answers), False)
        if waits:
            asks = [line for exchange in pool for line in exchange[:1] if line[0] != "s"]
            lines[-1] = (*rng.choice(asks), True)
        return self._timed(lines, waits)

    def _timed(self, lines: Sequence[tuple[str, str, bool]], waits: bool) -> list[Said]:
        """From when they came until yesterday; what waits came within the last hours."""
        rng, now = self.rng, self.now
        who_is = {"c": self.record.client, "s": self.record.lead, "f": self.people[0] if self.people else ""}
        span = max(self.days - 2, 1)
        begun = iter(
            sorted(at_work(now, 1 + rng.random() * span, rng.randrange(480)) for _, _, begins in lines if begins)
        )
        at = now - timedelta(days=span + 9)
        found: list[Said] = []
        for who, text, begins in lines:
            at = max(at + timedelta(minutes=rng.randrange(4, 50)), next(begun) if begins else at)
            found.append((who_is[who], text, at))
        if waits:
            found[-1] = (*found[-1][:2], awake(now - timedelta(minutes=rng.randrange(20, 700))))
        return found

    def _among_staff(self, count: int) -> list[Said]:
        crew = [self.record.lead, self.place.clinician.id, self.place.nurse.id]
        gap = max(self.days - 2, 1) / (count + 1)
        times = sorted(
            at_work(self.now, 1 + gap * (number + self.rng.random()), self.rng.randrange(480))
            for number in range(count)
        )
        texts = self.rng.sample(words.TEAM, count)
        return [(crew[number % 3], text, at) for number, (text, at) in enumerate(zip(texts, times, strict=True))]

    def contacts(self) -> None:
        rng, record = self.rng, self.record
        late = rng.random() < 0.04 and self.days > 60
        newest = self.agreed + rng.randrange(3, 14) if late else rng.randrange(max(min(self.agreed - 2, 10), 1))
        gap = max((self.days - newest) / self.size.contacts, 0.2)
        sud = self.place.level == "iop" and rng.random() < 0.3
        for number in range(self.size.contacts):
            at = at_work(self.now, newest + gap * number, rng.randrange(480))
            if rng.random() < 0.07 and number:
                record.contact(at, "phone", rng.choice(words.CONTACT_TRIED), reached=False)
            elif sud and number % 9 == 4:
                record.contact(at, "visit", rng.choice(words.CONTACT_SUD), minutes=30, labels=int(Label.SUD))
            else:
                mode = rng.choice(MODES)
                record.contact(at, mode, rng.choice(words.CONTACTS[mode]), minutes=rng.choice((10, 15, 20, 30, 45)))

    def tasks(self) -> None:
        for number, title in enumerate(self.rng.sample(words.TASKS, 3)):
            state = ("accepted", self.rng.choice(("requested", "in-progress")), "completed")[number]
            self.record.task(title, self.rng.randrange(-3, 12), state)

    def crisis_plan(self) -> None:
        """Most have one in use; one in twenty-five has none, as many have one to look at again."""
        luck, rng = self.rng.random(), self.rng
        if luck < 0.04 or self.place.manager is None:
            return
        days = rng.randrange(95, 140) if luck < 0.08 else rng.randrange(3, 80)
        entries: list[tuple[int, str, str | None]] = []
        for section in range(1, 12):
            pool = words.CRISIS[self.language][str(section)]
            entries += [(section, text, None) for text in rng.sample(pool, rng.choice((0, 1, 1, 2)))]
        if entries:
            self.record.crisis_plan(entries, days=min(days, max(self.days - 1, 1)))

    def saved(self) -> None:
        rng = self.rng
        for number, service in enumerate(rng.sample(self.services, 2)):
            note = rng.choice(words.RECOMMEND[self.language]) if number == 0 else ""
            self.record.saved(service, rng.randrange(2, 30), note)


def let_in(circle: Circle, record: Record, family: str, days: int) -> list[str]:
    """Half of the clients have let somebody in, some two; the ids of those who may write in a thread."""
    rng, people = record.rng, []
    for _ in range(rng.choice((0, 0, 0, 1, 1, 1, 1, 2))):
        kind, label = rng.choice(words.RELATIONS[record.language])
        called = rng.choice(words.CALLED)
        theirs = family if kind == "family" else rng.choice(words.FAMILY_NAMES)
        person = circle.somebody(called, theirs, record.language)
        circle.relate(person, kind, label, min(90, days))
        shares = [Share(Category.APPOINTMENTS, SEE | Action.DETAILS if rng.random() < 0.3 else SEE)]
        if rng.random() < 0.6:
            shares.append(Share(Category.GOALS, SEE | Action.COMMENT))
        if rng.random() < 0.4:
            shares.append(Share(Category.CRISIS_PLAN, SEE, (1, 2, 8)))
        writes = rng.random() < 0.5
        if writes:
            shares.append(Share(Category.MESSAGES, SEE | Action.MESSAGE | Action.JOIN_THREAD))
        luck = rng.random()
        signed, short = min(60, days - 1), luck < 0.08
        ended = min(9, signed - 1) if luck > 0.93 else None
        circle.share(person, f"{called} {theirs}", shares, days=signed, lasts=signed - 1 if short else 365, ended=ended)
        if writes and 0.08 <= luck <= 0.93:
            people.append(person)
    return people
