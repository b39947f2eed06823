"""Evidence: files kept by the SHA-256 of what is stored. The type is what the content says, never the name.

    ref = store(upload, now=act.noted)              # raises Invalid, TooLarge or Busy; nothing is left behind
    return response(ref)                            # a page, after the rule of the matter that holds it said
    yes

Pictures are decoded and written anew: what hid in them (GPS, EXIF, XMP, thumbnails, appended bytes) is gone.
A file has no address of its own and no name: names that people give to files tell about them.
"""

from .files import (
    EvidenceRef,
    delete,
    held_by,
    open_evidence,
    ref_of,
    refs_of,
    register_holder,
    response,
    store,
    sweep,
)

__all__ = [
    "EvidenceRef",
    "delete",
    "held_by",
    "open_evidence",
    "ref_of",
    "refs_of",
    "register_holder",
    "response",
    "store",
    "sweep",
]
