"""What a file must look like: layouts, code lists and rule texts, as versioned data that people edit in `expectations/`."""

from gmsd.protocol.codes import Code, CodeList
from gmsd.protocol.layout import Derived, Field, Rule
from gmsd.protocol.loading import mistakes_in, newest_protocol, protocol_for, protocols
from gmsd.protocol.protocol import NoProtocolError, Protocol
from gmsd.protocol.reading import Mistake, ProtocolError, expectations_folder

__all__ = [
    "Code",
    "CodeList",
    "Derived",
    "Field",
    "Mistake",
    "NoProtocolError",
    "Protocol",
    "ProtocolError",
    "Rule",
    "expectations_folder",
    "mistakes_in",
    "newest_protocol",
    "protocol_for",
    "protocols",
]
