"""What customers write to the demo company about: content only, no logic."""

#: Subjects per team: (subject, description, category). ``{place}`` is filled in.
TICKETS = {
    "field": [
        (
            "Air conditioner drips water in the {place}",
            "Since yesterday water drips from the indoor unit in the {place}. "
            "We have put a bucket under it, but the wall is getting wet.",
            "Repair",
        ),
        (
            "Outdoor unit is very loud at night",
            "The outdoor unit rattles when it starts. The neighbours complained twice.",
            "Repair",
        ),
        (
            "No cold air in the {place}",
            "The unit in the {place} runs but blows warm air. The filter was cleaned.",
            "Repair",
        ),
        (
            "Error code E5 on the wall unit",
            "The display shows E5 and the unit switches off after ten minutes.",
            "Repair",
        ),
        (
            "Washing machine does not spin",
            "It washes and drains, but the laundry comes out soaking wet.",
            "Repair",
        ),
        (
            "Dishwasher leaves water in the bottom",
            "About two fingers of water stay in after every programme.",
            "Repair",
        ),
        (
            "Oven does not heat above 120 degrees",
            "Cakes stay raw. We tried all programmes, it is the same with each.",
            "Repair",
        ),
        (
            "Fridge in the {place} is too warm",
            "It shows 11 degrees on the coldest setting. The food is at risk.",
            "Repair",
        ),
        (
            "Bad smell when the cooling starts",
            "A musty smell for the first minutes, worst in the {place}.",
            "Maintenance",
        ),
        (
            "Yearly maintenance before the season",
            "Please service all units, the last time was about a year ago.",
            "Maintenance",
        ),
        (
            "Filter change in the {place}",
            "The filter lamp is on. We would like it done outside opening hours.",
            "Maintenance",
        ),
        (
            "Thermostat does not hold the temperature",
            "We set 23 degrees and get anything between 20 and 27.",
            "Repair",
        ),
        (
            "Remote control has no effect",
            "New batteries did not help. The unit only works from its own button.",
            "Repair",
        ),
        (
            "Ice on the indoor unit",
            "There is ice on the fins every morning and the air flow is weak.",
            "Repair",
        ),
        (
            "Condensate pump hums all the time",
            "The little pump above the ceiling of the {place} never stops.",
            "Repair",
        ),
        (
            "Circuit breaker trips with the heat pump",
            "The breaker trips as soon as the heat pump starts.",
            "Repair",
        ),
        (
            "Moving a wall unit to another wall",
            "We are rebuilding the {place}; the unit has to move about three metres.",
            "Installation",
        ),
        (
            "Second indoor unit on the same outdoor unit",
            "Can a unit for the {place} be added to what we have?",
            "Installation",
        ),
        (
            "Ventilation in the {place} too weak",
            "The air is stale by noon although the fan runs.",
            "Repair",
        ),
        (
            "Boiler pressure falls every week",
            "I refill it every Sunday and by Friday it is under 1 bar again.",
            "Repair",
        ),
        (
            "Tumble dryer stops after ten minutes",
            "It stops, cools down and can be started again, for ten minutes.",
            "Repair",
        ),
        (
            "Cooling of the server room fails at noon",
            "From about 12 o'clock the temperature rises above 28 degrees.",
            "Repair",
        ),
        (
            "Cooker hood fan does not switch off",
            "Only the main switch stops it.",
            "Repair",
        ),
        (
            "Check after the hailstorm",
            "The fins of the outdoor units are bent. Is it still safe to run them?",
            "Maintenance",
        ),
    ],
    "office": [
        (
            "Invoice shows a visit that did not happen",
            "On the last invoice there are two visits, but only one took place.",
            "Invoice",
        ),
        (
            "Copy of the maintenance log needed",
            "Our insurer asks for the log of the last two years.",
            "Documents",
        ),
        (
            "Warranty question about the compressor",
            "The compressor is four years old. Is it still under warranty?",
            "Warranty",
        ),
        (
            "Please change the invoicing address",
            "We moved our registered office, the new address is below.",
            "Invoice",
        ),
        (
            "Quotation for a maintenance contract",
            "We have six units in two buildings and want one contract for all.",
            "Quotation",
        ),
        (
            "Which unit for a room of 40 square metres?",
            "South side, large windows, second floor. What do you suggest?",
            "Quotation",
        ),
        (
            "Spare part: door seal for a fridge",
            "The seal of the left door is torn. The type label is in the photo.",
            "Spare parts",
        ),
        (
            "Where is the ordered remote control?",
            "You wrote that it would be here last week.",
            "Spare parts",
        ),
        (
            "Gas safety certificate for the landlord",
            "The landlord wants the certificate in English as well.",
            "Documents",
        ),
        (
            "Technician's visit has to be moved",
            "Nobody is at home on the agreed day. What else is possible?",
            "Appointment",
        ),
        (
            "Payment reminder although we have paid",
            "We paid on the 3rd, the bank confirmation is attached.",
            "Invoice",
        ),
        (
            "How do I set the weekly timer?",
            "The manual in the box is for another model.",
            "Advice",
        ),
        (
            "Noise limits for an outdoor unit",
            "The house community asks for the noise data of the unit.",
            "Documents",
        ),
        (
            "Energy label for the subsidy",
            "The subsidy office needs the label and the serial numbers.",
            "Documents",
        ),
        (
            "Complaint about the state of the {place} after the work",
            "Dust on everything and drill holes left open.",
            "Complaint",
        ),
        (
            "Discount for three units",
            "We would order three instead of one. What would the price be?",
            "Quotation",
        ),
        (
            "Cancel the maintenance contract of a sold flat",
            "The flat was sold, the new owner does not want the contract.",
            "Contract",
        ),
        (
            "Invoice in euro, please",
            "Our accounts are kept in euro, can the invoice be changed?",
            "Invoice",
        ),
    ],
}
PLACES = [
    "bedroom",
    "living room",
    "meeting room",
    "reception",
    "kitchen",
    "server room",
    "attic",
    "treatment room",
    "dining hall",
    "shop",
    "office upstairs",
]
