"""What people type for a zone that once led to another continent, and the zone that has to come first."""

from collections import ChainMap
from collections.abc import Mapping

# A place that is not known there is never one elsewhere.
INSIDE: Mapping[str, str] = {
    "Cairo, Illinois": "America/Chicago",
    "Paris, TN": "America/Chicago",
    "Berlin, NH": "America/New_York",
    "Hamburg, NY": "America/New_York",
    "Delhi, New York": "America/New_York",
    "Toronto, Ohio": "America/New_York",
    "Warsaw, Indiana": "America/Indiana/Indianapolis",
    "Perth, Ontario": "America/Toronto",
    "Lima, Montana": "America/Denver",
    "Delhi, NY": "America/New_York",
    "Tokyo, Germany": "Europe/Berlin",
    "Lisbon, Maine": "America/New_York",
    "London, Kentucky": "America/New_York",
    "Nice, California": "America/Los_Angeles",
    "Memphis, Egypt": "Africa/Cairo",
    "Cairo (Illinois)": "America/Chicago",
    "Cairo, Illinois, USA": "America/Chicago",
    "London, Paris": "Europe/London",
    "Amsterdam, Berlin": "Europe/Amsterdam",
    "IST (Ireland)": "Europe/Dublin",
    "IST (Dublin)": "Europe/Dublin",
    "IST (Israel)": "Asia/Jerusalem",
    "CST (China)": "Asia/Shanghai",
}
# Of countries and states, before cities' nicknames and names in other languages.
CODES: Mapping[str, str] = {
    "PA": "America/New_York",
    "QC": "America/Toronto",
    "TO": "Pacific/Tongatapu",
    "LI": "Europe/Vaduz",
    "LU": "Europe/Luxembourg",
    "BH": "Asia/Bahrain",
    "BI": "Africa/Bujumbura",
    "AS": "Pacific/Pago_Pago",
    "TAS": "Australia/Hobart",
    "ACT": "Australia/Sydney",
    "CA": "America/Toronto",
    "IN": "Asia/Kolkata",
    "QLD": "Australia/Brisbane",
}
# Of few people, and islands; none is how another place's name begins.
MORE_CLOCKS: Mapping[str, str] = {
    "AMT": "America/Manaus",
    "BOT": "America/La_Paz",
    "GET": "Asia/Tbilisi",
    "MUT": "Indian/Mauritius",
    "TOT": "Pacific/Tongatapu",
    "PYT": "America/Asuncion",
    "KRAT": "Asia/Krasnoyarsk",
    "SAMT": "Europe/Samara",
    "MAGT": "Asia/Magadan",
    "AZOT": "Atlantic/Azores",
    "ULAT": "Asia/Ulaanbaatar",
    "YEKT": "Asia/Yekaterinburg",
    "VLAT": "Asia/Vladivostok",
    "Luzon": "Asia/Manila",
    "Java": "Asia/Jakarta",
    "Borneo": "Asia/Makassar",
    "Sumatra": "Asia/Jakarta",
}
# Too wide for one zone.
VAGUE = (
    "Bay Area",
    "East Coast",
    "West Coast",
    "North America",
    "South Asia",
    "Central Asia",
    "Central America",
    "northeast",
    "south",
    "north",
    "most areas",
)
ALL: Mapping[str, str] = dict(ChainMap(dict(INSIDE), dict(CODES), dict(MORE_CLOCKS)))
