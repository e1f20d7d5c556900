"""The versions of OData that are answered; what differs between them is looked up by these."""

from enum import Enum


class ODataVersion(Enum):
    """A version, by the number that its headers carry."""

    V3 = "3.0"
    V4 = "4.0"
