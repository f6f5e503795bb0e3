"""The words that names, addresses and notes are made of. Nobody and nowhere is meant."""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from migrator.lab.generate.arrays import texts


def _listed(words: str) -> pa.Array:
    return texts(words.split())


GIVEN: Final = _listed(
    "Anna Łucja Żaneta Grażyna Zdzisław Wojciech Małgorzata Świętosława Ólafur Björn Zoë Renée José Íñigo Françoise "
    "Nuño Søren Åse Jürgen Dvořák Štěpán Ağa İpek Đorđe Ștefan Kateřina Olena Ірина Дмитро Νίκος محمد فاطمة "
    "יעל דוד 美咲 健太 지우 சுதா अनिल Mary James Robert Patricia Linda Michael Barbara Elizabeth William David Susan "
    "Joseph Margaret Dorothy Thomas Nancy Karen Helen Sandra Paul Mark Ruth Sharon"
)
FAMILY: Final = _listed(
    "Żółć Wiśniewska Wójcik Łukaszewicz Szczęsny Brzęczyszczykiewicz Gżegżółka Kowalski Nowak O'Brien D'Angelo "
    "Smith-Jones McDonald Müller Größe Núñez García Sørensen Ångström Çelik Yıldız Novák Horváth Ionescu Popović "
    "Шевченко Παπαδόπουλος الحسن כהן 山田 김 நாராயணன் शर्मा Smith Johnson Williams Brown Jones Davis Miller Wilson "
    "Moore Taylor Anderson Jackson White Harris Martin Thompson Robinson Clark Lewis Walker Hall Young King"
)
CITIES: Final = _listed(
    "Łódź Żory Kraków Gdańsk Świdnica Częstochowa Warszawa Wrocław Poznań Bielsko-Biała Springfield Fairview Salem "
    "Madison Georgetown Clinton Arlington Ashland Dover Oxford Milton Newport Riverside Centerville"
)
STREETS: Final = texts(
    [
        "ul. Świętojańska",
        "ul. Grzybowska",
        "al. Niepodległości",
        "pl. Żołnierza Polskiego",
        "Main Street",
        "Oak Avenue",
        "Maple Drive",
        "Cedar Lane",
        "Washington Boulevard",
        "2nd Street",
        "St. Mary's Close",
        "Elm Court",
    ]
)
NOTES: Final = texts(
    [
        "Client in good spirits, ate a full breakfast.",
        "Declined bath today; offered again in the afternoon.",
        "Vitals taken and within range.",
        "Medication taken with water, no complaints.",
        "Daughter present during the visit.",
        "Walked to the mailbox and back with the walker.",
        "Pacjentka prosi o wcześniejszą godzinę.",
        "Refused lunch, drank two cups of tea ☕.",
        "New bruise on left forearm, nurse informed.",
        "Home safe; smoke alarm tested 🔔.",
        "Laundry and light housekeeping done.",
        "Blood sugar 142 mg/dL before the meal.",
        "Door code changed, see the message of Monday.",
        "Left early at the family's request.",
        "Pain 3/10, paracetamol given as planned.",
        "Slept badly – tired but oriented.",
    ]
)
GOALS: Final = texts(
    [
        "Walk 50 m without help",
        "Take medication without a reminder",
        "Gain 2 kg",
        "Prepare one meal a day",
        "Climb the stairs to the bedroom",
        "Samodzielna poranna toaleta",
    ]
)
DEVICES: Final = texts(["iPhone 13", "Pixel 7", "Galaxy A54", "Landline (IVR)", 'Tablet 10" rugged', "Moto G"])
MAILS: Final = texts(["example.com", "example.org", "mail.example.net"])
