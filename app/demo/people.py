"""The organisation, its staff and their caseloads: twelve people for sixty clients, and more as there are more clients."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from app.data.sealing import Seal
from app.data.tables.people import Organisation, Person, Programme, Staff, Team
from app.demo import words
from app.demo.bulk import Sheet, new_id

ZONE = "America/New_York"
CASELOAD = 40
BASE = 60  # clients of the twelve
PROGRAMMES = {
    "php": ("Day Program", "hospital", False, "Five days a week, with meals. Usually two to six weeks."),
    "iop": ("Intensive Outpatient", "outpatient", True, "Three half days a week. Alcohol and drugs can be part of it."),
    "op": ("Outpatient", "outpatient", False, "One visit a week or every other week, for as long as it helps."),
}
LEVELS = tuple(PROGRAMMES)
# key, called name, family name, role, team, discipline, credential
STAFF = (
    ("case-manager", "Dana", "Ortiz", "case_manager", "iop", "social work", "MSW"),
    ("other-case-manager", "Marcus", "Bell", "case_manager", "op", "counseling", "LPC"),
    ("elena", "Elena", "Fuentes", "case_manager", "iop", "social work", "MSW"),
    ("kofi", "Kofi", "Asante", "case_manager", "php", "psychology", "BA"),
    ("supervisor", "Priya", "Raman", "supervisor", "iop", "social work", "LCSW"),
    ("ines", "Ines", "Duarte", "supervisor", "op", "nursing", "RN, MSN"),
    ("clinician", "Samuel", "Osei", "clinician", "iop", "clinical social work", "LCSW"),
    ("hana", "Hana", "Sato", "clinician", "op", "psychology", "PsyD"),
    ("nurse", "Ingrid", "Vo", "nurse", "php", "nursing", "RN"),
    ("peer", "Ray", "Castillo", "peer", "iop", "peer support", "CPS"),
    ("front-desk", "Tessa", "Lindqvist", "front_desk", "", "office", ""),
    ("admin", "Noor", "Haddad", "admin", "", "office", ""),
)


@dataclass(frozen=True, slots=True)
class Worker:
    id: str
    called_name: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where one client is looked after and by whom. turn: which of the case manager's visiting hours are theirs."""

    level: str
    programme: str
    lead: Worker  # who does the work: the case manager, or the clinician until there is one
    manager: Worker | None
    backup: Worker | None
    clinician: Worker
    nurse: Worker
    peer: Worker
    turn: int


class House:
    """Everyone who works here. `place(n)` says who looks after the n-th client."""

    def __init__(self, sheet: Sheet, own: Seal, rng: Random, *, clients: int, now: datetime) -> None:
        self.sheet, self.own, self.rng, self.now = sheet, own, rng, now
        self.organisation()
        self.programmes = {level: self.programme(level) for level in LEVELS}
        self.by_key: dict[str, Worker] = {}
        self.teams = {level: new_id(rng) for level in LEVELS}
        for key, called, family, role, team, discipline, credential in STAFF:
            self.by_key[key] = self.worker(called, family, role, self.teams.get(team), discipline, credential)
        names = {"php": "Day team", "iop": "Evening team", "op": "Harbor team"}
        for level, team_id in self.teams.items():
            supervisor = self.by_key["ines" if level == "op" else "supervisor"]
            sheet.add(Team, id=team_id, name=names[level], programme=self.programmes[level], supervisor=supervisor.id)
        self.crews: dict[str, tuple[str, dict[str, Worker]]] = {}
        self.more = [self.group(number) for number in range(-(-max(clients - BASE, 0) // CASELOAD))]

    def organisation(self) -> None:
        values = {"name": "Harbor Street", "phone": "(207) 555-0100", "zone": ZONE, "demo": True}
        self.sheet.add(Organisation, id=new_id(self.rng), **values)

    def programme(self, level: str) -> str:
        name, setting, sud, about = PROGRAMMES[level]
        id = new_id(self.rng)
        self.sheet.add(Programme, id=id, name=name, setting=setting, level=level, about=about, sud=sud)
        return id

    def worker(
        self,
        called: str,
        family: str,
        role: str,
        team: str | None,
        discipline: str = "social work",
        credential: str = "BA",
    ) -> Worker:
        id = new_id(self.rng)
        name = f"{called} {family}"
        phone = self.own.seal("person", "phone", id, f"(207) 555-01{self.rng.randrange(10, 80)}")  # type: ignore[arg-type]
        since = self.now - timedelta(days=self.rng.randrange(500, 2000))
        self.sheet.add(
            Person, id=id, kind="staff", called_name=called, legal_name=name, zone=ZONE, phone=phone, created_at=since
        )
        self.sheet.add(
            Staff, id=id, person=id, role=role, team=team, discipline=discipline, credential=credential, weekly_hours=36
        )
        return Worker(id, called, name, role)

    def somebody(self, role: str, team: str) -> Worker:
        return self.worker(self.rng.choice(words.CALLED), self.rng.choice(words.FAMILY_NAMES), role, team)

    def group(self, number: int) -> tuple[str, Worker, dict[str, Worker]]:
        """One more case manager; every eighth in a programme begins a team, with all that a team needs."""
        level = LEVELS[number % 3]
        if number // 3 % 8 == 0:
            team = new_id(self.rng)
            roles = ("supervisor", "nurse", "peer")
            crew = {role: self.somebody(role, team) for role in roles}
            name = f"{PROGRAMMES[level][0]} {number // 24 + 2}"
            self.sheet.add(Team, id=team, name=name, programme=self.programmes[level], supervisor=crew["supervisor"].id)
            self.crews[level] = (team, crew)
        team, crew = self.crews[level]
        if number // 3 % 2 == 0:
            crew["clinician"] = self.somebody("clinician", team)
        manager = self.somebody("case_manager", team)
        return level, manager, {**crew}

    def place(self, n: int) -> Place:
        if n >= BASE:
            return self._further(n)
        staff = self.by_key
        if n < 28:
            level = "op" if n >= 19 else "iop"
            return self._place(level, staff["case-manager"], staff["elena"] if n % 4 == 0 else None, n)
        if n < 42:
            return self._place("op", staff["other-case-manager"], staff["kofi"] if n % 4 == 0 else None, n - 28)
        if n < 51:
            return self._place("iop", staff["elena"], staff["kofi"], n - 42)
        if n < 57:
            return self._place("php", staff["kofi"], staff["elena"], n - 51)
        return self._place(("php", "op", "iop")[n - 57], None, None, n - 30)

    def _place(self, level: str, manager: Worker | None, backup: Worker | None, turn: int) -> Place:
        staff = self.by_key
        clinician = staff["clinician" if level == "iop" else "hana"]
        crew = (clinician, staff["nurse"], staff["peer"])
        return Place(level, self.programmes[level], manager or clinician, manager, backup, *crew, turn)

    def _further(self, n: int) -> Place:
        number, turn = divmod(n - BASE, CASELOAD)
        level, manager, crew = self.more[number]
        # A worklist shows those one stands in for, too: a few, so that it stays at about forty.
        beside = self.more[number - 3][1] if number >= 3 and turn % 10 == 0 else None
        alone = n % 100 == 99
        lead = crew["clinician"] if alone else manager
        people = (None if alone else manager, None if alone else beside, crew["clinician"], crew["nurse"], crew["peer"])
        return Place(level, self.programmes[level], lead, *people, turn)
