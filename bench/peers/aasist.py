"""The official AASIST-L in PyTorch, from its authors' file. One JSON request a line, one answer a line."""

import importlib.util
import json
import sys
import time

import torch
from torch import nn

# The authors' configuration of AASIST-L.
CONFIG = {
    "first_conv": 128,
    "filts": [70, [1, 32], [32, 32], [32, 24], [24, 24]],
    "gat_dims": [24, 32],
    "pool_ratios": [0.4, 0.5, 0.7, 0.5],
    "temperatures": [2.0, 2.0, 100.0, 100.0],
}


class Peer:
    def describe(self):
        return f"PyTorch {torch.__version__}"

    def prepare(self, threads, source, batch, samples):
        torch.set_num_threads(threads)
        torch.manual_seed(0)
        spec = importlib.util.spec_from_file_location("official", source)
        official = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(official)
        self.model = official.Model(CONFIG)
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=1e-4)
        self.inputs = torch.randn(batch, samples)
        self.labels = torch.arange(batch) % 2
        return sum(parameter.numel() for parameter in self.model.parameters())

    def train(self):
        self.model.train()
        self.optimizer.zero_grad()
        loss = nn.functional.cross_entropy(self.model(self.inputs)[1], self.labels)
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def forward(self):
        self.model.eval()
        with torch.inference_mode():
            return self.model(self.inputs[:1])[1][0, 0].item()


peer = Peer()
for line in sys.stdin:
    request = json.loads(line)
    action = getattr(peer, request.pop("action"))
    started = time.perf_counter()
    result = action(**request)
    answer = {"seconds": time.perf_counter() - started, "result": result}
    print(json.dumps(answer), flush=True)
