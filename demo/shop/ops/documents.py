"""Does the data dictionary know each of these tables and columns, and is it committed? python ops/documents.py NAME [NAME…]."""
import re
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
DICTIONARY = PROJECT / "docs" / "data-dictionary.md"


def main(*names: str) -> int:
    text = DICTIONARY.read_text(encoding="utf-8")
    missing = [name for name in names if not re.search(rf"`{re.escape(name)}`", text)]
    for name in missing:
        print(f"{name} is not in {DICTIONARY.relative_to(PROJECT)}")
    status = subprocess.run(["git", "-C", str(PROJECT), "status", "--porcelain", "--", "docs"], capture_output=True, text=True, check=True)
    if status.stdout:
        print(f"not committed: {status.stdout.strip()}")
    if not missing and not status.stdout:
        last = subprocess.run(["git", "-C", str(PROJECT), "log", "-1", "--format=%h by %an", "--", "docs"], capture_output=True, text=True, check=True)
        print(f"{len(names)} names are in {DICTIONARY.relative_to(PROJECT)}, last changed in {last.stdout.strip()}")
    return 1 if missing or status.stdout else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
