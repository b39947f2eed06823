"""What a file is by its first bytes, and whether it may be kept. Pictures are written anew, papers are
checked."""

import io
import re
import zipfile
import zlib

import msgspec
from django.utils.translation import gettext as _

from baodao.kernel.errors import Invalid, TooLarge

JPEG, PNG, WEBP, PDF = "image/jpeg", "image/png", "image/webp", "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: What may be kept, with the ending that a downloaded file gets.
ENDINGS = {JPEG: "jpg", PNG: "png", WEBP: "webp", PDF: "pdf", DOCX: "docx", XLSX: "xlsx"}

SIZE = 20 << 20
_UNPACKED, _ENTRIES = 200 << 20, 5000
_HEIC = re.compile(rb"....ftyp(?:heic|heix|heim|heis|hevc|hevx|mif1|msf1|avif)", re.DOTALL)
# Parts of an office file that load or run something from elsewhere when it is opened.
_ACTIVE = re.compile(
    rb'<Relationship\b[^>]*(?:attachedTemplate|oleObject|externalLink|frame|control)"[^>]*TargetMode="External"'
    rb'|<Relationship\b[^>]*TargetMode="External"[^>]*(?:attachedTemplate|oleObject|externalLink|frame|control)"'
)


class Clean(msgspec.Struct, frozen=True):
    """What will be kept: bytes, media type, and for pictures their size in pixels and a small picture
    (JPEG)."""

    body: bytes
    media_type: str
    width: int | None = None
    height: int | None = None
    small: bytes | None = None


def cleaned(raw: bytes, name_hint: str = "") -> Clean:
    """Check a file and take out what nobody meant to tell. Raises Invalid or TooLarge in words for whoever
    sent it."""
    if not raw:
        raise _refused(_("文件是空的"), _("请重新选择文件"))
    picture = _picture_kind(raw)
    if picture:
        from .pictures import clean_picture

        return clean_picture(raw, picture)
    if raw.startswith(b"%PDF-"):
        return _paper(raw, PDF)
    if raw.startswith(b"PK\x03\x04"):
        return _paper(raw, _office_kind(raw))
    ending = name_hint.rsplit(".", 1)[-1].lower()[:8] if "." in name_hint else ""
    if raw.startswith(b"\xd0\xcf\x11\xe0") or ending in {"doc", "xls"}:
        raise _refused(_("旧格式的 Office 文件不能收"), _("请另存为 .docx、.xlsx 或 .pdf 再传"))
    raise _refused(
        _("这种文件不能收（按内容判断，不看文件名）"),
        _("可以传照片（JPG、PNG、WebP）、PDF、Word（.docx）、Excel（.xlsx）"),
    )


def _refused(reason: str, remedy: str) -> Exception:
    return Invalid.of("file", reason, remedy)


def _picture_kind(raw: bytes) -> str:
    if raw.startswith(b"\xff\xd8\xff"):
        return JPEG
    if raw.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if raw.startswith(b"RIFF") and raw[8:12] == b"WEBP":
        return WEBP
    return "image/heic" if _HEIC.match(raw) else ""


def _paper(raw: bytes, media_type: str) -> Clean:
    if media_type == PDF and b"%%EOF" not in raw[-4096:]:
        raise _refused(_("PDF 不完整"), _("请重新导出或扫描后再传"))
    return Clean(raw, media_type)


def _office_kind(raw: bytes) -> str:
    """DOCX or XLSX; everything else that is packed is refused."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            entries = packed.infolist()
            names = {entry.filename for entry in entries}
            if len(entries) > _ENTRIES or sum(entry.file_size for entry in entries) > _UNPACKED:
                raise TooLarge.of("file", _("文件解开后太大"), _("请删去里面的大图后再传"))
            if any(entry.flag_bits & 1 for entry in entries):
                raise _refused(_("文件加了密码"), _("请去掉密码再传"))
            kind = DOCX if "word/document.xml" in names else XLSX if "xl/workbook.xml" in names else ""
            if not kind or "[Content_Types].xml" not in names:
                raise _refused(_("压缩包不能收"), _("请把里面的文件分别上传"))
            if any(name.lower().endswith("vbaproject.bin") or "/activex/" in name.lower() for name in names):
                raise _refused(_("文件里有宏"), _("请另存为不含宏的 .docx 或 .xlsx"))
            _check_parts(packed, entries)
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
        ValueError,
    ) as error:
        raise _refused(_("文件损坏，打不开"), _("请重新保存后再传")) from error
    return kind


def _check_parts(packed: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    """Read each part once: checksums hold, and no relation loads something from elsewhere."""
    broken = packed.testzip()
    if broken is not None:
        raise zipfile.BadZipFile(broken)
    for entry in entries:
        if entry.filename.endswith(".rels") and _ACTIVE.search(packed.read(entry)):
            raise _refused(_("文件打开时会从外面载入内容"), _("请另存为 .pdf 再传"))
