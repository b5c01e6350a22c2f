"""Turns the JSON of score_bench into a Markdown table."""

import json
import math
import sys


def cells(row):
    gflop = 2e-9 * row["q"] * row["g"] * row["d"]
    torch = row.get("torch_s")
    name = row["name"].split("/")[1]
    return [
        name if not name.startswith("g:") else "growth",
        f"{row['q']:,.0f} x {row['g']:,.0f} x {row['d']:,.0f}",
        f"{row['score_s']:.2f}",
        f"{row['sgemm_s']:.2f} ({gflop / row['sgemm_s']:.0f})",
        "-" if torch is None else f"{torch:.2f} ({gflop / torch:.0f})",
        f"{row['ratio']:.2f}",
        f"{row['cpu_ratio']:.2f}",
        f"{row['anon_mib']:.0f}",
        f"{row['peak_rss_mib']:.0f}",
    ]


def slope(rows):
    """Least-squares exponent of time over gallery rows: 1 is linear."""
    xs = [math.log(row["g"]) for row in rows]
    ys = [math.log(row["score_s"]) for row in rows]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys)) / sum((x - mean_x) ** 2 for x in xs)


def main():
    report = json.load(open(sys.argv[1]))
    context = report["context"]
    rows = [row for row in report["benchmarks"] if "score_s" in row]
    load = ", ".join(f"{value:.1f}" for value in context.get("load_avg", []))
    print(
        f"{context['cpu']}, {context['threads']} threads, kernels {context['kernels']}, "
        f"OpenBLAS core {context['openblas_core']}, load before {load or 'unknown'}.\n"
    )
    print("| workload | q x g x d | ours, s | sgemm, s (GFLOP/s) | torch::mm, s (GFLOP/s) | ratio | cpu | RssAnon, MiB | peak RSS, MiB |")
    print("|---|---|---|---|---|---|---|---|---|")
    for row in rows:
        print("| " + " | ".join(cells(row)) + " |")
    growth = [row for row in rows if row["name"].startswith("BM_Growth")]
    if len(growth) > 1:
        print(f"\nTime grows with the gallery to the power {slope(growth):.3f} (1 is linear).")


if __name__ == "__main__":
    main()
