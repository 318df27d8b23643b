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
#
# Written for bash 3.2, which macOS has, and for Git Bash on Windows.

# What an earlier step left in BASH_ENV, SHELLOPTS or as exported functions is not ours: `-p` ignores it.
[[ $- == *p* ]] || exec bash -p -- "${BASH_SOURCE[0]}" "$@"
set -euo pipefail
# A failed exec is reported like every other failure.
shopt -s execfail
unset BASH_ENV ENV CDPATH
# Functions below print their result; what people must see goes past them. They run in `$(…)`, where
# `set -e` is off: every command of theirs that can fail says what then.
exec 3>&1

# Later steps read the outputs on every path, so a launcher that fails says so there too.
fail() {
  printf 'stagegate launcher: %s\n' "$1" >&2
  if [[ ${GITHUB_ACTIONS:-} == true ]]; then
    local text=${1//\%/%25}
    text=${text//$'\r'/%0D}
    text=${text//$'\n'/%0A}
    printf '::error title=stagegate launcher::%s\n' "$text" >&3
  fi
  if [[ -n ${GITHUB_OUTPUT:-} ]]; then
    printf 'conclusion=error\ntitle=stagegate launcher failed\nverdict-path=\n' >>"$GITHUB_OUTPUT" || true
  fi
  exit 3
}

need() { # program purpose
  command -v "$1" >/dev/null || fail "$1 is not installed, and $2"
}

# On Windows the runner's paths are `D:\…`, and tar takes what stands before a colon for a host.
unix_path() {
  if command -v cygpath >/dev/null; then
    cygpath -u -- "$1"
  else
    printf '%s' "$1"
  fi
}

# The target of this runner: RUNNER_ARCH is what the job was promised, `uname` serves elsewhere.
target() {
  local os arch
  os=${RUNNER_OS:-$(uname -s)}
  arch=${RUNNER_ARCH:-$(uname -m)}
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
  while read -r key rest || [[ -n $key ]]; do
    if [[ $key == "$1" ]]; then
      printf '%s' "${rest%$'\r'}"
      return
    fi
  done <"$lock"
}

sha256() {
  local sum
  if command -v sha256sum >/dev/null; then
    sum=$(sha256sum -- "$1") || return
  else
    sum=$(shasum -a 256 -- "$1") || return
  fi
  # A leading backslash says that the file's name is escaped.
  sum=${sum#\\}
  printf '%s' "${sum%% *}"
}

# `--disable` keeps a .curlrc from adding credentials; proxies come from the environment as usual.
fetch() { # url file
  curl --disable --fail --silent --show-error --location --proto '=https,http' --proto-redir '=https,http' \
    --retry 3 --retry-connrefused --connect-timeout 20 --max-time 300 --output "$2" -- "$1"
}

attest() { # asset file
  need gh "STAGEGATE_ATTEST verifies with it"
  gh attestation verify "$2" --repo "$(locked repository)" >&2 || fail "$1 has no valid build attestation"
}

# Prints the path of a verified binary of the locked version.
install() {
  local version target asset digest base folder cache name got found
  [[ -r $lock ]] || fail "install.lock is missing beside run.sh: reference the action by a release tag"
  version=$(locked version)
  target=$(target) || exit
  read -r asset digest <<<"$(locked "$target")" || true
  if [[ -z ${asset:-} || ! ${digest:-} =~ ^[0-9a-f]{64}$ ]]; then
    fail "install.lock has no binary for $target at version ${version:-unknown}: reference the action by a release tag, or set STAGEGATE_BIN or STAGEGATE_BUILD=source"
  fi
  name=stagegate
  [[ $target != *-windows-* ]] || name=stagegate.exe

  folder=${RUNNER_TOOL_CACHE:-${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}}
  [[ -n $folder ]] || fail "no folder to keep the binary in: set RUNNER_TOOL_CACHE, XDG_CACHE_HOME or HOME"
  folder=$(unix_path "$folder")/stagegate/$version
  cache=$folder/$target-${digest:0:16}
  case ${STAGEGATE_ATTEST:-} in
    true) cache=$cache-attested ;;
    '' | false) ;;
    *) fail "STAGEGATE_ATTEST is $STAGEGATE_ATTEST: \`true\` or \`false\` is needed" ;;
  esac
  if [[ -f $cache.complete && -x $cache/$name ]]; then
    printf '%s' "$cache/$name"
    return
  fi

  need curl "the binary is downloaded with it"
  need tar "the binary is unpacked with it"
  command -v sha256sum >/dev/null || need shasum "the binary is verified with it"
  # Beside the cache and so on the same file system: there a file moves into place whole, and a job
  # beside this one never sees half a binary.
  { mkdir -p -- "$cache" && work=$(mktemp -d "$folder/.fetch.XXXXXX"); } || fail "cannot write to $folder"
  trap 'rm -rf -- "$work"' EXIT
  base=${STAGEGATE_BASE_URL:-$(locked base-url)}
  fetch "${base%/}/$asset" "$work/$asset" || fail "download ${base%/}/$asset failed"
  got=$(sha256 "$work/$asset") || fail "cannot digest $asset"
  [[ $got == "$digest" ]] ||
    fail "$asset has sha256 $got, install.lock says $digest: the file was changed or the mirror is wrong"
  [[ ${STAGEGATE_ATTEST:-} != true ]] || attest "$asset" "$work/$asset"
  tar -xzo -f "$work/$asset" -C "$work" || fail "$asset does not unpack"
  # cargo-dist packs a tarball as one folder of its name, also for Windows.
  found=$work/${asset%.tar.gz}/$name
  [[ -f $found ]] || fail "$asset holds no ${asset%.tar.gz}/$name"
  { chmod +x "$found" && mv -f -- "$found" "$cache/$name" && : >"$cache.complete"; } ||
    fail "cannot write to $cache"
  printf 'stagegate launcher: fetched %s, sha256 %s\n' "$asset" "$digest" >&2
  printf '%s' "$cache/$name"
}

# From the action's own folder, so that neither a `.cargo/config.toml` nor a `rust-toolchain.toml` of the
# checked-out repository has a say.
build() {
  local out
  need cargo "STAGEGATE_BUILD=source builds with it: add a step that installs Rust"
  out=$(unix_path "${RUNNER_TEMP:-${TMPDIR:-/tmp}}")/stagegate-build
  (
    unset CARGO_BUILD_TARGET
    cd -- "$root" && cargo build --quiet --locked --profile dist --package stagegate --target-dir "$out" >&2
  ) || fail "building from source failed"
  printf '%s' "$out/dist/stagegate"
  [[ ! -f $out/dist/stagegate.exe ]] || printf .exe
}

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname -- "$here")
lock=$here/install.lock
gate=${1:-${STAGEGATE_GATE:-}}

[[ -n $gate ]] || fail "no gate was named: set the input \`gate\`"
[[ $gate =~ ^[a-z][a-z-]*$ ]] || fail "\`$gate\` is no name of a gate"
if [[ -n ${STAGEGATE_BIN:-} ]]; then
  [[ -f $STAGEGATE_BIN && -x $STAGEGATE_BIN ]] ||
    fail "STAGEGATE_BIN is $STAGEGATE_BIN, which is no executable file"
  binary=$(unix_path "$STAGEGATE_BIN")
elif [[ ${STAGEGATE_BUILD:-} == source ]]; then
  binary=$(build) || exit
else
  [[ -z ${STAGEGATE_BUILD:-} ]] || fail "STAGEGATE_BUILD is $STAGEGATE_BUILD: only \`source\` is known"
  binary=$(install) || exit
fi
# A file and never a command: without a slash it would be looked for on the path.
[[ $binary == */* ]] || binary=./$binary
# With `set -e` a failed exec ends the shell whatever execfail and `||` say, and it leaves 3 closed.
set +e
exec "$binary" "$gate" 3>&-
exec 3>&1
fail "$binary cannot be started on this machine"
