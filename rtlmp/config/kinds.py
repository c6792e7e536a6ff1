"""Kinds of value that settings have."""

from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field
from typing_extensions import TypedDict

ONE_OCLOCK = 60  # minutes: YAML reads no earlier time as a number


def clock_text(value: object) -> object:
    """YAML 1.1 reads an unquoted 10:00 as 600 (base sixty): undo that.

    Raises ValueError where a number cannot have been a clock.
    """
    if isinstance(value, str):
        return value
    if type(value) is not int or not ONE_OCLOCK <= value < 24 * 60:
        raise ValueError('a local time in quotes: "10:00"')
    return f"{value // 60:02d}:{value % 60:02d}"


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
