"""Sizes of images from their headers, as a browser shows them; nothing from a file that does not say it plainly."""

import base64
import os
import struct
from pathlib import Path

import pytest

from callboard.markdown.image_sizes import image_size

DATA = os.environ.get("CALLBOARD_TEST_DATA", "")
PNG = b"\x89PNG\r\n\x1a\n"


def png(width, height, *before):
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)), *before, (b"IDAT", b"")]
    return PNG + b"".join(struct.pack(">I", len(content)) + kind + content + b"\0\0\0\0" for kind, content in chunks)


def jpeg(width, height, orientation=None, order=">"):
    exif = b""
    if orientation is not None:
        name = b"MM" if order == ">" else b"II"
        directory = struct.pack(f"{order}HIHHHIHI", 42, 8, 1, 0x0112, 3, 1, orientation, 0)
        exif = b"Exif\0\0" + name + directory
        exif = b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif
    frame = struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\1\x11\0"
    return b"\xff\xd8" + exif + b"\xff\xff\xdb\0\4ab\xff\xc2" + frame


@pytest.mark.parametrize(
    ("content", "size"),
    [
        (png(300, 200), (300, 200)),
        (png(300, 200, (b"iCCP", b"x" * 70_000)), (300, 200)),
        (png(300, 200, (b"eXIf", b"MM")), None),
        (png(0, 200), None),
        (png(300, 20_001), None),
        (png(300, 200)[:40], None),
        (png(300, 200, *[(b"tEXt", b"")] * 300), None),
        (jpeg(300, 200), (300, 200)),
        (jpeg(300, 200, 1), (300, 200)),
        (jpeg(300, 200, 6), (200, 300)),
        (jpeg(300, 200, 8, "<"), (200, 300)),
        (jpeg(300, 200)[:14], None),
        (b"\xff\xd8" + b"\xff\xe0\0\2" * 300, None),
        (b"\xff\xd8" + b"\xff\xe0\0\0", None),
        (b"GIF89a" + struct.pack("<HH", 30, 20), (30, 20)),
        (b"GIF89a", None),
        (b"RIFF\0\0\0\0WEBPVP8 " + b"\0" * 10 + struct.pack("<HH", 30, 20), (30, 20)),
        (b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f" + struct.pack("<I", 29 | 19 << 14), (30, 20)),
        (b"RIFF\0\0\0\0WEBPVP8X\0\0\0\0\0\0\0\0" + b"\x1d\0\0\x13\0\0", (30, 20)),
        (b"RIFF\0\0\0\0WEBPVP8X\0\0\0\0\x08\0\0\0" + b"\x1d\0\0\x13\0\0", None),
        (b"RIFF\0\0\0\0AVI ", None),
        (b'<?xml version="1.0"?>\n<svg xmlns="x" width="30" height="19.6px" viewBox="0 0 3 2">', (30, 20)),
        (b"<ns0:svg height='20' title='>' width='30'>", (30, 20)),
        (b'<svg viewBox="0 0 3 2"><rect width="3" height="2"/></svg>', None),
        (b'<svg width="100%" height="20">', None),
        (b'<svg width="30mm" height="20mm">', None),
        (b"<" + b"<svg " * 5_000, None),
        (b"version https://git-lfs.github.com/spec/v1", None),
        (b"", None),
    ],
)
def test_the_size_is_that_which_the_file_says(content, size):
    assert image_size(content) == size


@pytest.mark.browser
@pytest.mark.skipif(not DATA, reason="needs real documentation: set CALLBOARD_TEST_DATA")
def test_sizes_of_real_images_are_those_that_a_browser_finds(chromium):
    files = [file for end in ("png", "jpg", "jpeg", "svg") for file in sorted((Path(DATA) / "docs").rglob(f"*.{end}"))]
    sized = {file: size for file in files if (size := image_size(file.read_bytes()))}
    assert len(sized) >= 12
    page = chromium.new_page()
    for file, size in sized.items():
        kind = {"svg": "svg+xml", "jpg": "jpeg"}.get(file.suffix[1:], file.suffix[1:])
        address = f"data:image/{kind};base64,{base64.b64encode(file.read_bytes()).decode()}"
        found = page.evaluate(
            "async (src) => { const i = new Image(); i.src = src; await i.decode(); return [i.naturalWidth, i.naturalHeight] }", address
        )
        assert tuple(found) == size, file
    page.close()
