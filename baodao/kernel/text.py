"""Text: search words for Chinese, and private numbers typed where they should not be.

Search: one tokenizer makes the text column for SQLite FTS5 and the tsvector for PostgreSQL. A run of Chinese
characters becomes its bigrams and, closing the run, its last character alone: so every character begins one
token, and a query of a single character is a prefix. Words and numbers of other scripts are tokens as they
are. The index only proposes; `contains` decides. A number or Latin word is found from its beginning, not from
its middle.
"""

import re
import unicodedata

from .private import Span, find_private, has_private, mask

__all__ = [
    "Span",
    "Term",
    "contains",
    "find_private",
    "fold",
    "fts5_query",
    "has_private",
    "index_words",
    "mask",
    "query_terms",
    "tokens",
    "tsquery",
    "words_of",
]

# Scripts written without spaces: Han with its extensions, kana, bopomofo, hangul.
_RUN = (
    "\u3005-\u3007\u3021-\u3029\u3040-\u30ff\u3105-\u312f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
_PIECE = re.compile(rf"[{_RUN}]+|[^\W_{_RUN}]+")
_IS_RUN = re.compile(rf"[{_RUN}]")
_APART = re.compile(r"[\s,.;:!?、。“”\"'()<>《》【】]+")
# Longer "words" are codes pasted by mistake; index and query cut them alike.
LONGEST = 60


def fold(text: str) -> str:
    """The form in which texts are compared: NFKC, lower case, NFKC again (lowering may decompose)."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).lower())


def _pieces(text: str) -> list[str]:
    return _PIECE.findall(fold(text))


def tokens(text: str) -> list[str]:
    """Tokens of a text in order, repeated ones repeated."""
    found: list[str] = []
    for piece in _pieces(text):
        if _IS_RUN.match(piece):
            found.extend(piece[i : i + 2] for i in range(len(piece)))
        else:
            found.append(piece[:LONGEST])
    return found


def index_words(text: str) -> str:
    """Distinct tokens joined by spaces: what `search_doc.words` holds. SQLite: FTS5 with tokenize="unicode61
    remove_diacritics 0"; PostgreSQL: array_to_tsvector over the same words (ledger.search), which needs no
    parser."""
    return " ".join(dict.fromkeys(tokens(text)))


class Term(str):
    """One word of a query; `prefix` when it may be the beginning of a token."""

    __slots__ = ("prefix",)
    prefix: bool

    def __new__(cls, word: str, prefix: bool = False) -> "Term":
        """Make a term."""
        term = super().__new__(cls, word)
        term.prefix = prefix
        return term


def query_terms(query: str) -> list[Term]:
    """What all must be in a text's tokens for `contains` to be possible. Empty for a query of signs only:
    refuse it."""
    terms: dict[Term, None] = {}
    for piece in _pieces(query):
        if not _IS_RUN.match(piece):
            terms[Term(piece[:LONGEST], True)] = None
        elif len(piece) == 1:
            terms[Term(piece, True)] = None
        else:
            terms.update({Term(piece[i : i + 2]): None for i in range(len(piece) - 1)})
    return list(terms)


def fts5_query(query: str) -> str:
    """A MATCH expression for SQLite FTS5; "" when there is nothing to look for."""
    # Terms hold letters and digits only; the quotes keep AND, OR, NEAR and the like words.
    return " AND ".join(f'"{term}"' + ("*" if term.prefix else "") for term in query_terms(query))


def tsquery(query: str) -> str:
    """The same as text for PostgreSQL's `::tsquery`; "" when there is nothing to look for."""
    return " & ".join(f"'{term}'" + (":*" if term.prefix else "") for term in query_terms(query))


def words_of(query: str) -> list[str]:
    """The words of a query, folded. Blanks and punctuation part words, "-" does not; signs alone are no word."""
    return [word for word in _APART.split(fold(query)) if _PIECE.search(word)]


def contains(text: str, query: str) -> bool:
    """Whether every word of the query stands in the text; case and width apart."""
    inside, words = fold(text), words_of(query)
    return bool(words) and all(word in inside for word in words)
