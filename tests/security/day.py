"""The day on which the generated world stands, whenever it is asked."""

from datetime import date

TODAY = date(2026, 11, 23)
