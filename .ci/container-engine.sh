#!/usr/bin/env bash
# Sourced by .ci/run: a private container engine and the dbt image, without a registry. The base image is made of the
# machine's own Debian packages. Sets DOCKER_HOST and DOCKER_CONFIG; stop_engine ends the daemon.

# engine_work: where base.tar, the engine's data and the logs lie; kept between runs where the machine is kept.
engine_work=${GAMI_ENGINE_WORK:-${TMPDIR:-/tmp}/gami-engine}

install_engine() {
  local need=()
  command -v dockerd >/dev/null || need+=(docker.io)
  command -v debootstrap >/dev/null || need+=(debootstrap)
  if [ ${#need[@]} -gt 0 ]; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${need[@]}" >/dev/null
  fi
}

make_base() { # make_base OUT.tar: Debian with Python, as the official slim image has it
  local out=$1 root mirror suite keyring
  root=$(mktemp -d)
  read -r mirror suite < <(apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages' |
    grep -v -- '-security\|-updates\|-backports' | sort -u | head -1)
  keyring=$(ls /usr/share/keyrings/debian-archive-keyring.gpg 2>/dev/null || true)
  debootstrap --variant=minbase ${keyring:+--keyring="$keyring"} --include=ca-certificates,python3,python3-venv \
    "$suite" "$root/root" "$mirror" >"$engine_work/debootstrap.log" 2>&1 || {
    tail -20 "$engine_work/debootstrap.log"
    return 1
  }
  rm -rf "$root"/root/var/cache/apt/archives/*.deb "$root"/root/var/lib/apt/lists/* \
    "$root"/root/usr/share/{doc,man,info,locale,i18n}/*
  ln -sf python3 "$root/root/usr/bin/python"
  tar --numeric-owner -C "$root/root" -cf "$out.part" --exclude='./dev/*' --exclude='./proc/*' --exclude='./sys/*' .
  mv "$out.part" "$out"
  rm -rf --one-file-system "$root"
}

start_engine() {
  mkdir -p "$engine_work"
  # Short: a socket's path is at most 108 bytes.
  engine_run=$(mktemp -d -t gami-dockerd.XXXXXX)
  export DOCKER_HOST=unix://$engine_run/s DOCKER_CONFIG=$engine_run/config
  dockerd --data-root "$engine_work/docker" --exec-root "$engine_run/x" --pidfile "$engine_run/pid" -H "$DOCKER_HOST" \
    --bridge=none --iptables=false --ip6tables=false --group "$(id -gn)" >"$engine_work/dockerd.log" 2>&1 &
  engine_pid=$!
  local tries
  for ((tries = 0; tries < 120; tries++)); do
    /usr/bin/docker version >/dev/null 2>&1 && return
    kill -0 "$engine_pid" 2>/dev/null || break
    sleep 0.25
  done
  tail -20 "$engine_work/dockerd.log"
  return 1
}

build_dbt_image() {
  [ -s "$engine_work/base.tar" ] || make_base "$engine_work/base.tar"
  /usr/bin/docker image inspect gami-base:local >/dev/null 2>&1 || /usr/bin/docker import "$engine_work/base.tar" gami-base:local >/dev/null
  local secrets=()
  [ -f /etc/pip.conf ] && secrets+=(--secret id=pipconf,src=/etc/pip.conf)
  [ -f /etc/ssl/certs/ca-certificates.crt ] && secrets+=(--secret id=cacerts,src=/etc/ssl/certs/ca-certificates.crt)
  # The engine's own client has BuildKit inside; a newer one found first on the PATH would need a plugin for it.
  DOCKER_BUILDKIT=1 /usr/bin/docker build --progress=plain --network=host --build-arg BASE=gami-base:local \
    "${secrets[@]}" -t gami-dbt:duckdb -f docker/dbt/Dockerfile requirements >"$engine_work/build.log" 2>&1 || {
    tail -40 "$engine_work/build.log"
    return 1
  }
  echo "image: $(/usr/bin/docker image inspect -f '{{.Size}}' gami-dbt:duckdb) bytes"
}

stop_engine() {
  [ -n "${engine_pid:-}" ] || return 0
  kill "$engine_pid" 2>/dev/null || true
  wait "$engine_pid" 2>/dev/null || true
  awk -v d="$engine_run/" 'index($2, d) == 1 {print $2}' /proc/mounts | sort -r | xargs -r umount || true
  rm -rf --one-file-system "$engine_run"
}
