"""Pictures: decoded within limits of memory, turned upright, brought to sRGB, written anew without any extra
data."""

import io
import threading
from contextlib import suppress

from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageFilter, ImageOps, features

from baodao.kernel.errors import Invalid, Problem, TooLarge

from .content import JPEG, PNG, WEBP, Clean, cleaned

# 8192 × 6144 is what phones take at most in their usual modes. A progressive JPEG and the other formats are
# held whole.
MOST_PIXELS, MOST_PIXELS_WHOLE = 51_000_000, 25_000_000
LONGEST = 4096
SMALL = 480
_OPENS = {JPEG: ("JPEG", "MPO"), PNG: ("PNG",), WEBP: ("WEBP",), "image/heic": ("HEIF", "AVIF")}
# Two at a time in a process: decoding takes up to 150 MB each.
_turn = threading.BoundedSemaphore(2)


def clean_picture(raw: bytes, kind: str) -> Clean:
    """The picture anew, at most 4,096 pixels long, and a small one. Raises Invalid or TooLarge."""
    if kind == "image/heic" and not _reads_heic(raw):
        remedy = _("在手机设置里把相机格式改为“兼容性最佳”（JPG），或截屏后再传")
        raise Invalid.of("file", _("这种 HEIC 照片现在还打不开"), remedy)
    with _turn:
        try:
            return _clean(raw, kind)
        except Problem:
            raise
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise _too_large() from error
        except Exception as error:
            # Decoders meet broken files with errors of many kinds; all mean the same to whoever sent it.
            raise Invalid.of("file", _("照片损坏或不完整，打不开"), _("请重新拍照或换一张")) from error


def _clean(raw: bytes, kind: str) -> Clean:
    with Image.open(io.BytesIO(raw), formats=_OPENS[kind]) as opened:
        if getattr(opened, "n_frames", 1) > 1 and opened.format != "MPO":
            raise Invalid.of("file", _("动图不能收"), _("请截取一张照片再传"))
        whole = kind != JPEG or bool(opened.info.get("progressive"))
        if opened.width * opened.height > (MOST_PIXELS_WHOLE if whole else MOST_PIXELS):
            raise _too_large()
        if kind == JPEG:
            opened.draft("RGB", (LONGEST, LONGEST))
        opened.load()
        picture = _plain(ImageOps.exif_transpose(opened))
    picture.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    out = JPEG if kind == "image/heic" else kind
    body = _written(picture, out)
    small = picture if picture.mode in {"RGB", "L"} else _on_white(picture)
    small.thumbnail((SMALL, SMALL), Image.Resampling.LANCZOS)
    return Clean(body, out, *_size_of(body), _written(small, JPEG, quality=78))


#: The longer side of a picture whose people nobody shall know again: then it is drawn large and soft.
COARSE, SOFT = 48, 640


def blurred(raw: bytes) -> bytes:
    """A picture as JPEG in which rooms and vehicles can be told, and no face or plate: brought to 48 pixels, drawn large, softened. What
    was lost cannot be brought back. Raises Invalid or TooLarge, as for any picture."""
    clean = cleaned(raw)
    if not clean.media_type.startswith("image/"):
        raise Invalid.of("file", _("这不是照片"), _("请传 JPG、PNG 或 WebP"))
    with _turn, Image.open(io.BytesIO(clean.body)) as opened:
        side = COARSE / max(opened.size)
        size = (max(1, round(opened.width * side)), max(1, round(opened.height * side)))
        small = (
            opened.convert("RGB").resize(size, Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(1))
        )
        wide, high = (SOFT * side // max(small.size) or 1 for side in small.size)
        soft = small.resize((wide, high), Image.Resampling.BILINEAR).filter(ImageFilter.GaussianBlur(4))
    return _written(soft, JPEG, quality=70)


def _size_of(body: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(body)) as written:
        return written.size


def _plain(picture: Image.Image) -> Image.Image:
    """L, RGB or RGBA in sRGB; nothing but pixels."""
    transparent = picture.mode in {"LA", "PA", "RGBA", "La", "RGBa"} or "transparency" in picture.info
    profile = picture.info.get("icc_profile")
    if picture.mode.startswith("I"):
        # 16-bit grey: converting directly would clip.
        picture = picture.point(lambda value: value / 256).convert("L")
    if profile and picture.mode in {"RGB", "L", "CMYK"}:
        # A broken profile only costs some truth of colour.
        with suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
            wanted = ImageCms.createProfile("sRGB")
            turned = ImageCms.profileToProfile(
                picture, ImageCms.ImageCmsProfile(io.BytesIO(profile)), wanted, outputMode="RGB"
            )
            picture = turned or picture
    mode = "RGBA" if transparent else "L" if picture.mode in {"1", "L"} else "RGB"
    plain = picture if picture.mode == mode else picture.convert(mode)
    plain.info = {}
    return plain


def _on_white(picture: Image.Image) -> Image.Image:
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground


def _written(picture: Image.Image, kind: str, quality: int = 88) -> bytes:
    out = io.BytesIO()
    if kind == PNG:
        picture.save(out, "PNG", optimize=False)
    elif kind == WEBP:
        picture.save(out, "WEBP", quality=quality, method=3)
    else:
        picture.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


def _reads_heic(raw: bytes) -> bool:
    """Pillow reads AVIF where it was built so; HEIC only where a plug-in is installed."""
    Image.init()
    if raw[8:12] == b"avif":
        return bool(features.check("avif"))
    return "HEIF" in Image.OPEN


def _too_large() -> Problem:
    return TooLarge.of("file", _("照片的像素太多"), _("请用普通模式（1200 万像素左右）拍照，或截屏后再传"))


__all__ = ["LONGEST", "MOST_PIXELS", "MOST_PIXELS_WHOLE", "SMALL", "blurred", "clean_picture"]
