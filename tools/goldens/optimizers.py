"""Makes test/train/step/golden/optimizers.json: trajectories of PyTorch's AdamW and SGD on given gradients.

    /usr/bin/python3 tools/goldens/optimizers.py

Needs PyTorch (made with 1.13). The optimizers run in float64, so the file holds what the algorithms mean, not
one library's rounding. The gradients are exact in float32; some steps are above and some below the clipping norm.
"""

import json
import pathlib

import torch

STEPS = 40
SHAPES = {"stem.weight": [4, 3], "stem.bias": [4], "head.weight": [2, 4], "head.bias": [2]}
MULTIPLIERS = {"head.weight": 0.5, "head.bias": 0.5}
CASES = {
    "adamW": dict(learningRate=2e-3, beta1=0.9, beta2=0.999, epsilon=1e-8, weightDecay=0.05, maximumNorm=1.0),
    "adamW, other constants, no clipping": dict(
        learningRate=5e-3, beta1=0.8, beta2=0.95, epsilon=1e-3, weightDecay=0.0, maximumNorm=None
    ),
    "sgd": dict(learningRate=1e-2, momentum=0.9, nesterov=False, weightDecay=0.0, maximumNorm=1.0),
    "sgd, nesterov and weight decay": dict(
        learningRate=1e-2, momentum=0.8, nesterov=True, weightDecay=0.1, maximumNorm=2.0
    ),
}


def optimizer_of(name, options, parameters):
    groups = [
        {
            "params": [parameter],
            "lr": options["learningRate"] * MULTIPLIERS.get(parameter_name, 1),
            "weight_decay": options["weightDecay"] if parameter.dim() > 1 else 0.0,
        }
        for parameter_name, parameter in parameters.items()
    ]
    if name.startswith("adamW"):
        return torch.optim.AdamW(groups, betas=(options["beta1"], options["beta2"]), eps=options["epsilon"])
    return torch.optim.SGD(
        groups, lr=options["learningRate"], momentum=options["momentum"], nesterov=options["nesterov"]
    )


def main():
    torch.manual_seed(20240607)
    initial = {
        name: ((0.5 + torch.rand(shape)) * torch.where(torch.rand(shape) < 0.5, -1.0, 1.0)).float()
        for name, shape in SHAPES.items()
    }
    norms = torch.exp(torch.randn(STEPS))
    gradients = [
        {name: (torch.randn(shape) * 0.3 * norm).float() for name, shape in SHAPES.items()} for norm in norms
    ]
    cases = []
    for name, options in CASES.items():
        parameters = {
            key: torch.nn.Parameter(value.double().clone()) for key, value in initial.items()
        }
        optimizer = optimizer_of(name, options, parameters)
        snapshots = {}
        for step, gradient in enumerate(gradients, start=1):
            for key, parameter in parameters.items():
                parameter.grad = gradient[key].double().clone()
            if options["maximumNorm"] is not None:
                torch.nn.utils.clip_grad_norm_(parameters.values(), options["maximumNorm"])
            optimizer.step()
            if step in (1, 2, 10, STEPS):
                snapshots[step] = {key: value.detach().flatten().tolist() for key, value in parameters.items()}
        cases.append({"name": name, "options": options, "parametersAfterStep": snapshots})
    golden = {
        "madeBy": f"tools/goldens/optimizers.py with PyTorch {torch.__version__}",
        "shapes": SHAPES,
        "multipliers": MULTIPLIERS,
        "initial": {key: value.flatten().tolist() for key, value in initial.items()},
        "gradients": [{key: value.flatten().tolist() for key, value in step.items()} for step in gradients],
        "cases": cases,
    }
    path = pathlib.Path(__file__).parents[2] / "test/train/step/golden/optimizers.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(golden) + "\n")


if __name__ == "__main__":
    main()
