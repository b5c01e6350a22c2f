#!/usr/bin/env python3
"""Computes features of backbones by the code that published them: torchvision, torchreid and timm, in float64.

  scripts/reference/backbones.py            write tests/golden/backbones.json anew
  scripts/reference/backbones.py --check    compare with it; exit code 1 where a figure differs

Needs PyTorch and the packages torchvision, timm and torchreid (`pip install --no-deps torchreid`: one file of it is read). Nothing
else in bcreid does, so no test runs this. Each line of the file names a backbone of bcreid and holds its parameters without the
classifier, those of the classifier, the entries of the state dict with it (MGN's has none), and features of two images. Weights, statistics
and images come from integers by a formula (`Filler`), so that tests/unit/nn/backbones_golden_test.cc has the same without a
file of weights. Shares no code with bcreid.
"""

import collections
import copy
import importlib.util
import json
import math
import os
import sys

import numpy as np
import timm
import torch
import torchvision

sys.dont_write_bytecode = True

FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tests", "golden", "backbones.json")
SAMPLES = 24  # values of each feature that the file holds


class Filler:
    """Values in [-1, 1) by a formula on 32-bit integers: the i-th of tensor number `stream`."""

    def __init__(self):
        self.stream = 0

    def values(self, shape):
        self.stream += 1
        count = math.prod(shape)
        x = (np.arange(count, dtype=np.uint64) * 2654435761 + self.stream * 374761393) & 0xFFFFFFFF
        x ^= x >> 15
        x = (x * 2246822519) & 0xFFFFFFFF
        x ^= x >> 13
        return (x.astype(np.float64) / 2**31 - 1).reshape(shape)


def start(name, shape, u):
    """Of values between -1 and 1 those of a tensor, so that features neither vanish nor explode."""
    if name in ("cls_token", "pos_embed"):
        return 0.5 * u
    if len(shape) > 1:
        return u * math.sqrt(6 / math.prod(shape[1:]))
    if name.endswith("running_var"):
        return 1 + 0.5 * u
    if name.endswith(".weight"):
        return 1 + 0.25 * u
    return 0.25 * u


def fill(network):
    """Every tensor but batch counters, in the order of their names."""
    filler = Filler()
    state = network.state_dict()
    for name in sorted(state):
        if name.endswith("num_batches_tracked"):
            continue
        tensor = state[name]
        tensor.copy_(torch.from_numpy(start(name, tuple(tensor.shape), filler.values(tensor.shape)).astype(np.float32)))
    return filler


class Ibn(torch.nn.Module):
    """Instance normalisation of half of the channels, batch normalisation of the others (Pan et al. 2018)."""

    def __init__(self, width):
        super().__init__()
        self.half = width // 2
        self.IN = torch.nn.InstanceNorm2d(self.half, affine=True)
        self.BN = torch.nn.BatchNorm2d(width - self.half)

    def forward(self, x):
        return torch.cat([self.IN(x[:, :self.half].contiguous()), self.BN(x[:, self.half:].contiguous())], 1)


def resnet(depth, ibn=False, stem_relu=True):
    """torchvision's, last stride 1."""
    net = getattr(torchvision.models, f"resnet{depth}")(weights=None)
    classifier = sum(p.numel() for p in net.fc.parameters())
    first = net.layer4[0]
    (first.conv2 if depth >= 50 else first.conv1).stride = (1, 1)
    first.downsample[0].stride = (1, 1)
    if ibn:
        for layer in (net.layer1, net.layer2, net.layer3):
            for block in layer:
                block.bn1 = Ibn(block.bn1.num_features)
    if not stem_relu:
        # The blocks' ReLUs are modules of their own.
        net.relu = torch.nn.Identity()
    entries = len(net.state_dict())
    net.fc = torch.nn.Identity()
    return net, entries, classifier, (64, 32)


class Mgn(torch.nn.Module):
    """MGN as fast-reid's meta_arch/mgn.py wires torchvision's blocks, up to the maps of BNNeck, in its order of test features."""

    def __init__(self, trunk, width, embedding):
        super().__init__()
        self.conv1, self.bn1, self.layer1, self.layer2 = trunk.conv1, trunk.bn1, trunk.layer1, trunk.layer2
        self.layer3 = trunk.layer3[:1]
        rest = torch.nn.Module()
        rest.layer3 = torch.nn.Sequential(collections.OrderedDict((str(i), b) for i, b in enumerate(trunk.layer3) if i))
        rest.layer4 = trunk.layer4
        self.b1, self.b2, self.b3 = (copy.deepcopy(rest) for _ in range(3))
        for part in ("b1", "b2", "b3", "b21", "b22", "b31", "b32", "b33"):
            self.add_module(part + "_embedding", torch.nn.Linear(width, embedding, bias=False))

    def forward(self, x):
        x = torch.nn.functional.max_pool2d(torch.relu(self.bn1(self.conv1(x))), 3, 2, 1)
        x = self.layer3(self.layer2(self.layer1(x)))
        maps = {name: getattr(self, name).layer4(getattr(self, name).layer3(x)) for name in ("b1", "b2", "b3")}
        maps["b21"], maps["b22"] = torch.chunk(maps["b2"], 2, dim=2)
        maps["b31"], maps["b32"], maps["b33"] = torch.chunk(maps["b3"], 3, dim=2)
        return torch.cat([getattr(self, part + "_embedding")(maps[part].mean((2, 3)))
                          for part in ("b1", "b2", "b3", "b21", "b22", "b31", "b32", "b33")], 1)


def mgn(ibn):
    """Without a classifier: each part has columns of the head."""
    trunk, _, _, _ = resnet(50, ibn)
    net = Mgn(trunk, 2048, 256)
    return net, len(net.state_dict()), 0, (128, 64)


def mobilenet(last_stride):
    net = torchvision.models.mobilenet_v2(weights=None)
    entries = len(net.state_dict())
    classifier = sum(p.numel() for p in net.classifier.parameters())
    net.classifier = torch.nn.Identity()
    if last_stride == 1:
        net.features[14].conv[1][0].stride = (1, 1)
    return net, entries, classifier, (64, 32)


def osnet(scale):
    """torchreid's, read as a file: the package's own import asks for much that is not needed here."""
    folder = os.path.dirname(importlib.util.find_spec("torchreid").origin)
    paths = [os.path.join(root, "osnet.py") for root, _, files in os.walk(folder) if "osnet.py" in files]
    spec = importlib.util.spec_from_file_location("osnet", paths[0])
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    net = getattr(module, f"osnet_{scale}")(num_classes=1000, pretrained=False)
    entries = len(net.state_dict())
    classifier = sum(p.numel() for p in net.classifier.parameters())
    net.classifier = torch.nn.Identity()
    return net, entries, classifier, (64, 32)


def vit(name, size, stride):
    """timm's, with patches that may overlap."""
    if name == "micro":
        make = lambda classes: timm.models.vision_transformer.VisionTransformer(  # noqa: E731
            img_size=(64, 32), patch_size=8, embed_dim=128, depth=6, num_heads=4, num_classes=classes, dynamic_img_size=True)
    else:
        make = lambda classes: timm.create_model(  # noqa: E731
            f"vit_{name}_patch16_224", pretrained=False, num_classes=classes, dynamic_img_size=True)
    whole = make(1000)
    net = make(0)
    net.patch_embed.proj.stride = (stride, stride)
    return net, len(whole.state_dict()), sum(p.numel() for p in whole.head.parameters()), size


CASES = {
    "resnet18": lambda: resnet(18),
    "resnet50": lambda: resnet(50),
    "resnet50,ibn=a": lambda: resnet(50, ibn=True),
    "resnet50,stem_relu=off": lambda: resnet(50, stem_relu=False),
    "mgn_resnet50": lambda: mgn(ibn=False),
    "mgn_resnet50,ibn=a": lambda: mgn(ibn=True),
    "mobilenet_v2": lambda: mobilenet(2),
    "mobilenet_v2,last_stride=1": lambda: mobilenet(1),
    "osnet_x0_25": lambda: osnet("x0_25"),
    "osnet_x1_0": lambda: osnet("x1_0"),
    "vit_micro": lambda: vit("micro", (64, 32), 8),
    "vit_micro,stride=6": lambda: vit("micro", (64, 32), 6),
    "vit_tiny": lambda: vit("tiny", (256, 128), 16),
    "vit_small": lambda: vit("small", (128, 64), 16),
    "vit_small,stride=12": lambda: vit("small", (128, 64), 12),
    "vit_base": lambda: vit("base", (96, 48), 16),
}


def golden(reference):
    net, entries, classifier, (height, width) = CASES[reference]()
    net.eval()
    parameters = sum(p.numel() for p in net.parameters())
    filler = fill(net)
    images = torch.from_numpy((2 * filler.values((2, 3, height, width))).astype(np.float32))
    with torch.no_grad():
        features = net.double()(images.double())
    d = features.shape[1]
    waves = torch.cos(torch.arange(d, dtype=torch.float64))
    return {
        "backbone": reference, "height": height, "width": width, "parameters": parameters, "classifier": classifier,
        "entries": entries, "values": [[float(f"{v:.9g}") for v in row[::d // SAMPLES][:SAMPLES]] for row in features],
        "norms": [float(f"{v:.9g}") for v in features.norm(dim=1)],
        "largest": float(f"{features.abs().max():.9g}"),
        "sums_of_waves": [float(f"{v:.9g}") for v in features @ waves]}


def close(a, b, largest):
    if isinstance(a, dict):
        return set(a) == set(b) and all(close(a[k], b[k], largest) for k in a)
    if isinstance(a, list):
        return len(a) == len(b) and all(close(x, y, largest) for x, y in zip(a, b))
    return a == b if isinstance(a, (str, int)) else abs(a - b) <= 1e-6 * largest


def main():
    if sys.argv[1:] not in ([], ["--check"]):
        sys.exit(__doc__)
    made = [golden(reference) for reference in CASES]
    if not sys.argv[1:]:
        with open(FILE, "w", encoding="utf-8") as file:
            file.write("[\n" + ",\n".join(json.dumps(one, sort_keys=True) for one in made) + "\n]\n")
        return
    with open(FILE, encoding="utf-8") as file:
        held = json.load(file)
    different = [one["backbone"] for one, other in zip(made, held) if not close(one, other, one["largest"])]
    if different or len(made) != len(held):
        sys.exit("backbones.py: the file holds other figures: " + ", ".join(different))


if __name__ == "__main__":
    main()
