"""Makes test/nn/golden/mobilenet.json: feature maps of the pretrained MobileNetV2 1.4 on one picture.

    /usr/bin/python3 tools/goldens/mobilenet.py

Needs PyTorch (made with 1.13), node and the development dependency nsfwjs. The packaged TensorFlow graph is walked
node by node in float64, so neither names, layouts, padding nor the order of layers are onesheet's.
"""

import base64
import json
import pathlib
import subprocess

import torch
from torch.nn import functional as F

ROOT = pathlib.Path(__file__).parents[2]
FOLDER = ROOT / "node_modules/nsfwjs/dist/models/mobilenet_v2_mid"
HEIGHT, WIDTH = 320, 224
MAPS = ["Conv", "expanded_conv", "expanded_conv_1", "expanded_conv_6", "expanded_conv_12", "expanded_conv_16", "Conv_1"]


def packaged(name):
    """What a JavaScript file of the package exports."""
    script = f"process.stdout.write(JSON.stringify(require({json.dumps(str(FOLDER / name))})))"
    return json.loads(subprocess.run(["node", "-e", script], capture_output=True, check=True).stdout)


def weights_of(manifest):
    data = b"".join(base64.b64decode(packaged(f"{path}.min.js")) for path in manifest["paths"])
    weights, at = {}, 0
    for each in manifest["weights"]:
        count = 1
        for dim in each["shape"]:
            count *= dim
        quantization = each.get("quantization")
        dtype = torch.uint8 if quantization else {"float32": torch.float32, "int32": torch.int32}[each["dtype"]]
        size = count * (1 if quantization else 4)
        values = torch.frombuffer(bytearray(data[at : at + size]), dtype=dtype).double()
        if quantization:
            values = (values * quantization["scale"] + quantization["min"]).float().double()
        weights[each["name"]] = values.reshape(each["shape"])
        at += size
    assert at == len(data)
    return weights


def same(x, kernel, stride):
    totals = [max((-(-size // stride) - 1) * stride + kernel - size, 0) for size in x.shape[2:]]
    (top, left) = (total // 2 for total in totals)
    return F.pad(x, (left, totals[1] - left, top, totals[0] - top))


def convolve(node, x, w, bias):
    stride = int(node["attr"]["strides"]["list"]["i"][1])
    depthwise = node["op"] == "FusedDepthwiseConv2dNative"
    kernel = w.permute(2, 3, 0, 1) if depthwise else w.permute(3, 2, 0, 1)
    y = F.conv2d(same(x, w.shape[0], stride), kernel, bias, stride, groups=w.shape[2] if depthwise else 1)
    fused = [base64.b64decode(each).decode() for each in node["attr"]["fused_ops"]["list"]["s"]]
    assert fused[0] == "BiasAdd" and fused[1:] in ([], ["Relu6"])
    return y.clamp(0, 6) if len(fused) == 2 else y


def main():
    model = packaged("model.min.js")
    values = weights_of(model["weightsManifest"][0])
    y, x, c = torch.meshgrid(torch.arange(HEIGHT), torch.arange(WIDTH), torch.arange(3), indexing="ij")
    pixels = (3 * y + 5 * x + 50 * c + torch.div(x * y, 16, rounding_mode="floor")) % 256
    values["input"] = (pixels.double() / 255).permute(2, 0, 1)[None]
    maps = {}
    for node in model["modelTopology"]["node"]:
        if node["op"] in ("Const", "Placeholder"):
            continue
        inputs = [values[name] for name in node["input"]]
        if node["op"] == "Mul":
            value = inputs[0] * inputs[1]
        elif node["op"] == "Sub":
            value = inputs[0] - inputs[1]
        elif node["op"] == "AddV2":
            value = inputs[0] + inputs[1]
        elif node["op"] in ("_FusedConv2D", "FusedDepthwiseConv2dNative"):
            value = convolve(node, *inputs)
        else:
            break
        values[node["name"]] = value
        # The last node of a block is the block's map.
        maps[node["name"].split("/MobilenetV2/")[-1].split("/")[0]] = value
    golden = {}
    for name in MAPS:
        flat = maps[name].flatten()
        places = [(i * 7919 * 31 + 17) % flat.numel() for i in range(24)]
        golden[name] = {
            "shape": list(maps[name].shape),
            "mean": flat.mean().item(),
            "largest": flat.abs().max().item(),
            "places": places,
            "values": [round(flat[place].item(), 8) for place in places],
        }
    golden = {"height": HEIGHT, "width": WIDTH, "maps": golden}
    path = ROOT / "test/nn/golden/mobilenet.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(golden, indent=1) + "\n")


if __name__ == "__main__":
    main()
