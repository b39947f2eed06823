"""Other people's forms, filled and otherwise left as they came: an Excel sheet by cells, a Word document by slots.

Only the cells and slots that are filled change; every other byte of every part stays, with its styles, merged headers, formulas and
pictures. Files are checked by `kernel.evidence.content` before they come here; nothing in them is ever run.
"""

from .sheet import Place, SheetForm, blanks, fill_sheet, read_sheet
from .word import fill_word, read_word, word_lines

__all__ = ["Place", "SheetForm", "blanks", "fill_sheet", "fill_word", "read_sheet", "read_word", "word_lines"]
