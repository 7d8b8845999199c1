"""Memory of torch tensors, by data_ptr()."""

import torch


class TensorMemory:
    """Bytes in a tensor."""

    def __init__(self, content):
        self._tensor = torch.frombuffer(bytearray(content), dtype=torch.uint8).clone()
        self.address = self._tensor.data_ptr()
        self.size = self._tensor.numel()

    def content(self):
        return self._tensor.numpy().tobytes()
