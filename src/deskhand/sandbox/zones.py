"""Time zones as Zendesk names them: Ruby on Rails display names, each standing for one IANA zone."""

from functools import lru_cache
from zoneinfo import ZoneInfo

_BY_REGION = {
    "Africa": "Cairo Casablanca Harare Monrovia Nairobi",
    "America": "Bogota Caracas Lima La_Paz Mazatlan Mexico_City Monterrey Montevideo Puerto_Rico Santiago Tijuana Chihuahua",
    "Asia": "Almaty Baghdad Baku Bangkok Chongqing Dhaka Hong_Kong Irkutsk Jakarta Jerusalem Kabul Kamchatka Karachi Kathmandu Kolkata"
    " Krasnoyarsk Kuala_Lumpur Kuwait Magadan Muscat Novosibirsk Rangoon Riyadh Seoul Singapore Srednekolymsk Taipei Tashkent Tbilisi"
    " Tehran Tokyo Ulaanbaatar Urumqi Vladivostok Yakutsk Yerevan",
    "Atlantic": "Azores",
    "Australia": "Adelaide Brisbane Canberra Darwin Hobart Melbourne Perth Sydney",
    "Europe": "Amsterdam Athens Belgrade Berlin Bratislava Brussels Bucharest Budapest Copenhagen Dublin Helsinki Istanbul Kaliningrad"
    " Lisbon Ljubljana London Madrid Minsk Moscow Paris Prague Riga Rome Samara Sarajevo Skopje Sofia Stockholm Tallinn Vienna Vilnius"
    " Volgograd Warsaw Zagreb Zurich",
    "Pacific": "Auckland Fiji Guam Port_Moresby",
}

_ODD = (
    "Abu Dhabi=Asia/Muscat;Alaska=America/Juneau;American Samoa=Pacific/Pago_Pago;Arizona=America/Phoenix;Astana=Asia/Almaty;"
    "Atlantic Time (Canada)=America/Halifax;Beijing=Asia/Shanghai;Bern=Europe/Zurich;Brasilia=America/Sao_Paulo;"
    "Buenos Aires=America/Argentina/Buenos_Aires;Cape Verde Is.=Atlantic/Cape_Verde;Central America=America/Guatemala;"
    "Central Time (US & Canada)=America/Chicago;Chatham Is.=Pacific/Chatham;Chennai=Asia/Kolkata;"
    "Eastern Time (US & Canada)=America/New_York;Edinburgh=Europe/London;Ekaterinburg=Asia/Yekaterinburg;Georgetown=America/Guyana;"
    "Greenland=America/Godthab;Guadalajara=America/Mexico_City;Hanoi=Asia/Bangkok;Hawaii=Pacific/Honolulu;"
    "Indiana (East)=America/Indiana/Indianapolis;International Date Line West=Etc/GMT+12;Islamabad=Asia/Karachi;Kyiv=Europe/Kiev;"
    "Kiev=Europe/Kiev;Marshall Is.=Pacific/Majuro;Mid-Atlantic=Atlantic/South_Georgia;Midway Island=Pacific/Midway;"
    "Mountain Time (US & Canada)=America/Denver;Mumbai=Asia/Kolkata;New Caledonia=Pacific/Noumea;New Delhi=Asia/Kolkata;"
    "Newfoundland=America/St_Johns;Nuku'alofa=Pacific/Tongatapu;Osaka=Asia/Tokyo;Pacific Time (US & Canada)=America/Los_Angeles;"
    "Pretoria=Africa/Johannesburg;Quito=America/Lima;Samoa=Pacific/Apia;Sapporo=Asia/Tokyo;Saskatchewan=America/Regina;"
    "Solomon Is.=Pacific/Guadalcanal;Sri Jayawardenepura=Asia/Colombo;St. Petersburg=Europe/Moscow;Tokelau Is.=Pacific/Fakaofo;"
    "UTC=Etc/UTC;Wellington=Pacific/Auckland;West Central Africa=Africa/Algiers"
)

IANA = {
    city.replace("_", " "): f"{region}/{city}" for region, cities in _BY_REGION.items() for city in cities.split()
} | {pair.split("=")[0]: pair.split("=")[1] for pair in _ODD.split(";")}
"""IANA zone by display name."""


def iana(name: str) -> str:
    """The IANA name of a zone given by either name; one that is not known stays as it is."""
    return IANA.get(name, name)


@lru_cache(maxsize=512)
def zone(name: str) -> ZoneInfo | None:
    """The zone of a display name or IANA name, or None where there is none."""
    try:
        return ZoneInfo(IANA.get(name, name))
    except (KeyError, ValueError, OSError):
        return None
