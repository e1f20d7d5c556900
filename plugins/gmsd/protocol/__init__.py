"""What a file must look like: layouts, code lists and rule texts, as versioned data that people edit in `expectations/`."""

from gmsd.protocol.codes import Code, CodeList
from gmsd.protocol.layout import Derived, Field, Rule
from gmsd.protocol.protocol import NoProtocolError, Protocol, newest_protocol, protocol_for
from gmsd.protocol.reading import ProtocolError

__all__ = [
    "Code",
    "CodeList",
    "Derived",
    "Field",
    "NoProtocolError",
    "Protocol",
    "ProtocolError",
    "Rule",
    "newest_protocol",
    "protocol_for",
]
