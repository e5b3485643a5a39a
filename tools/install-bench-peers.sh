#!/usr/bin/env bash
# Installs the peers that `npm run bench` measures against into an environment of their own, .bench-peers/.
#
# Versions are those of tools/bench-peers.txt, from PyPI or where pip is configured to look. PyTorch runs on the
# processor only: on Linux PyPI's build brings CUDA with it, which is large and unused. Where pip is told of
# PyTorch's own index of builds for processors (PIP_EXTRA_INDEX_URL), it takes the small one.
# PYTHON names the interpreter (3.10 or newer).
set -euo pipefail
cd "$(dirname "$0")/.."
environment=.bench-peers
[ -x "$environment/bin/python" ] || "${PYTHON:-python3}" -m venv "$environment"
"$environment/bin/python" -m pip install --quiet --requirement tools/bench-peers.txt
"$environment/bin/python" - <<'PYTHON'
import numpy, onnxruntime, PIL, sklearn, torch

for module in (torch, onnxruntime, sklearn, PIL, numpy):
    print(module.__name__, module.__version__)
PYTHON
