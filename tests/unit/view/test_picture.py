import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

PICTURE = Path(__file__).resolve().parents[3] / "tools" / "picture"


def test_a_picture_of_a_command_has_its_text_and_loads_nothing(tmp_path: Path) -> None:
    program = "import os; print('\\x1b[32m+ create\\x1b[0m  <b> &', os.environ['COLUMNS'], os.environ['FORCE_COLOR'])"
    output = tmp_path / "plan.svg"
    subprocess.run([sys.executable, PICTURE, output, "--width", "60", "--", sys.executable, "-c", program], check=True, timeout=60)
    svg = output.read_text(encoding="utf-8")
    text = "".join(ET.fromstring(svg).itertext()).replace("\u00a0", " ")
    assert "+ create" in text
    assert "<b> & 60 1" in text
    assert not re.search(r"@import|@font-face|url\((?!#)|href", svg)
