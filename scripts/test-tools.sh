#!/usr/bin/env bash
# Installs what some tests use besides Node.js. Without it those tests say that they are skipped, and why.
set -u
# ClickHouse as a library, 546 MB, in a folder of its own that is kept between runs: npm ci cannot install it (its lock file lacks a package).
chdb=chdb@3.4.0
chdb_folder=${FIRN_TEST_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/firn-test-tools}/$chdb
if [ ! -e "$chdb_folder/whole" ]; then
  if rm -rf "$chdb_folder" && mkdir -p "$chdb_folder" && echo '{"private":true}' >"$chdb_folder/package.json" &&
    npm install --prefix "$chdb_folder" --no-audit --no-fund --no-save --silent "$chdb" >/dev/null 2>&1; then
    touch "$chdb_folder/whole"
  else
    rm -rf "$chdb_folder"
    echo "test tools: $chdb could not be installed; the test that reads archives with ClickHouse will be skipped"
  fi
fi
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  echo "test tools: not root, or no apt-get; tests that need faketime, systemd-analyze, crontab, pigz, zstd, chromium or radosgw will be skipped"
  exit 0
fi
export DEBIAN_FRONTEND=noninteractive
missing=()
for pair in faketime:faketime systemd-analyze:systemd crontab:cron pigz:pigz zstd:zstd sqlite3:sqlite3 zsh:zsh fish:fish mandoc:mandoc rg:ripgrep bsdtar:libarchive-tools chromium:chromium \
  radosgw:radosgw ceph-mon:ceph-mon ceph-osd:ceph-osd; do
  command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
done
if [ "${#missing[@]}" -gt 0 ]; then
  apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
    echo "test tools: ${missing[*]} could not be installed; tests that need them will be skipped"
fi
# Only the one program of the package: the whole of it would start a server.
command -v promtool >/dev/null || (
  folder=$(mktemp -d) && cd "$folder" && chmod 755 . && apt-get update -qq && apt-get download -qq prometheus >/dev/null 2>&1 &&
    dpkg-deb -x prometheus_*.deb unpacked && install -m 755 unpacked/usr/bin/promtool /usr/local/bin/promtool && rm -r "$folder"
) || echo "test tools: promtool could not be installed; tests that need it will be skipped"
