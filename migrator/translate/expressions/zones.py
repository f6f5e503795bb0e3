"""Windows' names of time zones, which SQL Server uses, as MySQL's tables of zones name them."""

from __future__ import annotations

from typing import Final

from migrator.translate.expressions.value import Untranslatable

_ZONES: Final = {
    "utc": "+00:00", "greenwich standard time": "Africa/Abidjan", "gmt standard time": "Europe/London",
    "w. europe standard time": "Europe/Berlin", "central europe standard time": "Europe/Budapest",
    "central european standard time": "Europe/Warsaw", "romance standard time": "Europe/Paris",
    "e. europe standard time": "Europe/Chisinau", "gtb standard time": "Europe/Bucharest",
    "fle standard time": "Europe/Kiev", "russian standard time": "Europe/Moscow",
    "turkey standard time": "Europe/Istanbul",
    "israel standard time": "Asia/Jerusalem", "egypt standard time": "Africa/Cairo",
    "south africa standard time": "Africa/Johannesburg", "e. africa standard time": "Africa/Nairobi",
    "w. central africa standard time": "Africa/Lagos", "arab standard time": "Asia/Riyadh",
    "arabian standard time": "Asia/Dubai", "iran standard time": "Asia/Tehran",
    "pakistan standard time": "Asia/Karachi",
    "india standard time": "Asia/Calcutta", "sri lanka standard time": "Asia/Colombo",
    "bangladesh standard time": "Asia/Dhaka", "se asia standard time": "Asia/Bangkok",
    "china standard time": "Asia/Shanghai", "singapore standard time": "Asia/Singapore",
    "taipei standard time": "Asia/Taipei", "tokyo standard time": "Asia/Tokyo", "korea standard time": "Asia/Seoul",
    "w. australia standard time": "Australia/Perth", "cen. australia standard time": "Australia/Adelaide",
    "aus central standard time": "Australia/Darwin", "aus eastern standard time": "Australia/Sydney",
    "e. australia standard time": "Australia/Brisbane", "tasmania standard time": "Australia/Hobart",
    "new zealand standard time": "Pacific/Auckland", "hawaiian standard time": "Pacific/Honolulu",
    "alaskan standard time": "America/Anchorage", "pacific standard time": "America/Los_Angeles",
    "us mountain standard time": "America/Phoenix", "mountain standard time": "America/Denver",
    "central standard time": "America/Chicago", "central standard time (mexico)": "America/Mexico_City",
    "canada central standard time": "America/Regina", "eastern standard time": "America/New_York",
    "us eastern standard time": "America/Indianapolis", "sa pacific standard time": "America/Bogota",
    "atlantic standard time": "America/Halifax", "newfoundland standard time": "America/St_Johns",
    "e. south america standard time": "America/Sao_Paulo", "argentina standard time": "America/Buenos_Aires",
    "pacific sa standard time": "America/Santiago", "venezuela standard time": "America/Caracas",
    "azores standard time": "Atlantic/Azores",
}  # fmt: skip
"""Unicode CLDR, windowsZones.xml, territory 001."""


def zone_name(windows: str) -> str:
    """MySQL's name of a zone. Raises Untranslatable for one that is not listed."""
    try:
        return _ZONES[windows.casefold()]
    except KeyError:
        raise Untranslatable(f"the time zone {windows} is not known") from None
