"""N-way K-shot episodes anew: the draws of bcreid's named stream, and accuracies by prototypes."""

import math

import numpy as np

WORD = (1 << 64) - 1
GAMMA = 0x9E3779B97F4A7C15
SECRET = bytes.fromhex("7c01812cf721ad1cded46de9839097db")  # bytes 8 to 24 of XXH3's


def mix(x):
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 & WORD
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB & WORD
    return x ^ (x >> 31)


def left(x, k):
    return (x << k | x >> (64 - k)) & WORD


def hash_of_name(name, seed):
    """XXH3 with a seed, of names of 4 to 8 bytes."""
    text = name.encode()
    assert 4 <= len(text) <= 8
    low = seed & 0xFFFFFFFF
    seed ^= int.from_bytes(low.to_bytes(4, "little"), "big") << 32
    flip = (int.from_bytes(SECRET[:8], "little") ^ int.from_bytes(SECRET[8:], "little")) - seed & WORD
    first, last = int.from_bytes(text[:4], "little"), int.from_bytes(text[-4:], "little")
    h = (last + (first << 32)) ^ flip
    h ^= left(h, 49) ^ left(h, 24)
    h = h * 0x9FB21C651E98DF25 & WORD
    h ^= (h >> 35) + len(text)
    h = h * 0x9FB21C651E98DF25 & WORD
    return h ^ (h >> 28)


def stream(seed, name):
    return mix(hash_of_name(name, mix(seed + GAMMA & WORD)))


def derived(seed, index):
    return mix(mix(seed + GAMMA & WORD) + GAMMA * (2 * index + 1) & WORD)


class Draws:
    """xoshiro256**, seeded by splitmix64."""

    def __init__(self, seed):
        self.state = []
        for _ in range(4):
            seed = seed + GAMMA & WORD
            self.state.append(mix(seed))

    def next(self):
        a, b, c, d = self.state
        result = left(b * 5 & WORD, 7) * 9 & WORD
        c, d = c ^ a, d ^ b
        self.state = [a ^ d, b ^ c, c ^ (b << 17 & WORD), left(d, 45)]
        return result

    def below(self, n):
        reject = (1 << 64) % n
        value = self.next()
        while value < reject:
            value = self.next()
        return value % n

    def some(self, items, count):
        items = list(items)
        count = min(count, len(items))
        for i in range(count):
            j = i + self.below(len(items) - i)
            items[i], items[j] = items[j], items[i]
        return items[:count]


class Pool:
    """Whom episodes can be made of, by name, and their rows by the images' names."""

    def __init__(self, query, gallery, policy, shot):
        place = (lambda s: s.images) if policy == "none" else (lambda s: s.cams)
        self.query_place, self.gallery_place = place(query), place(gallery)
        rows = {name: ([], []) for name in sorted(set(query.ids))}
        for side, one in enumerate((query, gallery)):
            for row in sorted(range(len(one.images)), key=lambda i: one.images[i]):
                if one.ids[row] in rows:
                    rows[one.ids[row]][side].append(row)
        self.people, self.left_out = [], []
        for name, (asked, enrolled) in rows.items():
            anchors = [q for q in asked if len(self.admitted(enrolled, q)) >= shot]
            if anchors:
                self.people.append((name, asked, enrolled, anchors))
            else:
                self.left_out.append(str(name))

    def admitted(self, enrolled, q):
        return [g for g in enrolled if self.gallery_place[g] != self.query_place[q]]

    def draw(self, seed, way, shot, queries):
        draws, episode = Draws(seed), []
        for person in draws.some(range(len(self.people)), way):
            _, asked, enrolled, anchors = self.people[person]
            support = draws.some(self.admitted(enrolled, anchors[draws.below(len(anchors))]), shot)
            places = {self.gallery_place[g] for g in support}
            episode.append((support, draws.some([q for q in asked if self.query_place[q] not in places], queries)))
        return episode


def accuracy_of(episode, query, gallery, distance):
    """The mean over an episode's people of the share of their queries that are nearest to them."""
    enrolled = np.array([gallery[support].sum(axis=0) for support, _ in episode])
    lengths = np.sqrt((enrolled**2).sum(axis=1))
    shares = []
    for person, (support, asked) in enumerate(episode):
        right = 0
        for q in asked:
            if distance == "cosine":
                scores = enrolled @ query[q] / np.where(lengths < 1e-12, np.inf, lengths)
            else:  # K squared times the squared distance from the mean
                scores = -((len(support) * query[q] - enrolled) ** 2).sum(axis=1)
            right += int(scores.argmax() == person)
        shares.append(right / len(asked))
    return math.fsum(shares) / len(shares)


def half_width(values):
    return 1.96 * float(np.std(values)) / math.sqrt(len(values))


def check_episodes(check, theirs, pool_sets, rows, policy, distance, seed):
    """pool_sets: query and gallery as sets; rows: by cell, query and gallery features in one width."""
    for kind in theirs["kinds"]:
        way, shot = kind["way"], kind["shot"]
        name = f"episodes {way}x{shot}"
        pool = Pool(*pool_sets, policy, shot)
        check.same(name + " identities", len(pool.people), kind["identities"])
        check.same(name + " left out", pool.left_out, kind["left_out"])
        of_kind = derived(derived(stream(seed, "episodes"), way), shot)
        count = kind["cells"][0]["accuracy"]["n"]
        episodes = [pool.draw(derived(of_kind, e), way, shot, kind["queries"]) for e in range(count)]
        asked = sum(len(queries) for episode in episodes for _, queries in episode)
        check.equal(name + " queries", asked / (count * way), kind["mean_queries"])
        values = {}
        for cell in kind["cells"]:
            key = f"{cell['query_model']}/{cell['gallery_model']}"
            query, gallery = rows[key]
            if distance == "cosine":
                gallery = gallery / np.linalg.norm(gallery, axis=1, keepdims=True)
            values[key] = np.array([accuracy_of(episode, query, gallery, distance) for episode in episodes])
            check.equal(f"{name} {key}", values[key].mean(), cell["accuracy"]["value"])
            check.equal(f"{name} {key} half width", half_width(values[key]), cell["accuracy"]["half_width"])
        for one in kind["differences"]:
            key = f"{one['query_model']}/{one['gallery_model']}"
            from_key = f"{one['from_query_model']}/{one['from_gallery_model']}"
            changes = values[key] - values[from_key]
            check.equal(f"{name} {key} - {from_key}", changes.mean(), one["difference"]["value"])
            check.equal(f"{name} {key} - {from_key} half width", half_width(changes), one["difference"]["half_width"])
        if "value" in kind.get("share_of_new", {}):
            old, new, cross = (values[key].mean() for key in ("old/old", "new/new", "new/old"))
            check.equal(name + " share of new", (cross - old) / (new - old), kind["share_of_new"]["value"])
