#!/usr/bin/env python3
"""Makes the small networks of this folder, which tests read: python3 make_models.py. Needs PyTorch; 2.11 made these."""

import torch


class Small(torch.nn.Module):
    """A convolution, a ReLU, the mean over the map, a linear layer: n x 3 x H x W to n x 5."""

    def __init__(self):
        super().__init__()
        self.conv = torch.nn.Conv2d(3, 4, 3, stride=2)
        self.linear = torch.nn.Linear(4, 5)

    def forward(self, images):
        return self.linear(torch.relu(self.conv(images)).mean((2, 3)))


class Two(Small):
    """Class scores and features."""

    def forward(self, images):
        features = super().forward(images)
        return features[:, :2], features


torch.manual_seed(1)
small = Small().eval()
two = Two().eval()
two.load_state_dict(small.state_dict())
torch.save(small.state_dict(), "small.pth")
torch.jit.trace(small, torch.zeros(1, 3, 16, 8)).save("small.pt")
torch.jit.trace(two, torch.zeros(1, 3, 16, 8)).save("two.pt")
