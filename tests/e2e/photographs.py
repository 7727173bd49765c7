"""Pictures as phones and scanners make them, and what of them a letter shows."""

import io
import subprocess
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw

# What a phone writes into its pictures; each text occurs nowhere else.
CAMERA = "Phonemaker Obscura 77"
PLACE_NAME = "Larkspur Hollow, second lamp post"
SECRETS = {"camera": CAMERA, "place": PLACE_NAME}

_MAKE, _ORIENTATION, _GPS = 0x010F, 0x0112, 0x8825
_LATITUDE_REF, _LATITUDE, _AREA = 1, 2, 28
TURNED_RIGHT = 6


def _scene(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """Noise, as in a real picture, with a red left half."""
    noise = Image.effect_noise((width // 4, height // 4), 60).resize((width, height))
    scene = Image.merge("RGB", (noise, noise, noise))
    ImageDraw.Draw(scene).rectangle((0, 0, width // 2, height), fill="red")
    return scene.convert(mode)


def _bytes(scene: Image.Image, kind: str, **options) -> bytes:
    out = io.BytesIO()
    scene.save(out, kind, **options)
    return out.getvalue()


def jpeg(width: int = 640, height: int = 480, mode: str = "RGB", **options) -> bytes:
    return _bytes(_scene(width, height, mode), "JPEG", **{"quality": 85, **options})


def png(width: int = 640, height: int = 480, mode: str = "RGB") -> bytes:
    return _bytes(_scene(width, height, mode), "PNG")


def phone_photograph(width: int = 4000, height: int = 3000) -> bytes:
    """Taken with the phone turned, at a place that the phone knew."""
    exif = Image.Exif()
    exif[_MAKE] = CAMERA
    exif[_ORIENTATION] = TURNED_RIGHT
    exif.get_ifd(_GPS).update({_LATITUDE_REF: "N", _LATITUDE: (37.0, 46.0, 29.0),
                               _AREA: b"ASCII\0\0\0" + PLACE_NAME.encode()})
    return jpeg(width, height, exif=exif, comment=PLACE_NAME)


def noise(width: int = 1625, height: int = 2125) -> bytes:
    """What compresses worst."""
    channels = [Image.effect_noise((width, height), 200) for _ in range(3)]
    return _bytes(Image.merge("RGB", channels), "JPEG", quality=92)


def padded(image: bytes, size: int) -> bytes:
    """The same picture in a file of this size: what follows its end is nobody's."""
    return image + bytes(size - len(image))


def animated_png() -> bytes:
    return _bytes(_scene(64, 64), "PNG", save_all=True, append_images=[_scene(64, 64, "L")])


def in_letter(pdf: bytes) -> list:
    """The JPEG files within a PDF, as they are."""
    with tempfile.TemporaryDirectory() as directory:
        letter = Path(directory, "letter.pdf")
        letter.write_bytes(pdf)
        subprocess.run(["pdfimages", "-j", letter, Path(directory, "image")], check=True)
        return [path.read_bytes() for path in sorted(Path(directory).glob("*.jpg"))]


def opened(image: bytes) -> Image.Image:
    return Image.open(io.BytesIO(image))


def sixteen_bits() -> bytes:
    """A PNG of two bytes a sample."""
    return _bytes(Image.new("I;16", (64, 48), 40_000), "PNG")


def bomb() -> bytes:
    """A few kilobytes that would be 100 megapixels."""
    return _bytes(Image.new("1", (10_000, 10_000)), "PNG")
