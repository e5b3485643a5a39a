#!/usr/bin/env bash
# Installs the peers that `npm run bench` measures against, from Debian's packages.
set -euo pipefail
if /usr/bin/python3 -c 'import torch, sklearn' 2>/dev/null; then exit 0; fi
apt-get update
apt-get install --yes --no-install-recommends python3-torch python3-sklearn
