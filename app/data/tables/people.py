"""Persons, the organisation they meet in, and the staff's place in it."""

from piccolo.columns import JSON, UUID, BigInt, Boolean, Date, Varchar

from app.data.tables.base import Sealed, Table, key, link, moment, now


class Organisation(Table):
    """One row: the organisation that runs this Cairn. part2: the whole of it is a 42 CFR Part 2 programme."""

    id = key()
    name = Varchar(length=100)
    phone = Varchar(length=40, default="")
    zone = Varchar(length=60, default="America/New_York")
    part2 = Boolean(default=False)
    leave_url = Varchar(length=300, default="https://www.weather.gov/")
    lines = JSON(default="[]")  # whom to reach at once: {language: {"emergency", "lines": [app.organisation.Line]}}
    demo = Boolean(default=False)


class Programme(Table):
    """setting: outpatient, hospital, school...; level: php, iop, op. sud: holds substance-use records."""

    id = key()
    name = Varchar(length=100)
    setting = Varchar(length=40, default="outpatient")
    level = Varchar(length=20, default="op")
    about = Varchar(length=500, default="")
    sud = Boolean(default=False)
    ended_at = moment()


class Person(Table):
    """kind: client, supporter, staff or external. called_name: the name to use."""

    id = key()
    kind = Varchar(length=20, index=True)
    called_name = Varchar(length=100)
    legal_name = Varchar(length=100, default="")
    pronouns = Varchar(length=40, default="")
    born = Date(default=None, null=True)
    zone = Varchar(length=60, default="America/New_York")
    language = Varchar(length=10, default="en")
    phone = Sealed()  # sealed with the organisation's key, not a client's: it is needed to reach people
    created_at = now()


class Team(Table):
    id = key()
    name = Varchar(length=100)
    programme = link(Programme)
    supervisor = UUID(default=None, null=True, index=True)  # a person; none while the post is open


class Staff(Table):
    """role: case_manager, supervisor, clinician, nurse, peer, front_desk or admin. id is the person's."""

    id = UUID(primary_key=True)
    person = link(Person, unique=True)
    role = Varchar(length=20, index=True)
    team = link(Team, null=True)
    discipline = Varchar(length=60, default="")
    credential = Varchar(length=60, default="")
    weekly_hours = BigInt(default=36)
    ended_at = moment()


__all__ = ["Organisation", "Person", "Programme", "Staff", "Team"]
