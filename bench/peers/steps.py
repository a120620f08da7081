"""LCNN in PyTorch, as src/models/lcnn.ts has it, in training and at inference. One JSON request a line, one answer a line."""

import json
import sys
import time

import torch
from torch import nn

# Kernel size, channels after the max-feature-map, pooling, batch norm.
BLOCKS = [
    (5, 32, True, False),
    (1, 32, False, True),
    (3, 48, True, True),
    (1, 48, False, True),
    (3, 64, True, False),
    (1, 64, False, True),
    (3, 32, False, True),
    (1, 32, False, True),
    (3, 32, True, False),
]


class MaxFeatureMap(nn.Module):
    def forward(self, x):
        first, second = x.chunk(2, dim=1)
        return torch.maximum(first, second)


class Lcnn(nn.Module):
    def __init__(self, bins):
        super().__init__()
        layers, channels = [], 1
        for kernel, width, pool, norm in BLOCKS:
            layers += [nn.Conv2d(channels, 2 * width, kernel, padding=kernel // 2), MaxFeatureMap()]
            layers += [nn.MaxPool2d(2)] if pool else []
            layers += [nn.BatchNorm2d(width, affine=False)] if norm else []
            channels = width
        self.maps = nn.Sequential(*layers, nn.Dropout(0.7))
        features = bins // 16 * channels
        self.lstms = nn.ModuleList(
            nn.LSTM(features, features // 2, batch_first=True, bidirectional=True) for _ in range(2)
        )
        self.logits = nn.Linear(features, 2)

    def forward(self, x):
        maps = self.maps(x.unsqueeze(1))
        sequence = maps.permute(0, 2, 3, 1).flatten(2)
        y = sequence
        for lstm in self.lstms:
            y = lstm(y)[0]
        return self.logits((sequence + y).mean(1))


class Peer:
    def prepare(self, threads, shape, channelsLast, matmulSize):
        torch.set_num_threads(threads)
        torch.manual_seed(0)
        self.model = Lcnn(shape[2])
        if channelsLast:
            self.model = self.model.to(memory_format=torch.channels_last)
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=1e-4)
        self.inputs = torch.randn(shape)
        self.matrix = -torch.ones(matmulSize, matmulSize)
        self.labels = torch.arange(shape[0]) % 2
        return sum(parameter.numel() for parameter in self.model.parameters())

    def train(self):
        self.model.train()
        self.optimizer.zero_grad()
        loss = nn.functional.cross_entropy(self.model(self.inputs), self.labels)
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def forward(self):
        self.model.eval()
        with torch.inference_mode():
            return self.model(self.inputs)[0, 0].item()

    def matmul(self):
        return (self.matrix @ self.matrix)[0, 0].item()

    def describe(self):
        return f"PyTorch {torch.__version__}"


peer = Peer()
for line in sys.stdin:
    request = json.loads(line)
    action = getattr(peer, request.pop("action"))
    started = time.perf_counter()
    result = action(**request)
    answer = {"seconds": time.perf_counter() - started, "result": result}
    print(json.dumps(answer), flush=True)
