"""The directory, in HSDS's words, and what clients and staff make of it."""

from piccolo.columns import JSON, UUID, BigInt, Boolean, Date, DoublePrecision, Integer, Text, Varchar

from app.data.tables.base import Item, Sealed, Table, key, link, moment, now
from app.data.tables.care import Client
from app.data.tables.people import Person


class Directory(Table):
    """One imported source. name: the folder it came from; sample: published data for trying out, never live help."""

    id = key()
    name = Varchar(length=100, unique=True)
    dialect = Varchar(length=20, default="")
    sample = Boolean(default=False)
    imported_at = moment()


class Organization(Table):
    """An agency of the directory (HSDS spelling). source_id: its id there; digest: of the row as it was read."""

    id = key()
    directory = link(Directory)
    source_id = Varchar(length=120)
    name = Varchar(length=200)
    description = Text(default="")
    url = Varchar(length=500, default="")
    email = Varchar(length=200, default="")
    digest = Varchar(length=64, default="")
    extra = JSON(default="{}")  # as in Service


class Service(Table):
    """What a person can use. number is the key of the full-text index. needs, languages: codes, space-separated.

    assured: the day somebody last vouched for it. reports: open reports that something is wrong; it sinks the listing.
    """

    id = key()
    number = BigInt(default=0, index=True)
    directory = link(Directory)
    organization = link(Organization, null=True)
    source_id = Varchar(length=120)
    name = Varchar(length=200)
    description = Text(default="")
    eligibility = Text(default="")
    how_to_apply = Text(default="")
    fees = Varchar(length=500, default="")
    free = Boolean(default=False)
    needs = Varchar(length=300, default="")
    languages = Varchar(length=300, default="")
    url = Varchar(length=500, default="")
    email = Varchar(length=200, default="")
    area = Varchar(length=500, default="")
    state = Varchar(length=20, default="active")
    assured = Date(default=None, null=True)
    reports = Integer(default=0)
    search = Text(default="")  # the words of the listing, its agency and its places, for the full-text index
    extra = JSON(default="{}")  # source columns we have no place for, kept as they were
    digest = Varchar(length=64, default="")


class Location(Table):
    id = key()
    directory = link(Directory)
    source_id = Varchar(length=120)
    name = Varchar(length=200, default="")
    address = Varchar(length=300, default="")
    city = Varchar(length=100, default="")
    region = Varchar(length=100, default="")
    postcode = Varchar(length=20, default="")
    latitude = DoublePrecision(default=None, null=True)
    longitude = DoublePrecision(default=None, null=True)
    transport = Varchar(length=300, default="")
    digest = Varchar(length=64, default="")
    extra = JSON(default="{}")  # as in Service


class ServiceAtLocation(Table):
    id = key()
    service = link(Service)
    location = link(Location)


class Phone(Table):
    """number: as it was written. dial: E.164, or empty when no number could be read out of it."""

    id = key()
    directory = link(Directory)
    source_id = Varchar(length=120)
    service = link(Service, null=True)
    location = link(Location, null=True)
    organization = link(Organization, null=True)
    number = Varchar(length=100)
    dial = Varchar(length=20, default="")
    extension = Varchar(length=20, default="")
    kind = Varchar(length=20, default="voice")
    label = Varchar(length=120, default="")
    digest = Varchar(length=64, default="")


class Schedule(Table):
    """weekday 1 (Monday) to 7; opens and closes: minutes after midnight, local. text: hours nobody could read as times."""

    id = key()
    directory = link(Directory)
    source_id = Varchar(length=120)
    service = link(Service, null=True)
    location = link(Location, null=True)
    weekday = Integer(default=None, null=True)
    opens = Integer(default=None, null=True)
    closes = Integer(default=None, null=True)
    text = Varchar(length=300, default="")
    digest = Varchar(length=64, default="")


class SavedResource(Item, Table):
    """A service that a client keeps. recommended_by: the staff member who suggested it; note: what they wrote."""

    id = key()
    client = link(Client)
    service = link(Service)
    saved_at = moment()
    recommended_by = UUID(default=None, null=True)
    recommended_at = moment()
    note = Sealed()
    removed_at = moment()


class ResourceReport(Table):
    """Somebody found a listing wrong. kind: dead_number, full, wrong_hours, closed, other."""

    id = key()
    service = link(Service)
    person = link(Person)
    kind = Varchar(length=20)
    reported_at = now()
    resolved_at = moment()
    resolved_by = UUID(default=None, null=True)


__all__ = [
    "Directory", "Location", "Organization", "Phone", "ResourceReport", "SavedResource", "Schedule", "Service",
    "ServiceAtLocation",
]  # fmt: skip
