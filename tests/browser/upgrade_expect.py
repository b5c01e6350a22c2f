#!/usr/bin/env python3
"""Whether Chromium shows an upgrade's page as its result says.

  upgrade_expect.py PAGE RESULT --pictures all|some|none

Reads the per-query files beside RESULT, picks the queries that lose and gain most anew, and compares every strip of the page with
them: order, names, ranks, frames and ticks. Looks at what was logged and asked for, at every picture, and opens what is folded away
by keyboard.
"""

import argparse
import csv
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "scripts", "lib"))
import chromium  # noqa: E402

STRIPS = 10  # of each kind

READ = """
[...document.querySelectorAll('article.query')].map((query) => ({
  image: query.querySelector('h4').textContent,
  lists: [...query.querySelectorAll('ol.strip')].map((list) => [...list.children].map((item) => {
    const picture = item.querySelector('img, .no-picture');
    return {
      image: picture.title, match: item.className === 'right', mark: item.lastElementChild.textContent,
      frame: getComputedStyle(item).borderTopStyle,
    };
  })),
}))
"""
PICTURES = """
[...document.images].map((image) => ({
  alt: image.alt, loaded: image.complete && image.naturalWidth > 0, data: image.src.startsWith('data:'),
}))
"""
PLACES = "[...document.querySelectorAll('.no-picture')].map((place) => place.textContent)"


def searches(result):
    """Rows of old/old, new/old and new/new by image, in the order of the file."""
    with open(result, encoding="utf-8") as file:
        cells = json.load(file)["cells"]
    for names in (("old", "old"), ("new", "old"), ("new", "new")):
        (cell,) = [cell for cell in cells if (cell["query_model"], cell["gallery_model"]) == names]
        path = os.path.join(os.path.dirname(result), cell["per_query"]["file"])
        with open(path, encoding="utf-8", newline="") as file:
            yield {row["image"]: row for row in csv.DictReader(file) if row["valid"] == "1"}


def listed(row):
    return [(row[f"top{k + 1}"], mark == "1") for k, mark in enumerate(row["matches"])]


def expected(result):
    """The strips: those that lose most, then those that gain most."""
    before, after, renewed = searches(result)
    change = {image: float(after[image]["ap_hits"]) - float(before[image]["ap_hits"]) for image in after if image in before}
    worst = sorted((image for image in change if change[image] < 0), key=lambda image: change[image])[:STRIPS]
    best = sorted((image for image in change if change[image] > 0), key=lambda image: -change[image])[:STRIPS]
    return [(image, [listed(rows[image]) for rows in (before, after, renewed) if image in rows]) for image in worst + best]


def check(condition, message, found=""):
    if not condition:
        print(f"upgrade_expect.py: {message} {found}", file=sys.stderr)
        sys.exit(1)


def check_strips(browser, result):
    found, wanted = browser.evaluate(READ), expected(result)
    check([strip["image"] for strip in found] == [image for image, _ in wanted], "other queries than", [w[0] for w in wanted])
    for strip, (image, lists) in zip(found, wanted):
        seen = [[(item["image"], item["match"]) for item in items] for items in strip["lists"]]
        check(seen == lists, "another list of", image)
        for items in strip["lists"]:
            for rank, item in enumerate(items):
                mark = f"{rank + 1} {chr(0x2713) if item['match'] else chr(0x2717)}"
                check(item["mark"] == mark, f"the mark {item['mark']} for {mark} of", image)
                check(item["frame"] == ("solid" if item["match"] else "dashed"), f"the frame {item['frame']} of", image)


def check_pictures(browser, wanted):
    found, places = browser.evaluate(PICTURES), browser.evaluate(PLACES)
    check(bool(found) == (wanted != "none"), "pictures:", len(found))
    check(bool(places) == (wanted != "all"), "places without a picture:", len(places))
    check(all(places), "a place without a picture and without a name")
    for picture in found:
        check(picture["alt"] and picture["loaded"] and picture["data"], "a picture that is none:", picture)


def check_folded(browser):
    """Enter opens what is folded away, the space bar closes it; every summary can be reached."""
    for number in range(browser.evaluate("document.querySelectorAll('details').length")):
        element = f"document.querySelectorAll('details')[{number}]"
        browser.evaluate(f"{element}.querySelector('summary').focus()")
        check(browser.evaluate(f"document.activeElement.parentElement === {element}"), "no focus on the summary", number)
        states = []
        for key in ("Enter", " "):
            browser.press(key)
            states.append(browser.evaluate(f"{element}.open"))
        check(states == [True, False], f"keys leave details {number}", states)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("page")
    parser.add_argument("result")
    parser.add_argument("--pictures", choices=("all", "some", "none"), required=True)
    arguments = parser.parse_args()
    with chromium.Browser() as browser:
        browser.open(arguments.page)
        check_strips(browser, arguments.result)
        check_folded(browser)
        # Pictures within what is folded away are there too.
        browser.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true; })")
        check_pictures(browser, arguments.pictures)
        check(browser.evaluate("document.scripts.length") == 1, "other scripts than the page's own")
        check(browser.evaluate("document.body.dataset.foreign === undefined"), "a foreign script ran")
        check(browser.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page is wider than the window")
        check(not browser.logged, "something was logged:", browser.logged[:2])
        others = [address for address in browser.requested[1:] if not address.startswith("data:")]
        check(not others, "asked for", others)
    return 0


if __name__ == "__main__":
    sys.exit(main())
