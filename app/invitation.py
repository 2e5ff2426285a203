"""Inviting a client, or somebody for a client: the person, their place, and a link that works once.

What a supporter may see comes from the client alone, later; an invitation opens nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.access import Access, Action, Category, Role, Viewer, raise_epoch
from app.access.log import Event, append
from app.data.engine import Statement
from app.data.piccolo_conf import DB
from app.data.sealing import Keys
from app.data.tables.care import CareTeam, Client, ClientKey, EpisodeOfCare, Standing
from app.data.tables.consent import Relationship
from app.data.tables.identity import Account
from app.data.tables.people import Person
from app.errors import NotFound, Refused
from app.identity import invitations
from app.language import lazy

INVITERS = (Role.CASE_MANAGER, Role.SUPERVISOR)
RELATIONS = {
    "family": lazy("Family"),
    "friend": lazy("Friend"),
    "guardian": lazy("Guardian"),
    "health_agent": lazy("Health agent"),
    "outside_provider": lazy("Outside provider"),
    "agency": lazy("Agency"),
}
_PROGRAMMES = Statement("SELECT p.id, p.name FROM programme p WHERE p.ended_at IS NULL ORDER BY p.name, p.id LIMIT 200")
_HOME = Statement("""SELECT w.programme FROM staff s JOIN team w ON w.id = s.team WHERE s.person = {viewer}""")


@dataclass(frozen=True, slots=True)
class NewClient:
    """What is known before they join. contact_days: how often we agreed to be in touch."""

    called_name: str
    language: str
    zone: str
    programme: UUID
    contact_days: int


async def programmes() -> list[tuple[UUID, str]]:
    """Those that take people in."""
    return [(row["id"], row["name"]) for row in (await DB.run((_PROGRAMMES, {})))[0]]


async def home_programme(viewer: Viewer) -> UUID | None:
    """That of the viewer's own team, for the form."""
    rows = (await DB.run((_HOME, {"viewer": viewer.person})))[0]
    return rows[0]["programme"] if rows else None


async def invite_client(
    viewer: Viewer, new: NewClient, *, keys: Keys, now: datetime, address: str, form_id: UUID
) -> tuple[UUID, str]:
    """A client with the inviter as their case manager: their id and the link's token.

    form_id becomes the person's id; the same form again makes nobody new, only a new link. Raises Refused.
    """
    if viewer.role not in INVITERS or not viewer.enabled:
        raise Refused
    async with DB.transaction():
        if await Person.exists().where(Person.id == form_id):
            await _mine(viewer, form_id, now)
        else:
            await _take_in(viewer, new, form_id, keys, now)
        token = await invitations.invite(form_id, by=viewer.person, now=now, keys=keys, address=address)
        event = Event("invite", actor=viewer.person, acting_as=viewer.role or "", client=form_id, item=form_id, at=now)
        await append([event])
    return form_id, token


async def _mine(viewer: Viewer, client: UUID, now: datetime) -> None:
    """A form that was sent before made a client of this very inviter; any other id is nobody's to invite."""
    mine = (CareTeam.client == client) & (CareTeam.staff == viewer.person) & (CareTeam.starts_at <= now)
    if not await CareTeam.exists().where(mine & CareTeam.ends_at.is_null()):
        raise Refused
    await _not_joined(client)


async def _not_joined(person: UUID) -> None:
    if await Account.exists().where(Account.person == person):
        raise Refused


async def _take_in(viewer: Viewer, new: NewClient, id: UUID, keys: Keys, now: datetime) -> None:
    _, wrapped = keys.new_client(id)
    person = Person(id=id, kind="client", called_name=new.called_name, language=new.language, zone=new.zone)
    await Person.insert(person)
    await Client.insert(Client(id=id, person=id, programme=new.programme, opened_at=now, managed=True))
    await ClientKey.insert(ClientKey(id=id, wrapped=wrapped))
    await EpisodeOfCare.insert(
        EpisodeOfCare(client=id, programme=new.programme, opened_at=now, contact_every_days=new.contact_days)
    )
    await Standing.insert(Standing(id=id))
    await CareTeam.insert(CareTeam(client=id, staff=viewer.person, role="primary", starts_at=now))


async def invite_supporter(
    access: Access, *, called_name: str, kind: str, label: str, address: str, form_id: UUID
) -> str:
    """Somebody in the client's life: the link's token. label: the client's word for them ("Mum").

    form_id becomes the person's id; the same form again gives a new link. Raises NotFound or Refused.
    """
    async with access.write(Category.PROFILE_CONTACT, Action.EDIT) as work:
        tie = Relationship(client=access.client, person=form_id, kind=kind, label=label, started_at=work.access.now)
        if made := await Relationship.select(Relationship.id).where(
            Relationship.client == access.client, Relationship.person == form_id
        ):
            tie.id = made[0]["id"]
            await _not_joined(form_id)
        elif await Person.exists().where(Person.id == form_id):
            raise Refused
        else:
            await Person.insert(Person(id=form_id, kind="supporter", called_name=called_name))
            await Relationship.insert(tie)
            await raise_epoch(access.client)
        work.note("invite", form_id)
        return await invitations.invite(
            form_id,
            by=access.viewer.person,
            now=work.access.now,
            keys=access.keys,
            address=address,
            relationship=tie.id,
        )


async def invite_again(access: Access, person: UUID) -> str:
    """A new link for the client or one of their people who has not joined yet; the old one ends with it."""
    async with access.write(Category.PROFILE_CONTACT, Action.EDIT) as work:
        tie = None
        if person != access.client:
            open_ties = (Relationship.client == access.client) & (Relationship.person == person)
            found = await Relationship.select(Relationship.id).where(open_ties, Relationship.ended_at.is_null())
            if not found:
                raise NotFound
            tie = found[0]["id"]
        await _not_joined(person)
        work.note("invite", person)
        return await invitations.invite(
            person, by=access.viewer.person, now=work.access.now, keys=access.keys, relationship=tie
        )
