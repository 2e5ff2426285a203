# ruff: noqa: E501  (listings, one on each line)
"""The directory of Wren Harbor, a town that does not exist: its agencies and what they offer. Nothing here is live help."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from app.data.tables.resource import (
    Directory,
    Location,
    Organization,
    Phone,
    Schedule,
    Service,
    ServiceAtLocation,
)
from app.demo.bulk import Sheet, new_id
from app.resource.needs import ALSO

CITY, REGION = "Wren Harbor", "ME"
CENTRE = (44.2131, -68.3127)

# Agency | street and how to get there. Below it, its services:
# name | needs | languages | fees ("" is free) | hours | last two digits of the telephone | what it is | for whom | how to begin
LISTINGS = """
Harbor Housing Office | 12 Pier Street | Bus 12 and 4
Help to find an apartment | housing | en es | | 1-5 9-16 | 02 | Staff look through open apartments with you and call landlords. | Anyone in town without a safe place, or about to lose it. | Walk in before noon, or call.
Help with rent and deposits | housing benefits | en es | | 1-4 9-15 | 02 | One payment a year toward rent that is behind, or a deposit. | Income below 60 percent of the county's middle. | Call for a time. Bring the lease and a letter about income.
Tenant advice | housing legal | en es pt | | 2 10-14; 4 13-18 | 03 | What your lease means, letters to landlords, help before a court date. | Tenants. | Call and leave your first name.

Lantern House | 40 Mill Lane | Ten minutes on foot from the ferry
Night shelter | housing | en es fr | | 1-7 18-24 | 04 | A bed, a shower and breakfast. Doors open at six. | Adults. Pets are welcome. | Come to the door or call after five.
Family rooms | housing family | en es | | 1-7 0-24 | 04 | Rooms with a shared kitchen for parents and children, for up to ninety days. | Parents with children under 18. | Call at any hour.
Day room | food peer | en es | | 1-6 8-16 | 05 | Coffee, lockers, laundry, a telephone and somebody to talk with. | Anyone. | Walk in.

Wren Harbor Food Pantry | 7 Church Row | Bus 12
Food box | food | en es ht | | 2 14-18; 4 14-18 | 06 | A box for the week: bread, vegetables, milk, what is in season. | Anyone in town. | Walk in. No papers on the first visit.
Boxes at the door | food transport | en es | | 4 14-16 | 06 | The same box, brought home by neighbors. | People who can't come in. | Call by Tuesday.
Cooking evening | food peer | en es | | 3 17-20 | 07 | Cook together, eat together, take the rest home. | Anyone. Children welcome. | Call or come at five.

County Benefits Office | 1 Court Square | Bus 4 and 12
Food assistance (SNAP) | food benefits | en es so ar | | 1-5 8-16 | 08 | Help with the form and the interview. | Depends on income and household. | Call, or bring two letters about income.
Cash assistance | benefits | en es | | 1-5 8-16 | 08 | Monthly help for families with children. | Families with little or no income. | Call for a time.
Disability claims | benefits | en es | | 2 9-12; 4 9-12 | 09 | Somebody fills in the long form with you and keeps the dates. | People who can't work for a year or longer. | Call. Bring names of your doctors if you have them.
Help with heating bills | benefits housing | en es | | 1-5 8-16 | 08 | Pays part of a winter's heating. | Income limits; renters too. | Call from October on.

North Shore Rides | 88 Ferry Road | At the bus yard
Door-to-door van | transport | en es | $2 a ride, free to medical visits | 1-6 7-19 | 11 | A van with a lift takes you to visits and back. | People who can't use the bus. | Call two days before.
Reduced fare card | transport benefits | en es zh | | 1-5 9-17 | 12 | Bus rides at half price for a year. | People with a disability, or with food assistance. | Walk in with a photo.
Learn to ride the bus | transport | en | | 3 13-16 | 12 | Somebody rides along until you want to go alone. | Anyone. | Call.

Anchor Works | 23 Rope Walk | Bus 12
Job coaching | employment | en es | | 1-5 9-17 | 13 | Find work that fits, and somebody beside you in the first weeks. | People with a mental health condition. | Call or be referred.
Help with a resume | employment education | en es | | 2 10-16 | 13 | Half an hour, and you leave with a page. | Anyone. | Walk in.
Paid trial weeks | employment | en | | 1-5 9-17 | 14 | A week of paid work in a bakery, a boatyard or an office. | People who have been out of work for six months. | Ask your job coach.
Clothes for interviews | employment | en es | | 4 12-17 | 13 | Something good to wear, yours to keep. | Anyone with an interview. | Walk in.

Tidewater Adult School | 5 School Hill | Bus 4
English, all levels | education | en es ar so vi | | 1-4 9-12; 1-4 17-20 | 15 | Small classes, mornings and evenings. | Adults. | Come to any first Monday.
High school diploma | education | en es | | 1-4 17-20 | 15 | Finish school in the evening, at your own pace. | Adults without a diploma. | Call for a talk.
Computers from the beginning | education employment | en | $5 a course | 3 10-12 | 16 | Mail, forms and video calls. Laptops are there. | Anyone. | Call.
Children's room during class | education family | en es | | 1-4 9-12 | 15 | Your children play next door while you learn. | Students of the school. | Say so when you begin.

Coastline Legal Aid | 2 Court Square | Bus 4 and 12
Lawyers for housing and money | legal housing benefits | en es pt | | 1-5 9-17 | 17 | Eviction, debts, benefits that stopped. | Income limits. | Call before noon.
Family law clinic | legal family | en es | | 2 13-17 | 17 | Visiting plans, custody, protection orders. | Income limits. | Call for a time.
Clearing old records | legal employment | en | | 4 13-17 | 18 | Old charges taken off a record, so that work gets easier. | Case closed for three years. | Call.
Court companions | legal peer | en es | | 1-5 8-12 | 19 | Somebody sits with you and explains what happens. | Anyone with a court date. | Call two days before.

Pier Counseling | 31 Pier Street | Bus 12, side door without steps
Talking therapy | therapy | en es | $0 to $40 by income | 1-5 9-19 | 20 | One to one, weekly or every other week. | Adults. | Call; first times are within three weeks.
Therapy for young people | therapy family | en es | $0 to $40 by income | 1-5 12-19 | 20 | For ages 12 to 21, with or without family. | Ages 12 to 21. | Call or write.
Group for panic and worry | therapy peer | en | | 3 18-19:30 | 20 | Eight evenings, practical, nobody has to speak. | Adults. | Call.
Grief circle | therapy peer | en es | | 7 15-17 | 21 | For people who lost somebody. | Anyone. | Come once and see.

Saltmarsh Recovery | 60 Mill Lane | Bus 12, last stop
Medicine for opioid use | recovery medical psychiatric | en es | By income | 1-6 6-11 | 22 | Same-day start, daily or weekly. | Adults. | Walk in at six, or call.
Evening group | recovery peer | en es | | 2 18-19:30; 4 18-19:30 | 23 | Talk about the week. Coffee is on. | Anyone who wants to use less or nothing. | Come as you are.
Recovery house | recovery housing | en | By income | 1-7 0-24 | 22 | A room and company for three to twelve months. | Adults, thirty days without using. | Call for a talk.
Family evening | recovery family | en es | | 1 18-20 | 23 | For people who live with somebody who drinks or uses. | Family and friends. | Walk in.

Wren Harbor Clinic | 14 Hospital Road | Bus 4 and 12
Family doctor | medical | en es pt vi | By income | 1-5 8-18 | 24 | Check-ups, chronic illness, vaccines. | Anyone, insured or not. | Call; same-day times at eight.
Dentist | medical | en es | $25, less by income | 1-4 8-16 | 25 | Fillings, check-ups and pain. | Adults and children. | Call.
Women's health | medical family | en es | By income | 2 9-17; 5 9-13 | 24 | Pregnancy, birth control, check-ups. | Anyone. | Call.
Eyes and glasses | medical | en es | Glasses from $15 | 3 9-15 | 26 | Test and a first pair. | Anyone with little income. | Call.

Harbor General | 90 Hospital Road | Bus 4
Emergency room | medical psychiatric | en es zh ase | Billed; ask for help with cost | 1-7 0-24 | 90 | Open day and night. Ask for the quiet room. | Anyone. | Walk in.
Walk-in mental health | psychiatric therapy | en es | | 1-7 8-22 | 91 | Talk with a nurse within the hour, no bed needed. | Anyone, any age. | Walk in or call.
Medication clinic | psychiatric medical | en es | By income | 1-5 9-16 | 92 | Psychiatrists and nurses for starting and changing medicine. | With a referral from any clinic. | Your team can call.

Little Gulls | 9 Garden Street | Bus 12
Day care by income | family | en es | By income | 1-5 7-18 | 30 | Ages 6 weeks to 5 years, with breakfast. | Families in town. | Call; the list takes about a month.
Parents' coffee | family peer | en es | | 5 9-11 | 30 | Sit down while the children play. | Parents of small children. | Walk in.
Safe at home | family legal | en es | | 1-7 0-24 | 31 | Somebody to talk with about fear at home, a plan, a place to go. | Anyone of any gender. | Call at any hour. Hang up when you need to.
Supervised visits | family legal | en es | | 6 9-17; 7 9-17 | 32 | A calm room to see your children. | With a court order or by agreement. | Call.

Kitchen Table | 18 Church Row | Bus 12
Peer drop-in | peer | en es | | 1-5 12-18 | 33 | Run by people who have been there. Games, tea, quiet corner. | Adults. | Walk in.
Hearing voices group | peer therapy | en | | 2 17-18:30 | 33 | Compare what helps, no doctors. | People who hear voices. | Call once before.
Warm line | peer | en es | | 1-7 17-23 | 34 | Talk with a peer before it gets hard. | Anyone. | Call.
Families side by side | peer family | en es | | 4 18-20 | 33 | Eight evenings for families, by families. | Relatives and friends. | Call.

Library on Pine Street | 2 Pine Street | Bus 4 and 12
Quiet reading room | education | en es | | 1-6 9-19 | 35 | Warm, dry, nobody asks anything. | Anyone. | Walk in.
Open evening | peer education | en | | 5 18-21 | 35 | Music and readings by anyone who wants to. | Anyone. | Put your name on the list at six.
Forms desk | benefits legal | en es ar | | 2 13-17; 4 13-17 | 36 | A patient person and a printer for any form. | Anyone. | Walk in.

Paws on the Pier | 70 Ferry Road | Bus 12
Helpers in the kennel | employment peer | en | | 6 9-13 | 37 | Walk dogs for a morning. Some stay on for paid hours. | Age 16 and older. | Call.
Pet food and vet days | benefits | en es | | 6 9-12 | 37 | Food and shots for pets of people with little money. | Anyone. | Walk in with the pet.

Common Ground Garden | 44 School Hill | Ten minutes on foot from bus 4
Garden mornings | food peer | en es vi | | 3 9-12; 6 9-12 | 38 | Dig, plant, take vegetables home. | Anyone. | Come in old shoes.
Tool library | housing | en | $10 a year | 6 9-14 | 38 | Borrow a drill, a ladder or a cart. | Residents. | Walk in.

Open Door Health Van | Moves; see the hours | Stops at the pier on Mondays
Care on the street | medical recovery | en es | | 1 10-15; 3 10-15 | 39 | Wounds, tests, vaccines, safer-use supplies. No name needed. | Anyone. | Look for the yellow van.
"""


def town(sheet: Sheet, rng: Random, now: datetime) -> list[str]:
    """Writes the directory and returns the ids of its services."""
    directory = new_id(rng)
    sheet.add(
        Directory, id=directory, name="Wren Harbor", dialect="sample", sample=True, imported_at=now - timedelta(days=20)
    )
    services: list[str] = []
    for number, block in enumerate(LISTINGS.strip().split("\n\n"), 1):
        head, *lines = block.splitlines()
        agency = _Agency(sheet, rng, directory, number, *(part.strip() for part in head.split("|")))
        for line in lines:
            services.append(agency.service(len(services) + 1, [part.strip() for part in line.split("|")], now))
    return services


class _Agency:
    """One agency and the place where it is; its services are added to both."""

    def __init__(
        self, sheet: Sheet, rng: Random, directory: str, number: int, name: str, street: str, way: str
    ) -> None:
        self.sheet, self.rng, self.directory, self.name, self.street = sheet, rng, directory, name, street
        self.id, self.location = new_id(rng), new_id(rng)
        slug = "".join(letter if letter.isalnum() else "-" for letter in name.lower()).strip("-")
        self.url = f"https://{slug}.example"
        self._add(Organization, self.id, f"agency-{number}", name=name, url=self.url)
        self._add(
            Location, self.location, f"place-{number}", name=name, address=street, city=CITY, region=REGION, transport=way,
            latitude=round(CENTRE[0] + rng.uniform(-0.02, 0.02), 5), longitude=round(CENTRE[1] + rng.uniform(-0.02, 0.02), 5),
        )  # fmt: skip

    def _add(self, table: type, id: str, source: str, **values: Any) -> None:
        self.sheet.add(table, id=id, directory=self.directory, source_id=source, **values)

    def service(self, number: int, parts: list[str], now: datetime) -> str:
        name, needs, languages, fees, hours, phone, about, eligibility, begin = parts
        id, source = new_id(self.rng), f"service-{number}"
        found_by = " ".join((self.name, CITY, self.street, about, eligibility, *(ALSO[need] for need in needs.split())))
        self._add(
            Service,
            id,
            source,
            number=number,
            organization=self.id,
            name=name,
            description=about,
            eligibility=eligibility,
            how_to_apply=begin,
            fees=fees or "Free",
            free=not fees,
            needs=needs,
            languages=languages,
            url=self.url,
            area=CITY,
            search=found_by,
            assured=(now - timedelta(days=self.rng.randrange(5, 300))).date(),
        )
        self.sheet.add(ServiceAtLocation, id=new_id(self.rng), service=id, location=self.location)
        written, dial = f"(207) 555-01{phone}", f"+120755501{phone}"
        self._add(Phone, new_id(self.rng), f"phone-{number}", service=id, number=written, dial=dial)
        for day, opens, closes in opening(hours):
            where = {"service": id, "weekday": day, "opens": opens, "closes": closes}
            self._add(Schedule, new_id(self.rng), f"hours-{number}-{day}-{opens}", **where)
        return id


def opening(written: str) -> list[tuple[int, int, int]]:
    """ "1-5 9-17; 6 10-14" as (weekday, opens, closes), in minutes after midnight."""
    found = []
    for part in written.split(";"):
        days, times = part.split()
        first, last = (days.split("-") * 2)[:2]
        opens, closes = (_minutes(time) for time in times.split("-"))
        found += [(day, opens, closes) for day in range(int(first), int(last) + 1)]
    return found


def _minutes(time: str) -> int:
    hour, _, minute = time.partition(":")
    return int(hour) * 60 + int(minute or 0)
