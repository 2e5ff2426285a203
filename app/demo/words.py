# ruff: noqa: E501  (texts, one on each line)
"""What the people of the sample write, say and want, in English and Spanish. Invented; in their own words, the person first.

Kept as plain text and read once. `{name}` is the client, `{cm}` the case manager, `{cl}` the clinician.
"""

from dataclasses import dataclass

OWNERS = {"c": "client", "m": "case_manager", "t": "clinician", "s": "supporter", "p": "provider"}


@dataclass(frozen=True, slots=True)
class GoalWords:
    """steps: (owner, text, hint)."""

    domain: str
    title: str
    why: str
    measure: str
    steps: tuple[tuple[str, str, str], ...]


def _parts(line: str, count: int) -> list[str]:
    return [*(part.strip() for part in line.split("|")), *[""] * count][:count]


def _goals(text: str) -> tuple[GoalWords, ...]:
    found = []
    for block in text.strip().split("\n\n"):
        head, *lines = block.splitlines()
        domain, title, why, measure = _parts(head, 4)
        steps = [(OWNERS[line[0]], *_parts(line[2:], 2)) for line in lines]
        found.append(GoalWords(domain, title, why, measure, tuple((who, text, hint) for who, text, hint in steps)))
    return tuple(found)


def _talks(text: str) -> tuple[tuple[tuple[str, str], ...], ...]:
    """Exchanges: who (c client, s staff, f supporter) and what they wrote."""
    blocks = [block.splitlines() for block in text.strip().split("\n\n")]
    return tuple(tuple((line[0], line[2:].strip()) for line in block) for block in blocks)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.strip().splitlines())


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _grouped(text: str) -> dict[str, tuple[str, ...]]:
    """Blocks that begin with a key on a line of its own."""
    blocks = [block.splitlines() for block in text.strip().split("\n\n")]
    return {block[0].strip(): tuple(line.strip() for line in block[1:]) for block in blocks}


_GOALS_EN = _goals("""
housing | A place of my own | I want a door I can close and a key that is mine. | A signed lease and the first month paid.
c Call the housing office | Ask if they have your form. It takes about 5 minutes.
m Send the letter about my income to the housing office
c Look at two apartments near a bus line | {cm} can come along.
c Write down what I need from a place, and what I can live without
m Ask the landlord about a payment plan for the deposit
c Pick up the keys

mental-health | Sleep through the night | Everything is easier after I sleep. | Six hours or more, five nights a week.
c Put my phone in the kitchen at 10 | An old alarm clock is at the center if you want one.
t Talk about the dreams with {cl}
c Write down when I went to bed, for one week
c Walk for 20 minutes after lunch
m Ask the pharmacy about the time I take my medicine

employment | Keep my bakery job | I like the early mornings and the people there. | Three months in a row with the shifts I agreed to.
c Tell my boss about Thursdays | You choose how much to say.
m Write to work about a later start on therapy days
c Set two alarms for the early shift
c Talk with {cm} after the first week
p Meet the job coach for half an hour

family | Have my kids over on weekends | They are my reason. | Two weekends a month with the kids here.
c Make a list of what the kids need to stay over
m Ask the court about the visiting plan
c Cook with them on Saturday | Something they like and you can make with eyes closed.
t Practice the hard talk with {cl}
c Call them on Wednesday evening

income | Fix my benefits | I worry about money every single day. | Letters answered and the card works.
m Find out why the payment stopped
c Bring the last two letters | Any folder will do.
c Sign the release for the benefits office
m Sit with me for the phone interview
c Check the card on the first of the month

education | Evening classes | I left school early and I liked learning. | Finished one class with a certificate.
c Look at the list of classes | Circle anything that sounds good. No need to decide.
m Find out what it costs and who pays
c Visit the school once before it starts
c Go to the first evening
p Talk with the study adviser

physical-health | Look after my diabetes and my teeth | I put it off for two years. | Blood sugar checked monthly and one dentist visit done.
m Find a dentist who takes my plan
c Write down my numbers in the morning
c Ask the nurse about my feet
m Book a ride to the clinic
c Walk to the market instead of the bus, twice a week

medication | Feel like myself on my medicine | I want it to help without making me foggy. | I can say what each one is for, and I feel awake at work.
c Write down how the mornings feel, for two weeks
t Look at the doses together with {cl}
c Ask what to do when I forget one
m Set up the pill box at the pharmacy
c Tell my sister what I take

social | Get out of the house and see people | I got used to being alone and I miss laughing. | Two things a week with other people.
c Go to the Tuesday coffee hour | You can leave after ten minutes.
c Text one old friend
m Walk over to the center with me the first time
c Try the choir on Sunday
c Ask my neighbor about the garden

transport | Get around without asking for rides | I want to come and go when I like. | Bus pass in my pocket and used each week.
m Apply for the reduced fare card
c Ride the 12 bus once with {cm}
c Put the bus times on my fridge
c Go to the store alone on a quiet morning
m Ask about the door-to-door van for bad days

legal | Put the court case behind me | I can't plan anything while it hangs there. | The judge's list is done and the case is closed.
m Write the letter for the court date
c Meet the lawyer | Bring the blue paper with the case number.
c Go to the hearing with {cm}
c Pay the first part of the fine
m Ask if the rest can be community hours

food | Cook for the kids | They eat better and so do I. | Four dinners a week at home.
c Pick three dinners for this week
m Sign me up for the food box
c Go to the cooking evening at the center
c Freeze two portions on Sunday
s Help carry the shopping on Friday

mental-health | Handle panic when it comes | I don't want it to decide where I can go. | I stay on the bus when it starts, three times.
t Learn the breathing with {cl}
c Carry the card with my five things
c Ride one stop, then two
c Write down what set it off | One line is plenty.
m Find a quieter time for my visits

strengths | Play music again | I forget everything when I play. | One song a week, and once in front of people.
c Get the guitar back from my brother
c Play for ten minutes before dinner
m Ask about the open evening at the library
c Choose two songs
c Invite somebody I trust

home | Make my room a good place to be | It got too much and I stopped seeing it. | I would let a friend in.
c Fill one bag, only one
m Borrow the cart from the center
c Open the window each morning
c Hang up the picture from my aunt
s Help carry the old couch down

employment | Find work with animals | Dogs don't ask me anything. | A trial week somewhere with animals.
c Visit the shelter and look around
m Call the shelter about helpers
p Write a short resume with the job coach
c Help there one afternoon
c Ask about paid hours
""")

_SUD_EN = _goals("""
substance-use | Stay off pills, one week at a time | I want to be there for my family, awake. | Thirty days in a row, counted by me.
c Go to the Thursday group | Sit by the door if that is easier.
t Make my list of hard hours with {cl}
c Call Ray before the weekend
c Tell one person I trust how it is going
m Ask about the medicine that eases cravings

substance-use | Drink less and know why I do | It costs me sleep and friends. | Four evenings a week without a drink.
c Mark the evenings on the calendar
t Talk about the after-work hour with {cl}
c Find something to hold at parties
c Walk home by the water, past no bars
m Find a group that meets after six
""")

_GOALS_ES = _goals("""
housing | Un lugar propio para mis hijos y para mí | Quiero una puerta que pueda cerrar. | Contrato firmado y primer mes pagado.
c Llamar a la oficina de vivienda | Pregunte si tienen su formulario. Son unos 5 minutos.
m Mandar la carta de ingresos a la oficina
c Ver dos apartamentos cerca del autobús
c Escribir qué necesito y qué puedo dejar
m Preguntar al dueño por un plan de pagos

mental-health | Dormir toda la noche | Todo es más fácil cuando duermo. | Seis horas, cinco noches por semana.
c Dejar el teléfono en la cocina a las 10
t Hablar de los sueños con {cl}
c Anotar a qué hora me acuesto, una semana
c Caminar 20 minutos después de comer
m Preguntar en la farmacia por la hora de mi medicina

education | Aprender inglés | Quiero hablar con la maestra de mi hija. | Terminar el primer nivel.
c Mirar la lista de clases
m Averiguar cuánto cuesta y quién paga
c Ir a la primera clase
c Practicar con mi hija en la cena
c Pedir en el mercado en inglés

employment | Trabajar con horario fijo | Así puedo recoger a los niños. | Tres meses con el mismo horario.
p Hacer mi hoja de vida con el asesor
c Llamar a la lavandería de la calle Pino
m Escribir una carta de recomendación
c Ir a la entrevista
c Contarle a {cm} cómo fue

family | Hablar con mi hijo sin pelear | Lo extraño aunque vive aquí. | Una comida tranquila cada semana.
c Invitarlo a cocinar el sábado
t Practicar la conversación con {cl}
c Contar hasta diez y respirar
c Decirle una cosa que me gusta de él
m Buscar el grupo de padres de los martes

physical-health | Cuidar mi presión | Mi madre la tenía alta. | Presión buena tres meses seguidos.
m Pedir cita en la clínica
c Anotar mi presión por la mañana
c Cocinar con menos sal
c Caminar con mi vecina
c Preguntar a la enfermera por las pastillas

income | Arreglar mis papeles y mis beneficios | Las cartas me quitan el sueño. | Cartas contestadas y tarjeta activa.
c Traer las dos últimas cartas
m Llamar con {name} a la oficina de beneficios
c Firmar el permiso
m Acompañar a la entrevista por teléfono
c Revisar la tarjeta el día primero
""")

_SUD_ES = _goals("""
substance-use | Dejar de tomar entre semana | Quiero estar despierto para mis hijos. | Cuatro noches por semana sin tomar.
c Ir al grupo del jueves | Puede sentarse junto a la puerta.
t Hacer la lista de horas difíciles con {cl}
c Llamar a Ray antes del fin de semana
c Contarle a una persona de confianza
m Preguntar por un grupo en español
""")

GOALS = {"en": _GOALS_EN, "es": _GOALS_ES}
SUD_GOALS = {"en": _SUD_EN, "es": _SUD_ES}

TALKS = {
    "en": _talks("""
c Can my sister come on Thursday?
s Yes, of course. I will get a bigger room.

c I got a letter from the housing office and I don't understand it.
s Bring it on your next visit, or send a photo. We will read it together.
c Thank you. It is long.
s Long letters often say one small thing. We'll find it.

s I found two places near the 12 bus. We can look at them together, if you want.
c Yes please. Is the second one on the ground floor?
s It is. I asked about the stairs too.

c The bus was late and I turned around. Sorry.
s No need to be sorry. Would a call at the same time work for you?
c A call is good.

c I slept six hours two nights in a row.
s That is good to hear. What helped, do you think?
c The phone in the kitchen, really.

s The pharmacy says your refill is ready after 3 PM.
c Got it. I'll walk over.

c Work moved my shift to Tuesday. Can we meet another day?
s Yes. Wednesday at 10 or Friday at 2, which is better?
c Friday.
s Friday at 2 it is.

c I don't feel like talking this week.
s That's OK. I'm here, and your plan works without talking. A text is enough.
c OK. Thanks for not making it a thing.

s How did the first evening class go?
c I stayed the whole time. The teacher is kind.
s I'm glad. You did that.

c Do I need to bring anything tomorrow?
s Just yourself, and the blue paper if you find it.

c The landlord called me back. He wants papers about my income.
s I'll write that letter today. You can pick it up or I send it.
c Please send it.
s It's on its way.

c My kids came for lunch on Saturday.
s That sounds like a good Saturday. What did you cook?
c Rice and the chicken my aunt makes.

c Is it normal that the new medicine makes me thirsty?
s Good that you ask. I passed it to the nurse. She will call you today.
c She called. All fine, thank you.

s I moved our visit to room 2. Same time.
c OK, see you there.

c I rode two stops today.
s Two stops. That's twice as far as last week.

c Could you write to my school again?
s I will, by Friday. Is there anything you don't want in it?
c Just don't say why.
s I won't.

s Your food box comes on Thursday between 2 and 4.
c Good. I'll be home.

c I called the number and nobody picks up.
s I'll try from here and tell you what I hear.
s They called back. They are open from 9 to 12. I updated the list.
c Thanks. I'll try at 9.

c Today was hard. I used my plan and took a walk.
s Thank you for telling me. Do you want a call this afternoon?
c No, tomorrow is fine.
s Then I'll call at 10 tomorrow. Your plan works any time.

c The form asks for my old address. I don't have one.
s Write ours. I put a note in the envelope.

s Ray asked if you want to join the garden on Saturday.
c Maybe. Is it loud?
s Not loud. Six people and a dog.
c I'll come for the dog.

c I forgot our visit. I saw it after.
s That happens. Shall we find a new time, or a call instead?
c A call tomorrow?
s Tomorrow at 11.

c They said yes to the apartment!
s {name}, that's yours. I am so glad. Let's plan the keys.

c Can you remind me what the doctor said about the pills?
s One in the morning, with food. The nurse can explain it again if you like.

s I'll be away next week. {cl} and the team are here for you.
c OK. Have a good time.
"""),
    "es": _talks("""
c ¿Puede venir mi hermana el jueves?
s Sí, claro. Busco una sala más grande.

c Llegó una carta y no la entiendo.
s Tráigala a la próxima visita o mande una foto. La leemos juntos.
c Gracias. Es larga.

s Encontré dos lugares cerca del autobús 12. Si quiere, los vemos.
c Sí, por favor. ¿El segundo está en la planta baja?
s Sí, y pregunté por las escaleras.

c El autobús llegó tarde y me regresé. Perdón.
s No pasa nada. ¿Le sirve una llamada a la misma hora?
c Una llamada está bien.

c Dormí seis horas dos noches seguidas.
s Qué bueno. ¿Qué le ayudó?
c Dejar el teléfono en la cocina.

s Su medicina está lista después de las 3.
c Gracias, voy caminando.

c Me cambiaron el turno al martes. ¿Podemos vernos otro día?
s Claro. ¿Miércoles a las 10 o viernes a las 2?
c El viernes.

c Hoy fue un día difícil. Usé mi plan y salí a caminar.
s Gracias por contarme. ¿Quiere que le llame esta tarde?
c Mañana está bien.
s Le llamo mañana a las 10. Su plan sirve a cualquier hora.

s ¿Cómo estuvo la primera clase?
c Me quedé todo el tiempo. La maestra es amable.
s Me alegro mucho.

c ¿Tengo que llevar algo mañana?
s Solo venga. Y el papel azul, si lo encuentra.

c Mi hija leyó conmigo en inglés.
s Qué bonito. Ese paso es suyo.

s La caja de comida llega el jueves entre 2 y 4.
c Estaré en casa, gracias.
"""),
}

FAMILY = {
    "en": _talks("""
f Is there anything I can do this week?
s {name} asked for a ride on Thursday. That would help.
f I can do that.

f I'll bring dinner on Friday. No need to talk.
c Thanks. Bring the spicy one.

s The parents' evening is on Tuesday at 6, if you would like to come.
f I'll be there.

f I never know what to say on a hard day.
s Just sitting near is often enough. {name} can tell you what helps.
c The radio on, low. That's all.
"""),
    "es": _talks("""
f ¿En qué puedo ayudar esta semana?
s {name} pidió que le lleven el jueves. Eso ayudaría.
f Yo puedo.

f El viernes llevo la cena. No hace falta hablar.
c Gracias. Trae la picante.

s El martes a las 6 hay reunión de familias, si quiere venir.
f Ahí estaré.
"""),
}

TEAM = _lines("""
Talked with {name} about mornings. Visits after 10 work better.
Can somebody cover the ride on Thursday? I'm in court with another client.
I can. Tell {name} I have the blue car.
{name} prefers texts this week. No voicemail, please.
Group went well. {name} helped two newcomers find the room.
Plan review is coming up. I'd like ten minutes in Tuesday's meeting.
Asked the pharmacy about the blister pack. Ready on Friday.
Housing office has the papers now. Next word by the end of the month.
{name} said the breathing card helps. I gave out a second one.
Please ask before talking about work. It is a sore spot right now.
Thanks, noted. I'll start with the music instead.
The new sleep times look better. I'll keep the dose as it is for now.
""")

CONTACTS = {
    "visit": _lines("""
Met at the center. {name} brought the letter and we answered it together.
Talked about the two apartments. {name} wants to see the one near the bus.
Went over the plan. One step ticked off, one made smaller.
{name} came early and had coffee with the group first. Good energy.
Practiced the phone call to the landlord. {name} wants to make it alone.
Looked at the week. Mornings are hard, so visits move to the afternoon.
{name} brought photos of the kids' weekend. We wrote down what made it work.
Filled in the benefits form. Two papers are still missing; I'll ask for them.
"""),
    "phone": _lines("""
Short call. {name} slept better and will try the class on Thursday.
{name} called about the letter. Read it over the phone; no answer needed yet.
Check-in call after the visit that did not happen. {name} would like Fridays.
Called as agreed. {name} is fine and wants quiet until Monday.
Talked 15 minutes about work. {name} decided to tell the boss about Thursdays.
{name} asked about the bus card. It was sent yesterday.
"""),
    "message": _lines("""
{name} wrote that the food box came. All good.
Exchanged messages about the visit time. Friday at 2.
Sent the list of evening classes.
{name} asked for the address of the dentist. Sent it.
"""),
    "video": _lines("""
Video visit. {name} showed the new room. We planned what it still needs.
Video visit with {cl}. We agreed who does what until the review.
Saw each other by video because of the weather. Went over the week.
"""),
    "home": _lines("""
Visit at home. We filled one bag and stopped there, as planned.
Home visit. The window opens again; the landlord's repair held.
Came by with the cart. {name} made tea. Talked about the garden.
Home visit with the nurse. Blood pressure fine, pill box set up.
"""),
}
CONTACT_TRIED = _lines("""
Called at the agreed time. It rang; I'll try again tomorrow.
Came by; {name} wasn't home. Left a card with my number, nothing else.
Wrote once. No need to answer; the door is open.
""")
CONTACT_SUD = _lines("""
{name} went to the Thursday group and stayed. Twelve days by {name}'s own count.
Talked about Friday evenings. {name} will call Ray before seven.
""")

TASKS = _lines("""
Send the income letter to the housing office
Ask the pharmacy about the blister pack
Write to the school, without the reason
Prepare the plan review
Call the benefits office together
Book a ride for the clinic visit
Check in after the visit that did not happen
Find a group that meets after six
Ask the landlord about the window
Call after the move to the new level of care
Look at the crisis plan together again
Apply for the reduced fare card
""")

COMMENTS = {
    "en": _talks("""
c I called. They put me on the list.
s Well done. I'll ask them again on the first.

c This one feels big. Can we cut it in two?
s Yes. I made the first part smaller.

s I added a hint to the second step.

c Did it. It wasn't as bad as I thought.

s No hurry with this one. It stays here until you want it.
"""),
    "es": _talks("""
c Llamé. Ya estoy en la lista.
s Muy bien. Pregunto otra vez el día primero.

c Este paso es grande. ¿Lo partimos en dos?
s Sí. La primera parte ya es más pequeña.

s No hay prisa con esto.
"""),
}
SUPPORTER_COMMENTS = {
    "en": ("I can drive on Friday.", "Proud of you.", "Tell me if I should come along."),
    "es": ("Yo llevo el viernes.", "Qué orgullo.", "Dime si quieres que vaya."),
}

CRISIS = {
    "en": _grouped("""
1
I stop answering texts
I can't sleep two nights in a row
My chest gets tight and everything is loud
I stop eating with the others
I think that nobody would notice
I walk around the house at night
Others say I talk very fast
I leave the curtains closed

2
Walk to the water and back
My playlist, the loud one first
Cold water on my hands
Count five things I can see
Sit with the cat
Draw lines until it slows down
Bake the simple bread
Put on shoes and stand outside for a minute

3
The library on Pine Street
Coffee at the corner by the pier
The Tuesday table at the center
The market on Saturday, just to look
Watch the dogs in the park

4
Aunt Pilar, (207) 555-0141, evenings
My friend Jo, (207) 555-0152, text first
My brother, (207) 555-0163, any time
Mrs. Abbott next door, knock
Sam from the choir, (207) 555-0174

5
{cm}, case manager, (207) 555-0110, weekdays 9 to 5
Harbor Street night team, (207) 555-0101, every night 5 PM to 8 AM
{cl}, (207) 555-0112, weekdays
Harbor General emergency room, (207) 555-0190, always open

6
Aunt Pilar keeps my medicines and gives me a week at a time
My brother holds the key to the cabinet for now
I stay at my sister's on bad nights
I ask the pharmacy for small amounts

7
My little brother's graduation in June
The dog
My daughter's drawings
I want to see the sea in winter again
My mother's voice on the phone
The garden in spring

8
Sit near me. Don't ask many questions
Speak slowly and keep the lights low
Please don't touch my shoulder from behind
Remind me that it passed last time
Don't call everyone. Call one person

9
I would like a room with a window
I am allergic to penicillin
Please tell {cm} and no one else at first
No visitors on the first day
Ask me before you change my medicine

10
Mrs. Abbott feeds the cat
My sister picks up the kids
Tell work I am ill, nothing more
The rent is paid on the first
Please do not tell my old roommate

11
Start with two days of work, not five
{cm} calls on the first day home
A walk every day at ten
See {cl} within the first week
Look at this plan again together
"""),
    "es": _grouped("""
1
Dejo de contestar mensajes
No duermo dos noches seguidas
Siento el pecho apretado
Dejo de comer con los demás
Camino por la casa de noche

2
Caminar hasta el agua y volver
Mi música, la alegre primero
Agua fría en las manos
Rezar con mi abuela por teléfono
Regar las plantas

3
La biblioteca de la calle Pino
El café de la esquina
El mercado del sábado
La cancha, solo a mirar

4
Mi comadre Luz, (207) 555-0143, por la tarde
Mi hermano, (207) 555-0166, a cualquier hora
La vecina de abajo, tocar la puerta

5
{cm}, (207) 555-0110, de lunes a viernes, 9 a 5
Equipo de noche, (207) 555-0101, cada noche
Hospital Harbor General, (207) 555-0190, siempre abierto

6
Mi comadre guarda mis medicinas y me da para la semana
En las noches malas duermo en casa de mi hermana

7
Mis hijos
La quinceañera de mi sobrina
Volver a ver a mi madre
Mi jardín

8
Siéntese conmigo. Sin muchas preguntas
Hable despacio y baje la luz
Recuérdeme que la otra vez pasó

9
Soy alérgica a la penicilina
Quiero una intérprete, no mi hija
Pregunten antes de cambiar mi medicina

10
Mi hermana recoge a los niños
La vecina riega las plantas
En el trabajo, solo digan que estoy enferma

11
Empezar con dos días de trabajo
{cm} llama el primer día en casa
Caminar cada mañana
"""),
}

STRENGTHS = {
    "en": _lines("""
Keeps going back, even after a hard week. Funny. Good with animals.
Knows every bus in town. Loyal to friends. Asks good questions.
Cooks for ten without a recipe. Patient with children.
Reads people well. Plays guitar. Says it straight.
Gets up at four for work and likes it. Careful with money.
Speaks three languages. Fixes things. Listens.
"""),
    "es": _lines("""
Cuida de todos y ahora también de sí. Cocina muy bien.
Habla claro. Sabe pedir ayuda. Buena memoria.
Trabaja duro y ríe fuerte. Conoce a todo el barrio.
"""),
}
PREFERENCES = {
    "en": _lines("""
Short visits. Start with something good. No whiteboard.
Walk while we talk. Write down what we agreed.
Afternoons. Text the day before, not the same morning.
Say it plainly. Ask before calling anyone.
A quiet room, the chair by the door.
"""),
    "es": _lines("""
Visitas cortas y en español. Primero un café.
Hablar caminando. Escribir lo que acordamos.
Por la tarde. Un mensaje el día antes.
"""),
}
SAFE_CONTACT = {
    "en": _lines("""
Text first. Afternoons are best. No voicemail. The phone is shared.
Calls are fine, any time after 10. Voicemail is OK; say your first name only.
Write in the portal. Please don't send letters home.
Call or text. It's my own phone. Evenings are good.
E-mail once a week is enough. Call only if it is urgent.
"""),
    "es": _lines("""
Primero un mensaje. Por la tarde. Sin mensajes de voz.
Llamar después de las 10. Diga solo su nombre.
Escriba aquí en el portal. Nada por correo a la casa.
"""),
}
WAYS = {
    "en": _lines("""
Bus 12 stops at the door. Room 4, first floor. Bring nothing but yourself.
The side door is quieter. Ring once and we come down.
Parking behind the bakery. Bring the letter if you have it.
We call you. Find a spot where you can talk for a while.
There is coffee from half past. Come early if you like.
"""),
    "es": _lines("""
El autobús 12 para en la puerta. Sala 4, primer piso.
La puerta de al lado es más tranquila. Toque una vez.
Nosotros le llamamos. Busque un lugar tranquilo.
"""),
}
MOVES = {
    "en": ("My shift changed.", "Mornings are hard this week.", "The kids are off school.", "Could it be by phone?"),
    "es": ("Me cambiaron el turno.", "Las mañanas me cuestan esta semana.", "¿Puede ser por teléfono?"),
}
SUBJECTS = {
    "en": ("About the apartment", "Visit times", "Letters and forms", "This week", "Rides", "My medicine"),
    "es": ("El apartamento", "Horas de visita", "Cartas y papeles", "Esta semana"),
}
FAMILY_SUBJECT = {"en": "With my people", "es": "Con mi gente"}
RECOMMEND = {
    "en": _lines("""
You asked about this on Tuesday. Go in the morning, it is quiet then.
I know the person at the desk, Mo. Say I sent you.
They have evening hours, and somebody who speaks your language.
No forms at the first visit. Just look around.
"""),
    "es": _lines("""
Usted preguntó por esto. Por la mañana hay menos gente.
Tienen horario de tarde y hablan español.
La primera vez no hay papeles. Solo mire.
"""),
}
REASONS = {
    "en": ("I thought about it after our last talk.", "I want to do this with my family.", "It is time."),
    "es": ("Lo pensé después de nuestra última visita.", "Ya es hora."),
}

# Of four of these a password of the sample is made; anyone can know them, the sample is served on one machine alone.
PHRASE = _words("""
amber apple apron basil bench birch bread breeze candle canoe cedar chalk cherry cider clover cloud copper coral
daisy ferry finch garden ginger harvest hazel honey island ivory jasmine juniper kettle lantern lemon linen maple
meadow mitten nutmeg olive orchard otter paper pebble pepper piano plum poppy quilt raven ribbon river robin saddle
sparrow spoon summer sunrise thimble timber tulip velvet walnut willow window winter
""")

CALLED = _words("""
Solomon Lin Tunde Priyanka Grace Amir Malik Caleb Dolores Ezra Fatima Gus Hazel Imani Otis Kiri Lamar Mei Nia
Omar Silas Quinn Rashid Petra Thandi Ulises Vera Wyatt Tala Yusuf Zahra Abel Bao Celia Dmitri Esme Farah Gloria
Hamid Iris Jamal Keiko Lourdes Beatriz Noemi Joaquin Soledad Renata Paloma Ximena Vicente Uma Willa Xavier Yara Zeke Anouk
Bashir Clem Delia Emeka Freya Gil Hilda Isaac June Kenji Lupe Mila Nadia Oscar Pearl Rafael Sunita Theo Valentina
Winston Yolanda Amina Boris Carmen Darius Elif Florence Gideon Halima Ivan Joy Kwame Leticia Marisol Nikolai Odessa
Pablo Ruth Sanjay Teresa Viola Walter Zora
""")
FAMILY_NAMES = _words("""
Abbott Akande Alvarez Bello Bianchi Brooks Castro Cho Cohen Cruz Dao Diallo Dubois Eze Farouk Fischer Flores Fontaine
Garcia Goldberg Gomez Grant Haddad Hassan Hernandez Huang Ibarra Ito Jensen Johnson Kamau Khan Kim Kowalski Lopez Lund
Mahmoud Marin Mbeki Mendez Mensah Miller Morales Nair Nguyen Novak Okafor Olsen Ortega Osei Park Patel Petrov Quintero
Ramos Reid Rossi Sato Schmidt Silva Singh Soto Tanaka Torres Vargas Walker Wong Yilmaz Young Zapata
""")
HE = frozenset(
    _words("""
Solomon Tunde Amir Malik Caleb Ezra Gus Otis Lamar Omar Silas Rashid Ulises Wyatt Yusuf Abel Dmitri Hamid Jamal Joaquin
Vicente Xavier Zeke Bashir Emeka Gil Isaac Kenji Oscar Rafael Theo Winston Boris Darius Gideon Ivan Kwame Nikolai Pablo
Sanjay Walter
""")
)
EITHER = frozenset(_words("Lin Kiri Quinn Bao Clem Uma Tala"))
SPANISH = frozenset(
    _words("""
Beatriz Dolores Joaquin Paloma Soledad Ulises Ximena Celia Esme Gloria Lourdes Noemi Renata Vicente Lupe Rafael
Valentina Yolanda Carmen Leticia Marisol Pablo Teresa
""")
)
SPANISH_FAMILIES = _words("""
Alvarez Castro Cruz Flores Garcia Gomez Hernandez Ibarra Lopez Marin Mendez Morales Ortega Quintero Ramos Silva Soto
Torres Vargas Zapata
""")
RELATIONS = {
    "en": (("family", "Sister"), ("family", "Mom"), ("family", "Dad"), ("friend", "Friend"), ("family", "Wife"),
           ("family", "Husband"), ("family", "Brother"), ("friend", "Neighbor"), ("family", "Aunt")),
    "es": (("family", "Hermana"), ("family", "Mamá"), ("family", "Esposo"), ("friend", "Amiga"), ("family", "Tía")),
}  # fmt: skip
# What people outside told the team: hours ago, language, in confidence; about whom, what, who says it, how to reach them.
TOLD = (
    (3, "en", True, "Maya Reyes",
     "I work with her. She has come in late all week and she gave her plants away on Friday. I don't want her to know that I wrote, but I'd want someone to ask her how she is.",
     "A friend from the bakery", ""),
    (26, "es", False, "Leo", "Es mi hijo. Esta semana sí fue al taller y volvió contento. Quería que lo supieran.",
     "Rosa, su madre", "(207) 555-0142, por la tarde"),
    (50, "en", False, "Bill, I think Harmon", "He sleeps in the car behind the library again.", "", ""),
)  # fmt: skip
