import re
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

from gallery.terminal import drawn, printed


def test_a_picture_of_a_command_has_its_text_and_loads_nothing(tmp_path: Path) -> None:
    program = "import os; print('\\x1b[32m+ create\\x1b[0m  <b> &', os.environ['COLUMNS'], os.environ['FORCE_COLOR'], '(id 3, 1.7 s)')"
    svg = drawn(printed([sys.executable, "-c", program], tmp_path, 60), 60, "a picture")
    text = "".join(ET.fromstring(svg).itertext()).replace("\u00a0", " ")
    assert "+ create" in text
    assert "<b> & 60 1 (id 3, 0.4 s)" in text
    assert not re.search(r"@import|@font-face|url\((?!#)|href", svg)
