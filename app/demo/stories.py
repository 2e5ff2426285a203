"""The records of the three clients in the cast, written by hand: what they share differs from what they keep."""

from datetime import datetime, timedelta

from app.access.facts import Action, Category, Flag, Label
from app.data.tables.consent import ItemDenial
from app.data.tables.message import ThreadMember
from app.demo import words
from app.demo.bulk import Sheet, new_id
from app.demo.circle import SEE, Circle, Share
from app.demo.plans import workday
from app.demo.record import HOME, Record, at_home, at_work, awake
from app.demo.words import GoalWords

_C, _M, _T, _S = "client", "case_manager", "clinician", "supporter"
PLACE_OF_MY_OWN = GoalWords(
    "housing",
    "A place of my own",
    "I want a door I can close, and my brother on the couch some weekends.",
    "A signed lease and the first month paid.",
    (
        (_C, "Write down what I need from a place", ""),
        (_C, "Look at two apartments near a bus line", "{cm} can come along."),
        (_C, "Call the housing office", "Ask if they have your form. It takes about 5 minutes."),
        (_M, "Send the letter about my income to the housing office", ""),
        (_C, "Pick up the keys", ""),
    ),
)
SLEEP = GoalWords(
    "mental-health",
    "Sleep through the night",
    "Everything is easier after I sleep.",
    "Six hours or more, five nights a week.",
    (
        (_C, "Put my phone in the kitchen at 10", "An old alarm clock is at the center if you want one."),
        (_T, "Talk about the dreams with {cl}", ""),
        (_C, "Write down when I went to bed, for one week", ""),
        (_S, "Walk together after dinner on Sundays", ""),
    ),
)
OFF_PILLS = GoalWords(
    "substance-use",
    "Stay off pills, one week at a time",
    "I want to be awake for Leo's graduation.",
    "Thirty days in a row, counted by me.",
    (
        (_C, "Go to the Thursday group", "Sit by the door if that is easier."),
        (_T, "Make my list of hard hours with {cl}", ""),
        (_C, "Call Ray before the weekend", ""),
    ),
)
MY_FATHER = GoalWords(
    "family",
    "Decide about my father",
    "I don't know yet if I want him back in my life.",
    "I know what I want to say, or that I don't.",
    ((_C, "Write the letter I won't send", ""), (_T, "Read it with {cl}, if I want", "")),
)
BUS_PASS = GoalWords(
    "transport",
    "Get around without asking for rides",
    "I want to come and go when I like.",
    "Bus pass in my pocket.",
    ((_M, "Apply for the reduced fare card", ""), (_C, "Ride the 12 bus once with {cm}", "")),
)
CHOIR = GoalWords("social", "Sing in the Sunday choir", "My aunt says I used to.", "Three Sundays.", ())
BAKERY = GoalWords(
    "employment",
    "Keep my bakery job",
    "I like the early mornings and the people there.",
    "Three months in a row with the shifts I agreed to.",
    (
        (_C, "Set two alarms for the early shift", ""),
        (_C, "Tell my boss about Thursdays", "You choose how much to say."),
        (_M, "Write to work about a later start on therapy days", ""),
    ),
)
GRADUATE = GoalWords(
    "education",
    "Graduate in June",
    "I want to walk across that stage.",
    "Two classes left, both passed.",
    ((_C, "Hand in the history paper", ""), (_M, "Ask the school about a quiet room for tests", "")),
)
SCHOOL = GoalWords(
    "education",
    "Go to school four days a week",
    "I miss my friends, not the hallway.",
    "Four days, three weeks in a row.",
    (
        (_C, "Pick the first class to go back to", ""),
        (_M, "Ask the school about the side entrance", ""),
        (_C, "Text Mina before the bus", ""),
        (_S, "Drive on Mondays", ""),
    ),
)
PANIC = GoalWords(
    "mental-health",
    "Handle panic when it comes",
    "I don't want it to decide where I can go.",
    "I stay in class when it starts, three times.",
    ((_T, "Learn the breathing with {cl}", ""), (_C, "Carry the card with my five things", "")),
)
BODY = GoalWords(
    "physical-health",
    "Talk with somebody about my body and dating",
    "I want to ask without anybody at home knowing.",
    "My questions are answered.",
    ((_C, "Write down my questions", ""), (_C, "Go to the clinic visit", "")),
)
JO = ("Jo", "Lee")


def _ago(now: datetime, days: int, minutes: int = 0) -> datetime:
    """Whole days ago around two o'clock, on a working day; less than one is counted from now."""
    return (at_work(now, days, 5 * 60) if days else now) - timedelta(minutes=minutes)


def next_visit(now: datetime) -> datetime:
    """Today if there is an hour left for it, else tomorrow; always between nine and five."""
    local = now.astimezone(HOME)
    if local.hour < 15:
        return at_home(local.date(), max(local.hour + 2, 10) * 60 + 30)
    return at_home(local.date() + timedelta(days=1), 14 * 60 + 30)


def maya(r: Record, circle: Circle, sheet: Sheet, people: dict[str, str], services: list[str]) -> None:
    now, lead, clinician, peer = r.now, r.lead, r.place.clinician.id, r.place.peer.id
    mother, father = people["mother"], people["father"]
    jo = circle.somebody(*JO)
    _maya_shares(circle, mother, father, jo)
    home = r.goal(PLACE_OF_MY_OWN, 0, done=2, days=60, due=0)
    r.goal(SLEEP, 1, done=1, days=45, due=3)
    r.goal(OFF_PILLS, 2, done=1, days=30, due=2, labels=int(Label.SUD))
    r.goal(MY_FATHER, 3, days=20, flags=int(Flag.CLIENT_PRIVATE))
    r.goal(BUS_PASS, 4, days=90, lifecycle="completed")
    r.goal(CHOIR, 5, days=2, lifecycle="proposed")
    r.comment(home, r.client, "The one on Mill Lane has stairs, but the light is so good.", _ago(now, 5, 235))
    r.comment(home, lead, "I asked about the stairs. There is a rail on both sides.", _ago(now, 4, 90))
    r.comment(home, mother, "I have a bed frame you can have.", _ago(now, 3, -215))
    _maya_visits(r, sheet, mother)
    staff = frozenset((lead, clinician, peer))
    first = [
        (r.client, "The landlord called me back. He wants papers about my income.", _ago(now, 9)),
        (lead, "I'll write that letter today. Shall I send it, or do you pick it up?", _ago(now, 9, -40)),
        (r.client, "Please send it.", _ago(now, 9, -70)),
        (lead, "It's on its way.", _ago(now, 8)),
        (lead, "I found two places near the 12 bus. We can look at them together, if you want.", at_work(now, 0, 10)),
    ]
    r.thread("client", "About the apartment", first, staff, (r.client,), read={r.client: _ago(now, 6)})
    second = [
        (r.client, "Is it normal that the new medicine makes me thirsty?", _ago(now, 20)),
        (lead, "Good that you ask. The nurse will call you today.", _ago(now, 20, -30)),
        (r.client, "She called. All fine, thank you.", _ago(now, 19)),
        (lead, "Good. Write any time.", _ago(now, 19, -15)),
    ]
    r.thread("client", "My medicine", second, staff, (r.client,))
    thursday = [
        (peer, "Thursday was good. You said the thing about the bus, and three people nodded.", _ago(now, 4)),
        (r.client, "My hands were shaking. But yes.", _ago(now, 4, -30)),
        (peer, "See you next week. I keep you the chair by the door.", _ago(now, 3)),
    ]
    group = r.thread("client", "Thursdays", thursday, staff, (r.client,), labels=int(Label.SUD))
    joined = {"thread": group, "person": peer, "joined_at": _ago(now, 5), "read_at": _ago(now, 3)}
    sheet.add(ThreadMember, id=new_id(r.rng), **joined)
    family = [
        (mother, "Is there anything I can do this week?", _ago(now, 6)),
        (lead, "Maya asked for a ride after the visit. That would help.", _ago(now, 6, -60)),
        (r.client, "And the soup.", _ago(now, 6, -90)),
        (mother, "Ride and soup it is.", _ago(now, 5)),
        (lead, "Thank you, Rosa.", _ago(now, 5, -20)),
    ]
    r.thread("family", "With my people", family, staff, (r.client, mother))
    inside = [
        (clinician, "Maya would like to read the letter to her father with me, not alone.", _ago(now, 3)),
        (lead, "Thanks. I'll keep Thursday light then.", _ago(now, 3, -45)),
    ]
    r.thread("team", "", inside, staff, flags=int(Flag.NOT_IN_PORTAL))
    for days, mode, text in (
        (1, "phone", "Short call. Maya will bring the paper about her income."),
        (6, "visit", "Looked at two apartments together. Maya liked the light in the second."),
        (13, "visit", "Went over the plan. One step ticked off, one made smaller."),
        (20, "phone", "Maya asked about the new medicine. The nurse called back the same day."),
        (27, "home", "Visit at home. Rosa made tea. Talked about the ride on visit days."),
        (34, "visit", "First plan review. Maya read her goals aloud and changed one word."),
    ):
        r.contact(_ago(now, days), mode, text, minutes=30)
    r.contact(_ago(now, 8), "visit", "Maya went to the Thursday group and stayed.", minutes=30, labels=int(Label.SUD))
    r.task("Send the income letter to the housing office", 1)
    r.task("Ask the landlord about the rail on the stairs", -1, "completed")
    r.task("Prepare the plan review", 12, "requested")
    _maya_crisis(r, mother)
    r.saved(services[0], 6, "They are kind in the mornings. I can come along.")
    r.saved(services[6], 12, "No papers on the first visit. Just come.")
    r.saved(services[51], 15)


def _maya_shares(circle: Circle, mother: str, father: str, jo: str) -> None:
    circle.relate(mother, "family", "Mom", 130)
    circle.relate(father, "family", "Dad", 130)
    circle.relate(jo, "friend", "Friend", 80)
    talks = SEE | Action.MESSAGE | Action.JOIN_THREAD
    circle.share(
        mother,
        "Rosa Reyes",
        [
            Share(Category.APPOINTMENTS),
            Share(Category.GOALS, SEE | Action.COMMENT),
            Share(Category.CRISIS_PLAN, SEE, (1, 2, 8)),
            Share(Category.MESSAGES, talks),
            Share(Category.CARE_TEAM_NAMES),
        ],
        days=100,
    )
    both = [Share(Category.APPOINTMENTS, SEE | Action.DETAILS), Share(Category.GOALS)]
    circle.share(father, "Victor Reyes", both, days=110, ended=21)
    circle.share(jo, "Jo Lee", [Share(Category.GOALS), Share(Category.CRISIS_PLAN, SEE, (2, 3, 8))], days=70, lasts=100)


def _maya_visits(r: Record, sheet: Sheet, mother: str) -> None:
    lead, clinician, peer = r.lead, r.place.clinician.id, r.place.peer.id

    def on(offset: int, hour: int) -> datetime:
        return at_home(workday(r.today, offset), hour * 60)

    r.visit(next_visit(r.now), lead, way="Bus 12 stops at the door. Bring the paper about your income.", ride=True)
    kept = r.visit(on(3, 11), clinician, kind="therapy", confirmed=True)
    sheet.add(ItemDenial, id=new_id(r.rng), item=kept, person=mother)
    r.visit(on(4, 15), r.place.nurse.id, kind="medication", flags=int(Flag.CONFIDENTIAL))
    r.visit(on(5, 16), peer, kind="group", minutes=90, labels=int(Label.SUD))
    r.visit(on(8, 15), lead, kind="review", move="My shift at the store changed.")
    r.visit(on(11, 10), None, state="proposed", mode="phone", move="Could we talk about school?")
    r.visit(on(-4, 10), lead, state="fulfilled")
    r.visit(on(-6, 11), clinician, state="noshow", kind="therapy")
    r.visit(on(-9, 10), lead, state="fulfilled", mode="home")
    r.visit(on(-11, 11), clinician, state="fulfilled", kind="therapy")
    r.visit(on(-14, 10), lead, state="cancelled", mode="phone")
    r.visit(on(-24, 10), lead, state="fulfilled", kind="intake", minutes=60)


def _maya_crisis(r: Record, mother: str) -> None:
    first = [
        (1, "I stop answering texts", None),
        (2, "Walk to the water and back", None),
        (5, "{cm}, case manager, (207) 555-0110, weekdays 9 to 5", None),
    ]
    r.crisis_plan(first, number=1, state="superseded", days=120)
    entries = [
        *first[:1],
        (1, "I can't sleep two nights in a row", None),
        *first[1:2],
        (2, "My playlist, the loud one first", None),
        (3, "The library on Pine Street", None),
        (3, "Walk Jo's dog", None),
        (4, "Aunt Pilar, (207) 555-0141, evenings", None),
        (4, "Jo, (207) 555-0152, text first", None),
        (4, "Mom, (207) 555-0163, any time", mother),
        *first[2:],
        (5, "Harbor Street night team, (207) 555-0101, every night 5 PM to 8 AM", None),
        (6, "Aunt Pilar keeps my medicines and gives me a week at a time", None),
        (7, "My little brother's graduation in June", None),
        (7, "I want to see the sea in winter again", None),
        (8, "Sit near me. Don't ask many questions", None),
        (8, "Remind me that it passed last time", None),
        (9, "A room with a window. I am allergic to penicillin", None),
        (10, "Mrs. Abbott feeds the cat", None),
        (10, "Please do not tell my father", None),
        (11, "{cm} calls on the first day home", None),
    ]
    r.crisis_plan(entries, number=2, days=38)


def leo(r: Record, circle: Circle, sheet: Sheet, people: dict[str, str], services: list[str]) -> None:
    """His mother sees his visits with what they are for, and his saved places; of his goals and his plan nothing."""
    now, mother = r.now, people["mother"]
    circle.relate(mother, "family", "Mom", 80)
    circle.share(
        mother,
        "Rosa Reyes",
        [Share(Category.APPOINTMENTS, SEE | Action.DETAILS | Action.BOOK), Share(Category.RESOURCES)],
        days=75,
    )
    bakery = r.goal(BAKERY, 0, done=1, days=50, due=-2)
    r.goal(GRADUATE, 1, days=40, due=6)
    r.goal(words.GOALS["en"][13], 2, days=10, lifecycle="on-hold")
    r.comment(bakery, r.client, "I told her. She said Thursdays are fine.", _ago(now, 2))
    for offset, hour, state, kind, staff in (
        (-1, 10, "noshow", "case_management", r.lead),
        (-8, 10, "fulfilled", "case_management", r.lead),
        (-15, 13, "fulfilled", "therapy", r.place.clinician.id),
        (3, 9, "booked", "case_management", r.lead),
        (6, 13, "booked", "therapy", r.place.clinician.id),
    ):
        r.visit(at_home(workday(r.today, offset), hour * 60 + 30), staff, state=state, kind=kind)
    said = [
        (r.lead, "Your letter for work is in the mail.", _ago(now, 4)),
        (r.client, "Thanks. I forgot our visit. I saw it after.", awake(_ago(now, 0, 300))),
        (r.client, "Can my mom come on Thursday?", awake(_ago(now, 0, 190))),
    ]
    r.thread("client", "This week", said, frozenset((r.lead,)), (r.client,))
    r.contact(
        _ago(now, 8), "visit", "Met at the bakery's back door after his shift. Talked about Thursdays.", minutes=25
    )
    r.contact(_ago(now, 15), "phone", "Leo asked about the letter for work.", minutes=10)
    r.contact(_ago(now, 1), "phone", words.CONTACT_TRIED[0], reached=False)
    r.task("Check in after the visit that did not happen", 0)
    entries = [
        (1, "I skip shifts", None),
        (2, "Headphones and a walk", None),
        (4, "Maya, (207) 555-0155, any time", None),
        (7, "The bread smell at five in the morning", None),
    ]
    r.crisis_plan(entries, days=104)
    r.saved(services[16], 9, "They know the bakery. Ask for the coach who bikes.")
    r.saved(services[21], 5)


def zoe(r: Record, circle: Circle, sheet: Sheet, people: dict[str, str], services: list[str]) -> None:
    """Seventeen. Her mother sees the record by her authority, but not what Zoe may consent to alone or keeps to herself."""
    now, guardian = r.now, people["guardian"]
    circle.represent(circle.relate(guardian, "guardian", "Mom", 110), r.place.lead.id)
    alone = int(Flag.MINOR_CONSENTED)
    school = r.goal(SCHOOL, 0, done=1, days=60, due=1)
    r.goal(PANIC, 1, done=1, days=50, due=4)
    r.goal(BODY, 2, days=12, due=5, flags=alone)
    r.goal(words.GOALS["en"][13], 3, days=5, flags=int(Flag.CLIENT_PRIVATE))
    r.comment(school, r.client, "Art first. Nobody talks before ten in art.", _ago(now, 3))
    r.comment(school, guardian, "I can drive on Mondays.", _ago(now, 2))
    for offset, hour, state, kind, flags, staff in (
        (-7, 15, "fulfilled", "therapy", 0, r.place.clinician.id),
        (-3, 15, "fulfilled", "case_management", 0, r.lead),
        (1, 15, "booked", "therapy", 0, r.place.clinician.id),
        (2, 15, "booked", "medication", alone, r.place.nurse.id),
        (7, 15, "booked", "case_management", 0, r.lead),
    ):
        r.visit(at_home(workday(r.today, offset), hour * 60 + 30), staff, state=state, kind=kind, flags=flags)
    said = [
        (r.client, "Can we meet at the side door?", _ago(now, 5)),
        (r.lead, "Side door it is. Ring once.", _ago(now, 5, -25)),
        (r.lead, "The school says yes to the quiet room.", _ago(now, 1)),
    ]
    r.thread("client", "School", said, frozenset((r.lead,)), (r.client,), read={r.client: _ago(now, 2)})
    family = [
        (guardian, "Should I wake her, or let her decide?", _ago(now, 8)),
        (r.lead, "Let's ask Zoe on Thursday, the three of us.", _ago(now, 8, -50)),
    ]
    r.thread("family", "School mornings", family, frozenset((r.lead,)), (r.client, guardian))
    r.contact(_ago(now, 3), "visit", "Walked around the school with Zoe. She chose art.", minutes=40)
    r.contact(_ago(now, 10), "phone", "Talked with Zoe about the bus.", minutes=15)
    r.task("Call the school about the side entrance", 2)
    entries = [
        (1, "I hide in the bathroom at school", None),
        (2, "Count five things I can see", None),
        (4, "Mom, (207) 555-0177, any time", guardian),
        (8, "Don't hug me without asking", None),
    ]
    r.crisis_plan(entries, days=20)
    r.saved(services[29], 7, "For your age, and you can go alone.")
