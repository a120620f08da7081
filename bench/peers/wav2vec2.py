"""Wav2Vec2-base for classification in transformers. One JSON request a line, one answer a line."""

import json
import resource
import sys
import time

import torch
import transformers
from transformers import Wav2Vec2Config, Wav2Vec2FeatureExtractor, Wav2Vec2ForSequenceClassification

transformers.logging.set_verbosity_error()


class Peer:
    def prepare(self, threads, directory, batch, samples):
        """Makes a model of random weights, writes it for the other side, and answers with its size and its logits."""
        torch.set_num_threads(threads)
        torch.manual_seed(0)
        # LayerDrop would leave out work here that the other side does.
        config = Wav2Vec2Config(layerdrop=0.0, num_labels=2, id2label={0: "spoof", 1: "bonafide"})
        self.model = Wav2Vec2ForSequenceClassification(config)
        self.model.save_pretrained(directory)
        Wav2Vec2FeatureExtractor(do_normalize=True, return_attention_mask=False).save_pretrained(directory)
        self.directory = directory
        self.model.freeze_feature_encoder()
        self.trained = [parameter for parameter in self.model.parameters() if parameter.requires_grad]
        self.optimizer = torch.optim.AdamW(self.trained, lr=2e-5, weight_decay=0.01)
        time_axis = torch.arange(samples) / 16000
        waves = torch.stack([torch.sin(2 * torch.pi * (200 + 100 * row) * time_axis) for row in range(batch)])
        self.inputs = (waves - waves.mean(1, keepdim=True)) / torch.sqrt(waves.var(1, unbiased=False, keepdim=True) + 1e-7)
        self.labels = torch.arange(batch) % 2
        self.model.eval()
        with torch.inference_mode():
            logits = self.model(self.inputs[:1]).logits[0].tolist()
        return {"nParameters": sum(parameter.numel() for parameter in self.model.parameters()), "logits": logits}

    def forward(self):
        self.model.eval()
        with torch.inference_mode():
            return self.model(self.inputs[:1]).logits[0, 0].item()

    def train(self):
        self.model.train()
        self.optimizer.zero_grad()
        loss = self.model(self.inputs, labels=self.labels).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.trained, 1.0)
        self.optimizer.step()
        return loss.item()

    def embed(self):
        """The mean over the frames of every clip, by the encoder alone."""
        self.model.eval()
        with torch.inference_mode():
            return self.model.wav2vec2(self.inputs).last_hidden_state.mean(1)[0, 0].item()

    def load(self):
        model = Wav2Vec2ForSequenceClassification.from_pretrained(self.directory)
        return sum(parameter.numel() for parameter in model.parameters())

    def memory(self):
        """The most memory so far, GiB."""
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20

    def describe(self):
        return f"transformers {transformers.__version__} on PyTorch {torch.__version__}"


peer = Peer()
for line in sys.stdin:
    request = json.loads(line)
    action = getattr(peer, request.pop("action"))
    started = time.perf_counter()
    result = action(**request)
    answer = {"seconds": time.perf_counter() - started, "result": result}
    print(json.dumps(answer), flush=True)
