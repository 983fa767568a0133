"""Write the glossary of docs/report.md anew from the catalogue of measures.

python scripts/report_glossary.py
"""

from __future__ import annotations

from pathlib import Path

from stretto.report.glossary import with_glossary

PAGE = Path(__file__).parent.parent / "docs" / "report.md"

if __name__ == "__main__":
    PAGE.write_text(with_glossary(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    print(f"wrote {PAGE}")
