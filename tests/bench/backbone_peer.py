#!/usr/bin/env python3
"""The PyTorch side of scripts/bench_backbones: answers as tests/bench/backbone_bench does, with the published code of the network.

  backbone_peer.py BACKBONE HEIGHT WIDTH BATCH THREADS
"""

import os
import sys
import time

import torch

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "scripts", "reference"))
sys.dont_write_bytecode = True

import backbones  # noqa: E402

CLASSES = 500


class Whole(torch.nn.Module):
    """Backbone, batch norm whose shift stays 0, linear classifier without bias."""

    def __init__(self, trunk, width):
        super().__init__()
        self.trunk, self.neck = trunk, torch.nn.BatchNorm1d(width)
        self.neck.bias.requires_grad_(False)
        self.head = torch.nn.Linear(width, CLASSES, bias=False)

    def forward(self, x, logits):
        x = self.neck(self.trunk(x))
        return self.head(x) if logits else x


def check(reference, height, width):
    net = backbones.CASES[reference]()[0].eval()
    filler = backbones.fill(net)
    images = torch.from_numpy((2 * filler.values((2, 3, height, width))).astype("f4"))
    with torch.no_grad():
        features = net(images).double()
    sums = features @ torch.cos(torch.arange(features.shape[1], dtype=torch.float64))
    return f"{features.abs().max():.9g} {sums[0]:.9g} {sums[1]:.9g}"


def images_per_second(batch, seconds, work):
    start, images, taken = time.perf_counter(), 0, 0.0
    while taken < seconds:
        work()
        images += batch
        taken = time.perf_counter() - start
    return f"{images / taken:.4g}"


def main():
    reference, (height, width, batch, threads) = sys.argv[1], map(int, sys.argv[2:6])
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    trunk = backbones.CASES[reference]()[0]
    with torch.no_grad():
        features = trunk.eval()(torch.zeros(1, 3, height, width)).shape[1]
    net = Whole(trunk, features).to(memory_format=torch.channels_last)
    images = torch.randn(batch, 3, height, width)
    labels = torch.randint(CLASSES, (batch,))
    adam = torch.optim.Adam([p for p in net.parameters() if p.requires_grad], lr=1e-4, weight_decay=5e-4, fused=True)

    def forward():
        with torch.inference_mode():
            net(images.contiguous(memory_format=torch.channels_last), logits=False)

    def step():
        loss = torch.nn.functional.cross_entropy(net(images.contiguous(memory_format=torch.channels_last), logits=True), labels)
        adam.zero_grad()
        loss.backward()
        adam.step()

    for line in sys.stdin:
        what, *seconds = line.split()
        if what == "check":
            print(check(reference, height, width), flush=True)
            continue
        net.train(what == "step")
        print(images_per_second(batch, float(seconds[0]), step if what == "step" else forward), flush=True)


if __name__ == "__main__":
    main()
