#!/usr/bin/env bash
# Starts a gate: finds or fetches the one Stagegate binary, verifies it, runs it.
#
#   run.sh <gate>
#
# Order: STAGEGATE_BIN, the runner's tool cache, the asset named in install.lock. Nothing is asked of the
# releases API and no token is sent: the URL is exact and the bytes are checked against install.lock,
# so pinning this repository by SHA pins the binary too.
#
#   STAGEGATE_BIN        a binary to use as it is
#   STAGEGATE_BASE_URL   where assets are, for a mirror (default: the repository's release downloads)
#   STAGEGATE_BUILD      `source` builds the binary with cargo instead of fetching it
#   STAGEGATE_ATTEST     `true` also verifies the asset's build attestation with the gh command
set -euo pipefail
unset BASH_ENV ENV CDPATH
# Functions below print their result; what people must see goes past them.
exec 3>&1

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname -- "$here")
lock=$here/install.lock
gate=${1:-${STAGEGATE_GATE:-}}

# Later steps read the outputs on every path, so a launcher that fails says so there too.
fail() {
  printf 'stagegate launcher: %s\n' "$1" >&2
  if [[ ${GITHUB_ACTIONS:-} == true ]]; then
    local text=${1//'%'/'%25'}
    text=${text//$'\r'/'%0D'}
    printf '::error title=stagegate launcher::%s\n' "${text//$'\n'/'%0A'}" >&3
  fi
  if [[ -n ${GITHUB_OUTPUT:-} ]]; then
    printf 'conclusion=error\ntitle=stagegate launcher failed\nverdict-path=\n' >>"$GITHUB_OUTPUT"
  fi
  exit 3
}

# The target of this runner. `uname` tells the machine, RUNNER_ARCH what the job was promised.
target() {
  local os=${RUNNER_OS:-$(uname -s)} arch=${RUNNER_ARCH:-$(uname -m)}
  case $arch in
    X64 | x86_64 | amd64) arch=x86_64 ;;
    ARM64 | arm64 | aarch64) arch=aarch64 ;;
    *) fail "no binary for architecture $arch; set STAGEGATE_BIN or STAGEGATE_BUILD=source" ;;
  esac
  case $os in
    Linux) printf '%s-unknown-linux-musl' "$arch" ;;
    macOS | Darwin) printf '%s-apple-darwin' "$arch" ;;
    Windows | MINGW* | MSYS*) printf '%s-pc-windows-msvc' "$arch" ;;
    *) fail "no binary for system $os; set STAGEGATE_BIN or STAGEGATE_BUILD=source" ;;
  esac
}

# A field of install.lock: lines of `key value...`, `#` starts a comment.
locked() {
  local key rest
  while read -r key rest; do
    if [[ $key == "$1" ]]; then
      printf '%s' "$rest"
      return
    fi
  done <"$lock"
}

sha256() {
  if command -v sha256sum >/dev/null; then
    sha256sum -- "$1" | cut -d ' ' -f 1
  else
    shasum -a 256 -- "$1" | cut -d ' ' -f 1
  fi
}

fetch() { # url file
  curl --fail --silent --show-error --location --proto '=https,http' --retry 3 --retry-connrefused \
    --connect-timeout 20 --max-time 300 --output "$2" -- "$1"
}

# Prints the path of a verified binary of the locked version.
install() {
  local version target asset digest cache binary work got
  [[ -r $lock ]] || fail "install.lock is missing beside run.sh: reference the action by a release tag"
  version=$(locked version)
  target=$(target)
  read -r asset digest <<<"$(locked "$target")" || true
  if [[ -z ${asset:-} || ! ${digest:-} =~ ^[0-9a-f]{64}$ ]]; then
    fail "install.lock has no binary for $target at version ${version:-unknown}: reference the action by a release tag, or set STAGEGATE_BIN or STAGEGATE_BUILD=source"
  fi
  cache=${RUNNER_TOOL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}}/stagegate/$version/$target-${digest:0:16}
  binary=$cache/stagegate
  if [[ -f $cache.complete && -x $binary ]]; then
    printf '%s' "$binary"
    return
  fi
  work=$(mktemp -d "${RUNNER_TEMP:-${TMPDIR:-/tmp}}/stagegate.XXXXXX")
  local base=${STAGEGATE_BASE_URL:-$(locked base-url)}
  fetch "${base%/}/$asset" "$work/$asset" || fail "download ${base%/}/$asset failed"
  got=$(sha256 "$work/$asset")
  [[ $got == "$digest" ]] ||
    fail "$asset has sha256 $got, install.lock says $digest: the file was changed or the mirror is wrong"
  if [[ ${STAGEGATE_ATTEST:-} == true ]]; then
    command -v gh >/dev/null || fail "STAGEGATE_ATTEST needs the gh command"
    gh attestation verify "$work/$asset" --repo "$(locked repository)" >&2 ||
      fail "$asset has no valid build attestation"
  fi
  mkdir -p -- "$cache"
  tar -xzf "$work/$asset" -C "$work" || fail "$asset does not unpack"
  local found
  found=$(find "$work" -type f -name 'stagegate' -o -type f -name 'stagegate.exe' | head -n 1)
  [[ -n $found ]] || fail "$asset holds no stagegate binary"
  # Moved into place whole: a job beside this one never sees half a binary.
  chmod +x "$found"
  mv -f -- "$found" "$binary"
  : >"$cache.complete"
  rm -rf -- "$work"
  printf '%s' "$binary"
}

build() {
  command -v cargo >/dev/null || fail "STAGEGATE_BUILD=source needs cargo: add a step that installs Rust"
  local out=${RUNNER_TEMP:-${TMPDIR:-/tmp}}/stagegate-build
  cargo build --quiet --locked --profile dist --package stagegate \
    --manifest-path "$root/Cargo.toml" --target-dir "$out" >&2 || fail "building from source failed"
  printf '%s' "$out/dist/stagegate"
}

[[ -n $gate ]] || fail "no gate was named: set the input \`gate\`"
if [[ -n ${STAGEGATE_BIN:-} ]]; then
  [[ -x $STAGEGATE_BIN ]] || fail "STAGEGATE_BIN is $STAGEGATE_BIN, which is no executable file"
  binary=$STAGEGATE_BIN
elif [[ ${STAGEGATE_BUILD:-} == source ]]; then
  binary=$(build) || exit
else
  [[ -z ${STAGEGATE_BUILD:-} ]] || fail "STAGEGATE_BUILD is $STAGEGATE_BUILD: only \`source\` is known"
  binary=$(install) || exit
fi
exec "$binary" "$gate" 3>&-
