import torch


class ImportanceRenderer(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.plane_axes = torch.tensor([[[1, 0, 0], [0, 1, 0], [0, 0, 1]],
                                        [[1, 0, 0], [0, 0, 1], [0, 1, 0]],
                                        [[0, 0, 1], [1, 0, 0], [0, 1, 0]]], dtype=torch.float32)
