"""Evidence: what may be kept, what is taken out, what never gets in, and that nothing half-written stays."""

import errno
import io
import os
import struct
import zipfile
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageCms, ImageDraw

from baodao.kernel import evidence as e
from baodao.kernel.errors import Busy, Invalid, Missing, Problem, TooLarge
from baodao.kernel.evidence import content, pictures
from baodao.kernel.evidence import files as files_module
from baodao.kernel.models import Evidence

NOW = datetime(2026, 11, 20, 1, tzinfo=UTC)
SECRET = b"geheim-13812345678"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.DATA = tmp_path
    return tmp_path / "evidence"


def picture(width: int = 60, height: int = 40, mode: str = "RGB") -> Image.Image:
    """Red on the left, blue on the right: turning shows."""
    made = Image.new(mode, (width, height), 128 if mode in {"L", "I;16"} else None)
    if mode in {"RGB", "RGBA"}:
        draw = ImageDraw.Draw(made)
        draw.rectangle((0, 0, width // 2, height), fill=(220, 20, 20) + ((255,) if mode == "RGBA" else ()))
        draw.rectangle((width // 2, 0, width, height), fill=(20, 20, 220) + ((0,) if mode == "RGBA" else ()))
    return made


def encoded(made: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    made.save(out, kind, **options)
    return out.getvalue()


def with_exif(orientation: int = 1) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = SECRET.decode()
    exif.get_ifd(0x8825).update({1: "N", 2: (29.0, 42.0, 10.0), 3: "E", 4: (107.0, 23.0, 1.0)})
    return encoded(
        picture(), "JPEG", exif=exif, comment=SECRET, xmp=b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>"
    )


def keep(raw: bytes, name: str = "") -> e.EvidenceRef:
    return e.store(io.BytesIO(raw), name, now=NOW)


def body(ref: e.EvidenceRef, small: bool = False) -> bytes:
    with e.open_evidence(ref.hash, small=small) as opened:
        return opened.read()


def files(folder: Path) -> list[Path]:
    return [p for p in folder.rglob("*") if p.is_file() and p.name != ".lock"]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_pictures_are_kept_by_the_hash_of_what_is_stored(db: None, folder: Path, kind: str) -> None:
    import hashlib

    ref = keep(encoded(picture(), kind))
    assert ref.media_type == f"image/{kind.lower()}"
    assert (ref.width, ref.height) == (60, 40)
    assert ref.size == len(body(ref))
    assert hashlib.sha256(body(ref)).hexdigest() == ref.hash
    assert e.ref_of(ref.hash) == ref
    assert e.refs_of(["0" * 64, ref.hash]) == [ref]
    assert len(files(folder)) == 2
    assert keep(encoded(picture(), kind)) == ref
    assert len(files(folder)) == 2
    assert Evidence.objects.count() == 1
    assert all(p.stat().st_mode & 0o077 == 0 for p in folder.rglob("*") if p.is_dir())


def test_what_a_camera_adds_is_gone_and_the_picture_stands_upright(db: None, folder: Path) -> None:
    raw = with_exif(orientation=6)
    assert SECRET in raw
    assert Image.open(io.BytesIO(raw)).getexif().get_ifd(0x8825)
    ref = keep(raw)
    assert (ref.width, ref.height) == (40, 60)
    stored = Image.open(io.BytesIO(body(ref)))
    assert not stored.getexif()
    assert {"exif", "xmp", "comment", "photoshop"} & set(stored.info) == set()
    assert stored.convert("RGB").getpixel((20, 5))[0] > 150  # type: ignore[index]
    assert stored.convert("RGB").getpixel((20, 55))[2] > 150  # type: ignore[index]
    for path in files(folder):
        assert SECRET not in path.read_bytes()


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_metadata_of_other_formats_is_gone_too(db: None, folder: Path, kind: str) -> None:
    exif = Image.Exif()
    exif[0x010F] = SECRET.decode()
    raw = encoded(picture(), kind, exif=exif)
    if kind == "PNG":
        raw = raw[:33] + png_chunk(b"tEXt", b"Comment\0" + SECRET) + raw[33:]
    assert SECRET in raw
    keep(raw)
    assert all(SECRET not in path.read_bytes() for path in files(folder))


def test_what_hides_behind_a_picture_is_gone(db: None, folder: Path) -> None:
    page = b"<html><script>alert(1)</script>"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as z:
        z.writestr("a.txt", SECRET)
    for raw in (
        encoded(picture(), "JPEG") + page + packed.getvalue(),
        encoded(picture(), "JPEG", comment=page),
    ):
        assert b"<script>" in raw
        ref = keep(raw)
        assert b"<script>" not in body(ref)
        assert SECRET not in body(ref)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "I;16"])
def test_all_modes_of_png(db: None, mode: str) -> None:
    ref = keep(encoded(picture(mode=mode), "PNG"))
    with Image.open(io.BytesIO(body(ref))) as stored:
        assert stored.mode == {"RGBA": "RGBA", "LA": "RGBA", "P": "RGB", "RGB": "RGB"}.get(mode, "L")
    with Image.open(io.BytesIO(body(ref, small=True))) as small:
        assert small.format == "JPEG"


def test_sixteen_bit_grey_is_not_clipped(db: None) -> None:
    ref = keep(encoded(Image.new("I;16", (8, 8), 0x8000), "PNG"))
    assert Image.open(io.BytesIO(body(ref))).getpixel((1, 1)) == 128


def test_see_through_parts_become_white_in_the_small_picture(db: None) -> None:
    ref = keep(encoded(picture(mode="RGBA"), "PNG"))
    small = Image.open(io.BytesIO(body(ref, small=True)))
    assert min(small.getpixel((55, 20))) > 240  # type: ignore[type-var,arg-type]


def test_colours_with_a_profile_or_of_print_become_srgb(db: None) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for raw in (
        encoded(picture(), "JPEG", icc_profile=profile),
        encoded(picture(), "JPEG", icc_profile=b"broken profile " * 20),
        encoded(picture().convert("CMYK"), "JPEG"),
    ):
        stored = Image.open(io.BytesIO(body(keep(raw))))
        assert stored.mode == "RGB"
        assert "icc_profile" not in stored.info
        assert stored.getpixel((5, 5))[0] > 150  # type: ignore[index]


def test_large_pictures_are_made_smaller_and_get_a_small_one(db: None) -> None:
    ref = keep(encoded(picture(5000, 100), "JPEG"))
    assert (ref.width, ref.height) == (4096, 82)
    with Image.open(io.BytesIO(body(ref, small=True))) as small:
        assert max(small.size) == pictures.SMALL


def test_phones_that_put_two_pictures_into_one_file(db: None) -> None:
    raw = encoded(picture(), "MPO", save_all=True, append_images=[picture(30, 20)])
    assert keep(raw).width == 60


def test_moving_pictures_are_refused(db: None, folder: Path) -> None:
    frames = [picture(), picture(mode="RGB").rotate(90)]
    for kind in ("WEBP", "PNG"):
        with pytest.raises(Invalid, match="动图"):
            keep(encoded(frames[0], kind, save_all=True, append_images=frames[1:]))


def bomb(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", head)
        + png_chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + png_chunk(b"IEND", b"")
    )


def test_bombs_are_refused_by_their_head(db: None, folder: Path) -> None:
    jpeg = bytearray(encoded(picture(), "JPEG"))
    at = jpeg.index(b"\xff\xc0")
    jpeg[at + 5 : at + 9] = struct.pack(">HH", 60_000, 60_000)
    for raw in (bomb(5001, 5000), bomb(50_000, 50_000), bomb(13_000, 7_000), bytes(jpeg)):
        with pytest.raises(TooLarge) as caught:
            keep(raw)
        assert caught.value.faults[0].remedy
    assert files(folder) == []
    assert Evidence.objects.count() == 0


def test_a_progressive_picture_has_the_lower_limit(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST_PIXELS_WHOLE", 1000)
    assert keep(encoded(picture(), "JPEG")).width == 60
    with pytest.raises(TooLarge):
        keep(encoded(picture(), "JPEG", progressive=True))


HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 100


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<html><script>alert(1)</script></html>",
        b"\xff\xd8\xff<html>",
        b"\xff\xd8\xff" + b"\0" * 2000,
        b"\x89PNG\r\n\x1a\n",
        b"RIFF\x10\0\0\0WEBPVP8 ",
        b"GIF89a" + b"\0" * 50,
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"MZ" + b"\0" * 100,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        b"PK\x03\x04" + b"\0" * 100,
        b"%PDF-1.7\nno end",
        HEIC,
        encoded(picture(200, 200), "JPEG")[:-600],
        encoded(picture(200, 200), "PNG")[:-100],
        encoded(picture(), "BMP"),
        encoded(picture(), "TIFF"),
    ],
)
def test_what_may_not_be_kept_is_refused_in_words_and_leaves_nothing(
    db: None, folder: Path, raw: bytes
) -> None:
    with pytest.raises(Invalid) as caught:
        keep(raw, "照片.jpg")
    (fault,) = caught.value.faults
    assert fault.field == "file"
    assert fault.reason
    assert fault.remedy
    assert files(folder) == []
    assert Evidence.objects.count() == 0


def test_too_many_bytes(db: None) -> None:
    class Endless:
        def read(self, size: int = -1, /) -> bytes:
            assert 0 < size <= content.SIZE + 1
            return b"%PDF-" + b"0" * (size - 5)

    with pytest.raises(TooLarge):
        e.store(Endless(), now=NOW)


PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def office(kind: str = "docx", **parts: bytes) -> bytes:
    out = io.BytesIO()
    main = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "zip": "a.txt"}[kind]
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr(main, "<x/>")
        for name, data in parts.items():
            packed.writestr(name.replace("__", "/"), data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("raw", "media_type"),
    [(PDF, content.PDF), (office("docx"), content.DOCX), (office("xlsx"), content.XLSX)],
)
def test_papers_are_kept_as_they_are(db: None, folder: Path, raw: bytes, media_type: str) -> None:
    ref = keep(raw)
    assert (ref.media_type, ref.width, ref.is_picture) == (media_type, None, False)
    assert body(ref) == raw
    assert len(files(folder)) == 1


TEMPLATE = b'<Relationships><Relationship Id="r" Type="http://x/attachedTemplate" Target="http://evil" TargetMode="External"/></Relationships>'
LINK = b'<Relationships><Relationship Id="r" Type="http://x/hyperlink" Target="http://fine" TargetMode="External"/></Relationships>'


def test_office_files_that_do_things_are_refused(db: None) -> None:
    broken = bytearray(office("docx", word__media=os.urandom(3000)))
    broken[-2500] ^= 255
    for raw in (
        office("zip"),
        office("docx", word__vbaProject_bin=b"").replace(b"vbaProject_bin", b"vbaProject.bin"),
        office("docx", **{"word__settings.rels": TEMPLATE}),
        bytes(broken),
    ):
        with pytest.raises(Invalid):
            keep(raw)
    with pytest.raises(TooLarge):
        keep(office("docx", word__media=b"\0" * (201 << 20)))
    assert keep(office("docx", **{"word__document.rels": LINK})).size


def test_a_full_disk_is_told_and_leaves_nothing(
    db: None, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files_module.os, "fsync", full)
    with pytest.raises(Busy, match="磁盘满了") as caught:
        keep(encoded(picture(), "JPEG"))
    assert caught.value.status == 503
    assert files(folder) == []
    assert Evidence.objects.count() == 0
    monkeypatch.undo()


def test_a_row_that_cannot_be_written_leaves_no_file(
    db: None, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(**columns: Any) -> None:
        raise RuntimeError("no row")

    monkeypatch.setattr(Evidence.objects, "update_or_create", fails)
    with pytest.raises(RuntimeError):
        keep(encoded(picture(), "JPEG"))
    assert files(folder) == []


def test_answers_are_never_executed(db: None) -> None:
    shown = e.response(keep(encoded(picture(), "PNG")), name="FL-2026-000123")
    assert shown["Content-Type"] == "image/png"
    assert shown["Content-Disposition"] == 'inline; filename="FL-2026-000123.png"'
    for ref in (keep(PDF), keep(office())):
        answer = e.response(ref)
        assert answer["Content-Disposition"].startswith("attachment; ")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer["Content-Security-Policy"]
        assert "private" in answer["Cache-Control"]
        answer.file_to_stream.close()
    small = e.response(keep(encoded(picture(), "PNG")), small=True)
    assert small["Content-Type"] == "image/jpeg"
    assert e.response(keep(encoded(picture(), "PNG")), download=True)["Content-Disposition"].startswith(
        "attachment"
    )


@pytest.mark.parametrize("digest", ["", "0" * 64, "../" * 20 + "abcd", "A" * 64, "0" * 63 + "/"])
def test_what_is_not_there_is_missing(db: None, digest: str) -> None:
    with pytest.raises(Missing):
        e.open_evidence(digest)
    with pytest.raises(Missing):
        e.ref_of(digest)


def test_deleting_takes_the_small_picture_too(db: None, folder: Path) -> None:
    one, two = keep(encoded(picture(), "JPEG")), keep(PDF)
    assert e.delete([one.hash, "0" * 64, "../x"]) == 1
    assert [p.name for p in files(folder)] == [two.hash[2:]]
    with pytest.raises(Missing):
        e.open_evidence(one.hash)


def test_the_sweep_takes_only_what_is_old_and_held_by_nobody(
    db: None, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, loose = keep(PDF), keep(encoded(picture(), "JPEG"))
    young = e.store(io.BytesIO(office()), now=NOW + timedelta(days=2))
    monkeypatch.setattr(files_module, "_holders", {})
    e.register_holder("matters", lambda digests: set(digests) & {held.hash})
    scratch = folder / "tmp" / "left-by-a-killed-process"
    scratch.write_bytes(b"x")
    os.utime(scratch, (0, 0))
    assert e.held_by([held.hash, loose.hash]) == {held.hash}
    assert e.sweep(NOW + timedelta(days=1)) == 1
    assert not scratch.exists()
    assert {ref.hash for ref in e.refs_of([held.hash, loose.hash, young.hash])} == {held.hash, young.hash}
    assert len(files(folder)) == 2
    # Sent again, it counts as new.
    keep(PDF)
    e.store(io.BytesIO(PDF), now=NOW + timedelta(days=3))
    monkeypatch.setattr(files_module, "_holders", {})
    assert e.sweep(NOW + timedelta(days=2, seconds=1)) == 0
    e.register_holder("matters", lambda digests: [])
    assert e.sweep(NOW + timedelta(days=2, seconds=1)) == 1
    assert [ref.hash for ref in e.refs_of([held.hash, young.hash])] == [held.hash]


def test_a_killed_upload_leaves_no_file_of_that_name(
    db: None, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def killed(self: Path, target: Path) -> None:
        raise Killed

    monkeypatch.setattr(Path, "replace", killed)
    with pytest.raises(Killed):
        keep(PDF)
    assert files(folder) == []


def test_real_photos(db: None, shared: Path) -> None:
    kept, refused = 0, []
    for path in sorted((shared / "data/photos").rglob("*")):
        if path.suffix.lower() in {".jpg", ".jpeg", ".png", ".bmp", ".webp"}:
            try:
                ref = keep(path.read_bytes(), path.name)
                assert ref.width
                kept += 1
            except Problem:
                refused.append(path.name)
    assert kept >= 20
    assert set(refused) <= {"ukbench09268_corrupt.jpg"}
