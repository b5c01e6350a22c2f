#!/usr/bin/env python3
"""Makes the ONNX networks of this folder from small.pth, which make_models.py makes: python3 make_onnx.py.

Needs PyTorch and onnx; 2.11 and 1.23 made these.
  small.onnx  n x 3 x 32 x 16 images to n x 5 features
  fixed.onnx  2 x 16 x 8 x 3 images to `scores`, 2 x 2, and `features`, 2 x 5; `pooled`, 2 x 4, lies inside
"""

import onnx
import torch


class Small(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = torch.nn.Conv2d(3, 4, 3, stride=2)
        self.linear = torch.nn.Linear(4, 5)

    def forward(self, images):
        return self.linear(torch.relu(self.conv(images)).mean((2, 3)))


class Fixed(Small):
    def forward(self, images):
        features = super().forward(images.permute(0, 3, 1, 2))
        return features[:, :2], features


def export(network, images, name, outputs, **options):
    network.load_state_dict(torch.load("small.pth"))
    torch.onnx.export(network.eval(), images, name, input_names=["images"], output_names=outputs, dynamo=False, **options)
    return onnx.load(name)


export(Small(), torch.zeros(1, 3, 32, 16), "small.onnx", ["features"], dynamic_axes={"images": [0], "features": [0]})
fixed = export(Fixed(), torch.zeros(2, 16, 8, 3), "fixed.onnx", ["scores", "features"])
mean = next(node for node in fixed.graph.node if node.op_type == "ReduceMean")
for node in fixed.graph.node:
    for i, name in enumerate(node.input):
        if name == mean.output[0]:
            node.input[i] = "pooled"
mean.output[0] = "pooled"
onnx.checker.check_model(fixed)
onnx.save(fixed, "fixed.onnx")
