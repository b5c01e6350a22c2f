"""Whether a run's calls, as faults.so logs them, survive a power cut after any of them: content before its name, then the name."""

import collections
import os

# What is lost with a power cut and made again: locks, and names below work/ other than those of whole files there.
PASSING = (".lock",)


def mistakes(calls):
    """A sentence for every call, or missing call, that breaks the order."""
    found = []
    dirty = {}  # by file: whether there is content that was not flushed
    names = collections.defaultdict(set)  # by folder: names in it that were not flushed

    def made(path):
        if not path.endswith(PASSING):
            names[os.path.dirname(path)].add(path)

    def flushed_all():
        dirty.clear()
        names.clear()

    def move(old, new):
        """Also of all that lies below a folder."""
        for files in (dirty, names):
            for path in [path for path in files if path == old or path.startswith(old + "/")]:
                files[new + path[len(old):]] = files.pop(path)

    def rename(old, new):
        for path in dirty:
            if path == old or path.startswith(old + "/"):
                found.append(f"{old} becomes {new} before {path} is flushed")
        for folder, inside in names.items():
            if inside and (folder == old or folder.startswith(old + "/")):
                found.append(f"{old} becomes {new} before the names in {folder} are flushed: {sorted(inside)[:3]}")
        names[os.path.dirname(old)].discard(old)
        move(old, new)
        made(new)

    for call in calls:
        verb, *paths = call.split(" ")
        if verb in ("create", "write") and not paths[0].endswith(PASSING):
            dirty[paths[0]] = True
        if verb in ("create", "folder"):
            made(paths[0])
        elif verb == "flush":
            dirty.pop(paths[0], None)
            names.pop(paths[0], None)
        elif verb == "sync":
            flushed_all()
        elif verb == "rename":
            rename(*paths)
    found += [f"{path} is never flushed" for path in dirty]
    found += [f"the name of {path} is never flushed" for folder, inside in names.items() for path in sorted(inside)
              if "/work/" not in path]
    return found
