"""Are these tickets closed? Asks the tracker for each: python ops/tickets.py URL ID [ID…]."""
import json
import sys
from urllib.error import HTTPError
from urllib.request import urlopen


def main(tracker: str, *tickets: str) -> int:
    if not tickets:
        print("no ticket was named, so none can be closed")
        return 1
    still_open = 0
    for ticket in tickets:
        try:
            with urlopen(f"{tracker}/tickets/{ticket}", timeout=5) as answer:
                found = json.load(answer)
        except HTTPError as error:
            print(f"{ticket}: the tracker answers {error.code}")
            still_open += 1
            continue
        print(f"{ticket}: {found['state']}, {found['title']}{': ' + found['note'] if found['note'] else ''}")
        still_open += found["state"] != "closed"
    return 1 if still_open else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
