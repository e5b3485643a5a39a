#!/usr/bin/env bash
# Does what the Dockerfile does, in a fresh folder instead of a container: the RUN steps of its first stage, the COPY steps of
# its second, then its ENTRYPOINT as a user without rights on files that are not its own, until its health check passes.
# Needs root, to become another user. What it does not check: the base image, EXPOSE, and the container engine itself.
set -euo pipefail
repository=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
service=
trap '[ -z "$service" ] || kill "$service" 2>/dev/null || true; rm -rf "$work"' EXIT
chmod 755 "$work"
mkdir "$work/build" "$work/app"

echo "1. COPY and RUN steps of the first stage, on the files that git knows"
git -C "$repository" ls-files -z | tar -C "$repository" --null -T - -cf - | tar -C "$work/build" -xf -
sed -n '/ AS build/,/^FROM [^ ]*$/p' "$repository/Dockerfile" | grep -oP '^RUN \K.*' | while read -r step; do
  echo "   $step"
  (cd "$work/build" && bash -c "$step" >"$work/step.log" 2>&1 </dev/null) || { cat "$work/step.log"; exit 1; }
done

echo "2. COPY steps of the second stage"
grep -oP '^COPY --from=build [^ ]+ /app/\K[^ ]+' "$repository/Dockerfile" | while read -r path; do
  cp -r "$work/build/$path" "$work/app/"
done
rm -rf "$work/build"
chown -R root:root "$work/app"
du -sh "$work/app" | cut -f1

echo "3. ENTRYPOINT as nobody, and HEALTHCHECK"
port=18080
entry=$(grep -oP '^ENTRYPOINT \K.*' "$repository/Dockerfile" | sed "s/8080/$port/")
check=$(grep -A1 '^HEALTHCHECK' "$repository/Dockerfile" | grep -oP 'CMD \K.*' | sed "s/8080/$port/")
mapfile -t entry < <(node -p "JSON.parse(process.argv[1]).join('\n')" "$entry")
mapfile -t check < <(node -p "JSON.parse(process.argv[1]).join('\n')" "$check")
cd "$work/app"
NODE_ENV=production HOME=/nonexistent setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs \
  "${entry[@]}" >"$work/log" 2>&1 &
service=$!
for _ in $(seq 120); do
  if "${check[@]}"; then break; fi
  kill -0 "$service" 2>/dev/null || { cat "$work/log"; exit 1; }
  sleep 1
done
"${check[@]}"
node -e "fetch('http://127.0.0.1:$port/v1/models').then((r) => r.json()).then(({ models }) => console.log('   healthy, serving', models[0].id))"
kill -TERM "$service"
code=0
wait "$service" || code=$?
service=
echo "4. SIGTERM: exit code $code"
[ "$code" = 0 ]
