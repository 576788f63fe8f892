"""Names, subjects and texts of the demo company: content only, no logic.

The company installs and repairs air conditioning and household appliances. The
people themselves (users, employees, teams) are in ``service_quality_demo.xml``.
"""

#: key -> who it is and how well he keeps his promises.
#: ``rate`` is the share of settled promises that are kept; ``since`` limits how many
#: working hours ago the first document was; the rest are numbers of documents.
EMPLOYEES = {
    "agent1": {"team": "field", "rate": 0.90, "tickets": 41, "orders": 17},
    "oliver": {"team": "field", "rate": 0.68, "tickets": 37, "orders": 14},
    "dmitri": {"team": "field", "rate": 0.92, "tickets": 35, "orders": 14},
    "agent2": {"team": "office", "rate": 0.93, "tickets": 42, "orders": 17},
    "judit": {"team": "office", "rate": 0.982, "tickets": 40, "orders": 16},
    "zsofia": {
        "team": "office",
        "rate": 0.93,
        "tickets": 5,
        "orders": 2,
        "since": 100,
    },
}

#: What is going on now: (employee, situation); situations are in ``story_now.py``.
CURRENT_TICKETS = [
    ("agent1", "overdue"),
    ("agent1", "overdue"),
    ("agent1", "unanswered"),
    ("agent1", "open"),
    ("agent1", "fresh"),
    ("agent2", "overdue"),
    ("agent2", "overdue"),
    ("agent2", "unanswered"),
    ("agent2", "open"),
    ("agent2", "fresh"),
    ("oliver", "overdue"),
    ("oliver", "overdue"),
    ("oliver", "open"),
    ("dmitri", "overdue"),
    ("judit", "open"),
    ("zsofia", "open"),
]
CURRENT_ORDERS = [
    ("agent1", "overdue"),
    ("agent1", "open"),
    ("agent2", "overdue"),
    ("agent2", "open"),
    ("oliver", "overdue"),
    ("dmitri", "open"),
    ("judit", "open"),
]

#: (name, e-mail, city, country code, weight): companies first, then persons; the
#: weight says how often this customer needs us. Addresses end in ``example``
#: domains, which never receive mail.
COMPANIES = [
    ("Bükk Wellness Kft.", "iroda@bukkwellness.example", "Miskolc", "HU", 5),
    ("Kisvár Bakery", "rendeles@kisvarpek.example", "Szeged", "HU", 4),
    ("Danubia Dental Clinic", "reception@danubiadental.example", "Budapest", "HU", 5),
    ("Thames Street Lofts Ltd", "facilities@thameslofts.example", "London", "GB", 5),
    ("Harper & Quill Solicitors", "office@harperquill.example", "Bristol", "GB", 4),
    ("ООО Северный Ветер", "info@severveter.example", "Moscow", "RU", 4),
    ("Alpenblick Pension", "gast@alpenblick.example", "Graz", "AT", 4),
    ("Brno Data Hall s.r.o.", "provoz@brnodatahall.example", "Brno", "CZ", 5),
    ("Café Lumière", "bonjour@cafelumiere.example", "Lyon", "FR", 3),
    ("Zelena Property Services", "servis@zelena.example", "Bratislava", "SK", 5),
]
PERSONS = [
    ("Balázs Farkas", "farkas.balazs@mail.example", "Budapest", "HU", 2),
    ("Nóra Kiss", "kiss.nora@mail.example", "Győr", "HU", 2),
    ("Tamás Bíró", "biro.tamas@mail.example", "Pécs", "HU", 2),
    ("Ildikó Fehér", "feher.ildiko@mail.example", "Eger", "HU", 2),
    ("Gergő Lakatos", "lakatos.gergo@mail.example", "Vác", "HU", 2),
    ("Margaret Ellison", "m.ellison@mail.example", "Reading", "GB", 2),
    ("Daniel Okafor", "d.okafor@mail.example", "London", "GB", 2),
    ("Siobhan Doyle", "siobhan.doyle@mail.example", "Dublin", "IE", 2),
    ("Ирина Соколова", "i.sokolova@mail.example", "Moscow", "RU", 2),
    ("Алексей Морозов", "a.morozov@mail.example", "Tula", "RU", 2),
    ("Lukas Gruber", "lukas.gruber@mail.example", "Vienna", "AT", 2),
    ("Elena Marinescu", "e.marinescu@mail.example", "Oradea", "RO", 2),
    ("Jana Horáková", "jana.horakova@mail.example", "Brno", "CZ", 2),
    ("Marco Bellini", "marco.bellini@mail.example", "Trieste", "IT", 2),
    ("Katalin Vörös", "voros.katalin@mail.example", "Debrecen", "HU", 2),
    ("Attila Juhász", "juhasz.attila@mail.example", "Budapest", "HU", 2),
    ("Viktória Sipos", "sipos.viktoria@mail.example", "Szentendre", "HU", 2),
    ("Graham Whitfield", "g.whitfield@mail.example", "Oxford", "GB", 2),
    ("Priya Raman", "priya.raman@mail.example", "London", "GB", 2),
    ("Ольга Кузнецова", "o.kuznetsova@mail.example", "Moscow", "RU", 2),
    ("Sabine Wallner", "sabine.wallner@mail.example", "Linz", "AT", 2),
    ("Petr Dvořák", "petr.dvorak@mail.example", "Ostrava", "CZ", 2),
    ("Claire Fontaine", "claire.fontaine@mail.example", "Dijon", "FR", 2),
    ("Miroslav Hudák", "m.hudak@mail.example", "Nitra", "SK", 2),
    # No address: such a customer cannot be asked, and the figures say so.
    ("György Pap", "", "Szolnok", "HU", 1),
]
#: country code -> time zone, language
COUNTRIES = {
    "HU": ("Europe/Budapest", "hu_HU"),
    "GB": ("Europe/London", "en_GB"),
    "RU": ("Europe/Moscow", "ru_RU"),
    "AT": ("Europe/Vienna", "de_DE"),
    "CZ": ("Europe/Prague", "cs_CZ"),
    "FR": ("Europe/Paris", "fr_FR"),
    "SK": ("Europe/Bratislava", "sk_SK"),
    "IE": ("Europe/Dublin", "en_GB"),
    "RO": ("Europe/Bucharest", "ro_RO"),
    "IT": ("Europe/Rome", "it_IT"),
}
#: What that customer says of a promise that was broken.
NOT_KEPT_WORDS = "Nobody told us that it would take longer."
#: The customer with a portal account, contact of a hotel; his password is his login.
PORTAL_COMPANY = ("Hotel Duna Korzó", "reception@dunakorzo.example", "Budapest", "HU")
PORTAL_CONTACT = ("Eszter Balogh", "eszter.balogh@dunakorzo.example")
PORTAL_LOGIN = "customer"
PORTAL_WEIGHT = 9

#: (name, price); services, delivered by hand.
PRODUCTS = [
    ("Installation of a split air conditioner", 390.0),
    ("Wall unit 3.5 kW with installation", 890.0),
    ("Wall unit 5.0 kW with installation", 1140.0),
    ("Yearly maintenance of an air conditioner", 79.0),
    ("Deep cleaning and disinfection", 95.0),
    ("Refrigerant leak test and refill", 145.0),
    ("Appliance repair, labour per visit", 68.0),
    ("Ventilation duct survey", 120.0),
]

#: Promises recorded by hand, per kind.
PROMISES = {
    "callback": [
        "We call you back with the price of the spare part",
        "We call you to agree on the day of the visit",
        "The technician calls you half an hour before he arrives",
        "We call you with the answer of the manufacturer",
    ],
    "appointment": [
        "The technician is with you",
        "Visit to look at the site",
        "Handover of the installed unit",
    ],
    "scope": [
        "You confirm the larger unit and its price",
        "You confirm the extra cable duct",
        "You confirm the exchange instead of the repair",
    ],
}

#: What was said, per occasion.
CUSTOMER_FOLLOW_UPS = [
    "Is there any news?",
    "I can be reached after three o'clock, if that helps.",
    "It got worse today, please hurry if you can.",
    "Thank you, that day suits us.",
]
ANSWERS = [
    "Thank you for writing to us. I have read your description and will look into it "
    "today; you will hear from me with the next step.",
    "I am sorry for the trouble. I have put your case on the list of our technician, "
    "he will confirm the time.",
    "Thank you, we have everything we need. I will come back to you with a solution.",
    "I have looked at your file: the part is on stock. We only have to agree on a day.",
    "Sorry to hear that. Please leave the unit switched off until we have seen it.",
]
UPDATES = [
    "A short update: the part has arrived, the visit stands as agreed.",
    "A short update: the manufacturer has answered, we prepare the repair.",
    "A short update: we found the cause, it is the drain pipe. Next step: cleaning.",
    "A short update: your papers are being prepared, you have them tomorrow.",
]
SOLUTIONS = [
    "The work is done and tested. If anything is not as it should be, answer here.",
    "Your request is settled, the papers are in your mailbox. Thank you for the "
    "patience.",
    "The fault is repaired, the part has two years of warranty. All the best!",
    "We have corrected it on our side. Please check when you have a minute.",
]
CONFIRMATIONS = [
    "Thank you for the order. You have the delivery date on it; I will write if "
    "anything about it changes.",
    "Your order is confirmed. The technician calls you half an hour before he arrives.",
]
CALLS = [
    "Called the customer, agreed on the next step.",
    "Called, explained the price, the customer agrees.",
    "Called, left the day and the hour of the visit.",
]
STARTS = [
    "Our technician has arrived and has started.",
    "We have started, as agreed.",
]
ACCEPTANCES = ["Yes, please do it like that.", "Agreed, we confirm the change."]
MOVE_REASONS = [
    "The customer asked for another day, he is travelling.",
    "The part comes later; the customer agreed to the new date on the phone and in "
    "writing.",
]
WITHDRAW_REASONS = [
    "The customer solved it himself and no longer needs it.",
    "Duplicate of another promise, agreed with the customer.",
]
EXCUSE_REASONS = [
    "Road closed after the storm; warned before the visit, apologised, travel free.",
    "Power cut in the district; warned in time, apologised, ten per cent off.",
]
CORRECT_REASON = "The parcel service shows that it was delivered on time."
NOTE = "Cause found, repaired and tried out together with the customer."
WAIVE_REASON = "Settled on the phone within minutes, a checklist would be too much."

#: Comments in the survey, per level of satisfaction.
COMMENTS = {
    "high": [
        "Came on time, left everything clean. Excellent.",
        "Friendly, quick, and I always knew what would happen next.",
        "They called before I could ask. Rare these days.",
        "The technician explained what he did in plain words.",
        "Solved in one visit, many thanks!",
        "",
        "",
    ],
    "middle": [
        "The work is fine, but I had to ask twice when somebody would come.",
        "All in order in the end, it took longer than promised.",
        "Good technician; the office could answer a bit sooner.",
        "",
        "",
    ],
    "low": [
        "Nobody called back although it was promised.",
        "I waited the whole afternoon and nobody came.",
        "The repair is good, but the way I was treated was not.",
        "Three dates, three excuses. I will look for another company.",
        "",
    ],
}
