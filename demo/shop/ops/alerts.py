"""Would the shop's alerts ring? For machines without Alertmanager: looks for three seconds. python ops/alerts.py URL."""
import re
import sys
import time
from urllib.error import URLError
from urllib.request import urlopen


def count_failures(shop: str) -> float:
    with urlopen(f"{shop}/metrics", timeout=5) as answer:
        text = answer.read().decode()
    return float(re.search(r'^shop_requests_total\{class="5xx"\} (\S+)$', text, re.MULTILINE)[1])


def main(shop: str) -> int:
    try:
        before = count_failures(shop)
        with urlopen(f"{shop}/health", timeout=5) as answer:
            health = answer.read().decode().strip()
        time.sleep(3)
        failures = count_failures(shop) - before
    except URLError as error:
        print(f"ShopDown: {error}")
        return 1
    print(f"front page: {health}")
    print(f"ShopErrors: {failures:.0f} requests failed in three seconds" if failures else "no request failed in three seconds")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
