"""Time zones by name: IANA's, and the display names that Zendesk uses.

Zendesk's schedules name a zone as Ruby on Rails does ("Eastern Time (US & Canada)"); each stands for one IANA zone. The
pairs are facts of ActiveSupport's time zone list, with both names where its releases differ (Kiev and Kyiv).
"""

from difflib import get_close_matches
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from deskhand.errors import PolicyInvalid

_CITIES: Final = {
    "Africa": "Cairo, Casablanca, Harare, Monrovia, Nairobi",
    "America": "Asuncion, Bogota, Caracas, Chihuahua, La Paz, Lima, Mazatlan, Mexico City, Monterrey, Montevideo,"
    " Puerto Rico, Santiago, Tijuana",
    "Asia": "Almaty, Baghdad, Baku, Bangkok, Chongqing, Dhaka, Hong Kong, Irkutsk, Jakarta, Jerusalem, Kabul,"
    " Kamchatka, Karachi, Kathmandu, Kolkata, Krasnoyarsk, Kuala Lumpur, Kuwait, Magadan, Muscat, Novosibirsk, Rangoon,"
    " Riyadh, Seoul, Singapore, Srednekolymsk, Taipei, Tashkent, Tbilisi, Tehran, Tokyo, Ulaanbaatar, Urumqi,"
    " Vladivostok, Yakutsk, Yerevan",
    "Atlantic": "Azores",
    "Australia": "Adelaide, Brisbane, Canberra, Darwin, Hobart, Melbourne, Perth, Sydney",
    "Europe": "Amsterdam, Athens, Belgrade, Berlin, Bratislava, Brussels, Bucharest, Budapest, Copenhagen, Dublin,"
    " Helsinki, Istanbul, Kaliningrad, Kyiv, Lisbon, Ljubljana, London, Madrid, Minsk, Moscow, Paris, Prague, Riga,"
    " Rome, Samara, Sarajevo, Skopje, Sofia, Stockholm, Tallinn, Vienna, Vilnius, Volgograd, Warsaw, Zagreb, Zurich",
    "Pacific": "Auckland, Fiji, Guam, Port Moresby",
}
"""Display names that are the city of the IANA name."""

_OTHERS: Final = {
    "Abu Dhabi": "Asia/Muscat",
    "Alaska": "America/Juneau",
    "American Samoa": "Pacific/Pago_Pago",
    "Arizona": "America/Phoenix",
    "Astana": "Asia/Almaty",
    "Atlantic Time (Canada)": "America/Halifax",
    "Beijing": "Asia/Shanghai",
    "Bern": "Europe/Zurich",
    "Brasilia": "America/Sao_Paulo",
    "Buenos Aires": "America/Argentina/Buenos_Aires",
    "Cape Verde Is.": "Atlantic/Cape_Verde",
    "Central America": "America/Guatemala",
    "Central Time (US & Canada)": "America/Chicago",
    "Chatham Is.": "Pacific/Chatham",
    "Chennai": "Asia/Kolkata",
    "Eastern Time (US & Canada)": "America/New_York",
    "Edinburgh": "Europe/London",
    "Ekaterinburg": "Asia/Yekaterinburg",
    "Georgetown": "America/Guyana",
    "Greenland": "America/Godthab",
    "Guadalajara": "America/Mexico_City",
    "Hanoi": "Asia/Bangkok",
    "Hawaii": "Pacific/Honolulu",
    "Indiana (East)": "America/Indiana/Indianapolis",
    "International Date Line West": "Etc/GMT+12",
    "Islamabad": "Asia/Karachi",
    "Kiev": "Europe/Kyiv",
    "Marshall Is.": "Pacific/Majuro",
    "Mid-Atlantic": "Atlantic/South_Georgia",
    "Midway Island": "Pacific/Midway",
    "Mountain Time (US & Canada)": "America/Denver",
    "Mumbai": "Asia/Kolkata",
    "New Caledonia": "Pacific/Noumea",
    "New Delhi": "Asia/Kolkata",
    "Newfoundland": "America/St_Johns",
    "Nuku'alofa": "Pacific/Tongatapu",
    "Osaka": "Asia/Tokyo",
    "Pacific Time (US & Canada)": "America/Los_Angeles",
    "Pretoria": "Africa/Johannesburg",
    "Quito": "America/Lima",
    "Samoa": "Pacific/Apia",
    "Sapporo": "Asia/Tokyo",
    "Saskatchewan": "America/Regina",
    "Solomon Is.": "Pacific/Guadalcanal",
    "Sri Jayawardenepura": "Asia/Colombo",
    "St. Petersburg": "Europe/Moscow",
    "Tokelau Is.": "Pacific/Fakaofo",
    "UTC": "Etc/UTC",
    "Wellington": "Pacific/Auckland",
    "West Central Africa": "Africa/Algiers",
}

DISPLAY_NAMES: Final = _OTHERS | {
    city: f"{region}/{city.replace(' ', '_')}" for region, cities in _CITIES.items() for city in cities.split(", ")
}
"""IANA zone by Zendesk's display name."""


def zone_named(name: str) -> ZoneInfo:
    """The zone of an IANA name or of one of Zendesk's display names. Raises PolicyInvalid."""
    try:
        return ZoneInfo(DISPLAY_NAMES.get(name, name))
    except (KeyError, ValueError, OSError) as error:  # OSError: the name of a folder of the zone database
        close = get_close_matches(name, sorted(available_timezones() | set(DISPLAY_NAMES)), n=1)
        hint = f"Did you mean '{close[0]}'?" if close else "Use an IANA name such as Europe/Berlin."
        raise PolicyInvalid(f"'{name}' is no time zone", hint=hint) from error
