"""
What the perceptual network gives, computed once more: numpy, double precision, loops over taps, no import from src/.

  python3 scripts/perceptual-reference.py [PACKAGE_DIR]

writes tests/fixtures/perceptual.safetensors: features, distances and pooled vectors of a few made-up pictures, by the weights in public/perceptual.
With the unpacked npm package (see make-perceptual.mjs) it also runs the whole network from the package's own numbers, on 0..255, as far as the layers
that are shipped, and tells how far rounding to halves takes the shipped ones from that.
"""
import json
import struct
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
WEIGHTS = ROOT / "public/perceptual/dlib-face-resnet.safetensors"
FIXTURE = ROOT / "tests/fixtures/perceptual.safetensors"
NUMPY_TYPES = {"F16": np.float16, "F32": np.float32}
LEAST_SIDE = 64
POOLED_SIDE = 150
EPSILON = 1e-6


def read_safetensors(path):
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    tensors = {}
    for name, info in header.items():
        start, end = (8 + length + offset for offset in info["data_offsets"])
        values = np.frombuffer(data[start:end], NUMPY_TYPES[info["dtype"]])
        tensors[name] = values.astype(np.float64).reshape(info["shape"])
    return tensors


def write_safetensors(path, tensors):
    header, blocks, end = {}, [], 0
    for name, values in tensors.items():
        block = np.ascontiguousarray(values, np.float32).tobytes()
        header[name] = {"dtype": "F32", "shape": list(np.shape(values)), "data_offsets": [end, end + len(block)]}
        blocks.append(block)
        end += len(block)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(blocks))


def correlate(x, taps, stride, padding):
    """x [H, W, in], taps [height, width, in, out]."""
    height, width = taps.shape[:2]
    x = np.pad(x, ((padding, padding), (padding, padding), (0, 0)))
    rows = (x.shape[0] - height) // stride + 1
    columns = (x.shape[1] - width) // stride + 1
    y = np.zeros((rows, columns, taps.shape[3]))
    for i in range(height):
        for j in range(width):
            seen = x[i : i + stride * (rows - 1) + 1 : stride, j : j + stride * (columns - 1) + 1 : stride]
            y += seen @ taps[i, j]
    return y


def pooled_maximum(x):
    rows, columns = (x.shape[0] - 3) // 2 + 1, (x.shape[1] - 3) // 2 + 1
    shifted = [x[i : i + 2 * rows - 1 : 2, j : j + 2 * columns - 1 : 2] for i in range(3) for j in range(3)]
    return np.max(shifted, axis=0)


def network(layer, x):
    """
    :param layer: function of (name, x, stride, padding): convolution, bias and whatever belongs to it
    :returns: name to features [H, W, C]
    """
    relu = lambda y: np.maximum(y, 0)

    def residual(x, name):
        return relu(layer(f"{name}.conv2", relu(layer(f"{name}.conv1", x, 1, 1)), 1, 1) + x)

    def residual_down(x, name):
        y = layer(f"{name}.conv2", relu(layer(f"{name}.conv1", x, 2, 0)), 1, 1)
        rows, columns = x.shape[0] // 2, x.shape[1] // 2
        means = x[: 2 * rows, : 2 * columns].reshape(rows, 2, columns, 2, -1).mean((1, 3))
        y = np.pad(y, ((0, rows - y.shape[0]), (0, columns - y.shape[1]), (0, 0)))
        means = np.pad(means, ((0, 0), (0, 0), (0, y.shape[2] - means.shape[2])))
        return relu(means + y)

    features = {"conv32_down": relu(layer("conv32_down", x, 2, 0))}
    x = pooled_maximum(features["conv32_down"])
    for name in ("conv32_1", "conv32_2", "conv32_3"):
        x = residual(x, name)
    features["conv32_3"] = x
    x = residual_down(x, "conv64_down")
    for name in ("conv64_1", "conv64_2", "conv64_3"):
        x = residual(x, name)
    features["conv64_3"] = x
    x = residual_down(x, "conv128_down")
    for name in ("conv128_1", "conv128_2"):
        x = residual(x, name)
    features["conv128_2"] = x
    return features


def shipped_layer(weights):
    def layer(name, x, stride, padding):
        taps = weights[f"{name}.weight"].transpose(2, 3, 1, 0)
        return correlate(x, taps, stride, padding) + weights[f"{name}.bias"]

    return layer


def resized(x, side):
    """Bilinear, pixel centres at (i + 0.5) / size; where it shrinks, over all that shrinks into a pixel."""

    def matrix(size):
        scale = size / side
        reach = max(scale, 1.0)
        places = (np.arange(side)[:, None] + 0.5) * scale - 0.5
        if scale <= 1:
            places = np.clip(places, 0, size - 1)
        weights = np.maximum(0, 1 - np.abs(np.arange(size)[None] - places) / reach)
        return weights / weights.sum(1, keepdims=True)

    return np.einsum("ai,bj,ijc->abc", matrix(x.shape[0]), matrix(x.shape[1]), x)


def picture(side, phase):
    """-1..1, smooth, with an edge: the test makes the same one."""
    row, column, channel = np.mgrid[0:side, 0:side, 0:3].astype(np.float64)
    v, u = row / side, column / side
    waves = 0.7 * np.sin(7 * u * (channel + 1) + 5 * v + phase) * np.cos(9 * v - 3 * u * channel)
    return np.where(u + 0.5 * v > 0.8, waves, 0.3 - waves)


def perceptual_distance(layer, a, b):
    side = max(LEAST_SIDE, a.shape[0])
    unit = lambda f: f / np.sqrt((f * f).sum(-1, keepdims=True) + EPSILON)
    of_a, of_b = (network(layer, resized(x, side)) for x in (a, b))
    return np.mean([((unit(of_a[name]) - unit(of_b[name])) ** 2).sum(-1).mean() for name in of_a])


def pooled(layer, x):
    return network(layer, resized(x, POOLED_SIDE))["conv128_2"].mean((0, 1))


def compare_with_package(directory, shipped):
    manifest = json.loads((directory / "model/face_recognition_model-weights_manifest.json").read_text())
    data = (directory / "model/face_recognition_model.bin").read_bytes()
    stored, at = {}, 0
    for info in (info for group in manifest for info in group["weights"]):
        count = int(np.prod(info["shape"]))
        quantization = info.get("quantization")
        values = np.frombuffer(data, np.uint8 if quantization else np.float32, count, at).astype(np.float64)
        if quantization:
            values = values * quantization["scale"] + quantization["min"]
        stored[info["name"]] = values.reshape(info["shape"])
        at += count if quantization else 4 * count

    def layer(name, x, stride, padding):
        name = name.replace(".", "/")
        y = correlate(x, stored[f"{name}/conv/filters"], stride, padding) + stored[f"{name}/conv/bias"]
        return y * stored[f"{name}/scale/weights"] + stored[f"{name}/scale/biases"]

    x = picture(POOLED_SIDE, 0)
    theirs = network(layer, (x * 127.5 + 127.5 - np.array([122.782, 117.001, 104.298])) / 255)
    ours = network(shipped, x)
    for name, expected in theirs.items():
        print(f"{name}: halves take it {np.abs(ours[name] - expected).max():.1e} from the package's, largest {expected.max():.2f}")


def main():
    layer = shipped_layer(read_safetensors(WEIGHTS))
    tensors = {}
    for name, values in network(layer, picture(LEAST_SIDE, 0)).items():
        tensors[f"features.{name}"] = values[::4, ::4] if name == "conv32_down" else values
    for side in (16, 64, 100):
        tensors[f"distance.{side}"] = perceptual_distance(layer, picture(side, 0), picture(side, 0.4))
    for side in (16, 64, 200):
        tensors[f"pooled.{side}"] = pooled(layer, picture(side, 0))
    write_safetensors(FIXTURE, tensors)
    print({name: float(values) for name, values in tensors.items() if name.startswith("distance")})
    if len(sys.argv) > 1:
        compare_with_package(Path(sys.argv[1]), layer)


main()
