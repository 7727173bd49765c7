"""What other people's programs see in a letter."""

import subprocess


def text_of(pdf: bytes) -> str:
    """The text of a PDF with single spaces: where a line breaks does not matter."""
    done = subprocess.run(["pdftotext", "-", "-"], input=pdf, check=True, capture_output=True)
    return " ".join(done.stdout.decode().split())
