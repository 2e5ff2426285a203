"""Who can be tried out: one person for each way of using Cairn, with a login, a password and a one-time code that work."""

import base64
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from random import Random
from uuid import UUID

from app.data.sealing import Keys, Seal
from app.data.tables.identity import Account
from app.data.tables.people import Person
from app.demo.bulk import DEFAULTS, Sheet, new_id
from app.demo.words import PHRASE
from app.identity.accounts import login_key
from app.identity.passwords import hash_password
from app.language import lazy

# key, called name, family name, role, about
PEOPLE = (
    ("client", "Maya", "Reyes", "client", lazy("A client. Her own plan, visits, messages and crisis plan.")),
    (
        "mother",
        "Rosa",
        "Reyes",
        "supporter",
        lazy("Maya's and Leo's mother. Each of them shares something else with her."),
    ),
    ("father", "Victor", "Reyes", "supporter", lazy("Maya's father. She has ended what she shared with him.")),
    ("second-client", "Leo", "Reyes", "client", lazy("A client, Maya's brother. He waits for an answer.")),
    ("teen", "Zoe", "Park", "client", lazy("A client of 17. Some things are hers alone.")),
    ("guardian", "Helen", "Park", "supporter", lazy("Zoe's mother, who may see her record as a parent.")),
    ("case-manager", "Dana", "Ortiz", "case_manager", lazy("Case manager of Maya, Leo, Zoe and 25 more.")),
    ("other-case-manager", "Marcus", "Bell", "case_manager", lazy("Case manager on another team.")),
    ("supervisor", "Priya", "Raman", "supervisor", lazy("Supervisor of two teams, Dana's among them.")),
    ("clinician", "Samuel", "Osei", "clinician", lazy("Therapist on Maya's care team.")),
    ("front-desk", "Tessa", "Lindqvist", "front_desk", lazy("At the front desk: who comes when, and no more.")),
    ("peer", "Ray", "Castillo", "peer", lazy("Peer supporter on Maya's care team.")),
    ("admin", "Noor", "Haddad", "admin", lazy("Administrator: accounts and programs, never a record.")),
)


@dataclass(frozen=True, slots=True)
class CastMember:
    """Someone to sign in as. totp_secret: base32."""

    key: str
    name: str
    role: str
    person_id: UUID
    login: str
    password: str
    totp_secret: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Cast:
    people: list[CastMember]

    def __getitem__(self, key: str) -> CastMember:
        return next(person for person in self.people if person.key == key)


@dataclass(frozen=True, slots=True)
class Proof:
    """What a member of the cast proves who they are with."""

    login: str
    password: str
    hashed: str
    secret: str


def proofs(keys: Keys, rng: Random) -> dict[str, Proof]:
    """By key. Hashing is slow on purpose; two at a time take two cores."""
    phrases = {key: " ".join(rng.sample(PHRASE, 4)) for key, *_ in PEOPLE}
    secrets = {key: base64.b32encode(rng.randbytes(20)).decode() for key in phrases}
    with ThreadPoolExecutor(2) as pool:
        hashed = dict(zip(phrases, pool.map(lambda text: hash_password(keys, text), phrases.values()), strict=True))
    logins = {key: f"{called.lower()}@demo.example" for key, called, *_ in PEOPLE}
    return {key: Proof(logins[key], phrases[key], hashed[key], secrets[key]) for key in phrases}


class Accounts:
    """An account for everybody; only the cast's have a password and codes, the others are entered with one click."""

    def __init__(self, keys: Keys, own: Seal, known: dict[str, Proof], now: datetime) -> None:
        self.keys, self.own, self.now = keys, own, now
        self.known = known  # by the person's id
        self.made = 0
        self.of_id, self.of_name = (list(DEFAULTS[Person]).index(name) for name in ("id", "called_name"))

    def open_all(self, sheet: Sheet) -> None:
        """For the persons who wait to be written."""
        for row in sheet.rows[Person]:
            self._open(sheet, row[self.of_id], row[self.of_name])

    def _open(self, sheet: Sheet, person: str, called: str) -> None:
        self.made += 1
        rng = Random(int(person.replace("-", ""), 16))
        proof = self.known.get(person)
        login = proof.login if proof else f"{called.lower()}.{self.made}@demo.example"
        id = new_id(rng)
        sheet.add(
            Account,
            id=id,
            person=person,
            login_key=login_key(self.keys, login),
            login=self.own.seal("account", "login", id, login),  # type: ignore[arg-type]
            password=proof.hashed if proof else "",
            password_changed_at=self.now if proof else None,
            totp=self.own.seal("account", "totp", id, proof.secret) if proof else None,  # type: ignore[arg-type]
            totp_confirmed_at=self.now if proof else None,
            handle=rng.randbytes(32),
            created_at=self.now,
        )
