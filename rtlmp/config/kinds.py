"""Kinds of value that settings have."""

from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field
from typing_extensions import TypedDict


def clock_text(value: object) -> object:
    """YAML 1.1 reads an unquoted 10:00 as 600 (base sixty): undo that."""
    whole_minutes = isinstance(value, int) and 0 <= value < 24 * 60
    return f"{value // 60:02d}:{value % 60:02d}" if whole_minutes else value  # type: ignore[operator]


Positive = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(gt=0, le=1)]
Count = Annotated[int, Field(ge=1)]
Hour = Annotated[int, Field(ge=0, le=23)]
Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$"), BeforeValidator(clock_text)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]
Text = Annotated[str, BeforeValidator(str)]
History = Annotated[int, Field(ge=14)]  # days


class Window(TypedDict):
    """Dates, both included."""

    start: date
    end: date
