"""The networks of networks.py in PyTorch."""

import torch as t
from torch import nn

from networks import BLOCKS, HEADS, NETWORKS, WIDTH

PICTURES = ("fashion", "resnet", "resnet224", "effnet224")  # their samples have channels last


def sequence(name):
    """The networks that read words or frames."""
    words = NETWORKS[name].words

    class Lstm(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed, self.lstm = nn.Embedding(words, 128), nn.LSTM(128, 128, batch_first=True)
            self.dense = nn.Linear(128, 1)

        def forward(self, x):
            return self.dense(self.lstm(self.embed(x))[0][:, -1])

    class Transformer(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed, self.places = nn.Embedding(words, WIDTH), nn.Embedding(128, WIDTH)
            self.blocks = nn.Sequential(*(nn.TransformerEncoderLayer(
                WIDTH, HEADS, 4 * WIDTH, dropout=0, batch_first=True) for _ in range(BLOCKS)))
            self.dense = nn.Linear(WIDTH, 20)

        def forward(self, x):
            x = self.embed(x) + self.places(t.arange(x.shape[1]))
            return self.dense(self.blocks(x).mean(1))

    class Video(nn.Module):
        def __init__(self):
            super().__init__()
            pool = (1, 2, 2)
            self.convolutions = nn.Sequential(
                nn.Conv3d(3, 16, 3, padding=1), nn.ReLU(), nn.MaxPool3d(pool),
                nn.Conv3d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool3d(pool))
            self.lstm, self.dense = nn.LSTM(8192, 64, batch_first=True), nn.Linear(64, 10)

        def forward(self, x):
            x = self.convolutions(x.permute(0, 4, 1, 2, 3)).transpose(1, 2).flatten(2)
            return self.dense(self.lstm(x)[0][:, -1])

    return {"lstm": Lstm, "transformer": Transformer, "video": Video}[name]()


class Convolution(nn.Sequential):
    """Convolution, normalization, activation."""

    def __init__(self, inside, outside, size, stride=1, groups=1, bias=False, act=nn.SiLU):
        super().__init__(nn.Conv2d(inside, outside, size, stride, size // 2, groups=groups,
                                   bias=bias),
                         nn.BatchNorm2d(outside), *([act()] if act else []))


class Bottleneck(nn.Module):
    """A block of ResNet50, its stride where Keras has it."""

    def __init__(self, inside, filters, stride):
        super().__init__()
        first = {"bias": True, "act": None}
        self.shortcut = (Convolution(inside, 4 * filters, 1, stride, **first)
                         if inside != 4 * filters else nn.Identity())
        relu = {"bias": True, "act": nn.ReLU}
        self.row = nn.Sequential(Convolution(inside, filters, 1, stride, **relu),
                                 Convolution(filters, filters, 3, **relu),
                                 Convolution(filters, 4 * filters, 1, **first))

    def forward(self, x):
        return t.relu(self.shortcut(x) + self.row(x))


def resnet50(channels, classes):
    row, inside = [Convolution(channels, 64, 7, 2, bias=True, act=nn.ReLU),
                   nn.MaxPool2d(3, 2, 1)], 64
    for stage, blocks in enumerate((3, 4, 6, 3)):
        for i in range(blocks):
            row.append(Bottleneck(inside, 64 << stage, 2 if stage and not i else 1))
            inside = 256 << stage
    return nn.Sequential(*row, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2048, classes))


class Squeeze(nn.Module):
    def __init__(self, filters, inner):
        super().__init__()
        self.row = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(filters, inner, 1), nn.SiLU(),
                                 nn.Conv2d(inner, filters, 1), nn.Sigmoid())

    def forward(self, x):
        return x * self.row(x)


class Inverted(nn.Module):
    """A block of EfficientNetV2."""

    def __init__(self, inside, outside, expand, stride, fused):
        super().__init__()
        inner, self.residual = inside * expand, stride == 1 and inside == outside
        if fused and expand == 1:
            row = [Convolution(inside, outside, 3, stride)]
        elif fused:
            row = [Convolution(inside, inner, 3, stride),
                   Convolution(inner, outside, 1, act=None)]
        else:
            row = [Convolution(inside, inner, 1), Convolution(inner, inner, 3, stride, inner),
                   Squeeze(inner, inside // 4), Convolution(inner, outside, 1, act=None)]
        self.row = nn.Sequential(*row)

    def forward(self, x):
        y = self.row(x)
        return x + y if self.residual else y


def efficientnet_v2b0(classes):
    row, inside = [Convolution(3, 32, 3, 2)], 32
    for repeats, expand, stride, fused, filters in (
            (1, 1, 1, True, 16), (2, 4, 2, True, 32), (2, 4, 2, True, 48), (3, 4, 2, False, 96),
            (5, 6, 1, False, 112), (8, 6, 2, False, 192)):
        for i in range(repeats):
            row.append(Inverted(inside, filters, expand, 1 if i else stride, fused))
            inside = filters
    return nn.Sequential(*row, Convolution(inside, 1280, 1), nn.AdaptiveAvgPool2d(1),
                         nn.Flatten(), nn.Dropout(0.2), nn.Linear(1280, classes))


class Scaled(nn.Module):
    """Pixels from 0 to 255 come in."""

    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, x):
        return self.net(x * (1 / 255))


def torch_network(name):
    n = NETWORKS[name]
    row = {
        "small": lambda: nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 3)),
        "mlp": lambda: nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Dropout(0.2),
                                     nn.Linear(128, 10)),
        "dense1": lambda: nn.Linear(1, 1),
        "fashion": lambda: Scaled(nn.Sequential(
            nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Dropout(0.25),
            nn.Linear(5408, 10))),
    }.get(name)
    if row:
        return row()
    if name.startswith("resnet"):
        return resnet50(n.shape[-1], n.classes)
    return Scaled(efficientnet_v2b0(n.classes)) if name == "effnet224" else sequence(name)


class Asked(nn.Module):
    """A network as it predicts: with the function that its loss has inside."""

    def __init__(self, name, net):
        super().__init__()
        self.net, self.classes = net, NETWORKS[name].classes

    def forward(self, x):
        out = self.net(x)
        return (t.softmax(out, -1) if self.classes > 1 else
                t.sigmoid(out) if self.classes else out)
