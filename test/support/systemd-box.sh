#!/bin/sh
# Boots the real systemd as process 1 of a machine of its own: namespaces, and the root file system under an overlay that is thrown away.
#   systemd-box.sh SHARED SCRIPT    runs SCRIPT there as a unit, with the folder SHARED at /srv/shared, its output in SHARED/out.
# Exits 77 where the machine does not allow it. Only root may.
set -eu
if [ "${3:-}" = '' ]; then
  unshare --cgroup --mount --uts --ipc --net --pid --fork true || exit 77
  [ -n "${FIRN_BOX_MOUNTS:-}" ] || exec env FIRN_BOX_MOUNTS=1 unshare --mount sh "$0" "$@"
  work=$(mktemp -d)
  group=$work/group
  mkdir "$group" "$work/box"
  inside=
  trap 'exit 77' TERM INT
  trap '[ -z "$inside" ] || kill -KILL "$inside" 2>/dev/null || true; umount -l "$group" 2>/dev/null || true; rmdir "$group" "$work/box" "$work"' EXIT
  mount -t cgroup2 cgroup2 "$group" || exit 77
  mkdir "$group/firn-box-$$"
  # Its children are born into the group, so that the systemd in there sees no other.
  sh -c 'echo $$ >"$1/cgroup.procs"; exec unshare --cgroup --mount --uts --ipc --net --pid --fork --kill-child sh "$2" "$3" "$4" "$5"' \
    - "$group/firn-box-$$" "$0" "$1" "$2" "$work/box" &
  inside=$!
  # Taking its process 1 away is quicker than shutting it down.
  while [ ! -e "$1/done" ] && kill -0 "$inside" 2>/dev/null; do sleep 0.1; done
  [ ! -e "$1/done" ] || kill -KILL "$inside"
  wait "$inside" || status=$?
  [ ! -e "$1/done" ] || status=0
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    find "$group/firn-box-$$" -depth -type d -exec rmdir {} + 2>/dev/null && break
    sleep 0.1
  done
  exit "${status:-0}"
fi
mount --make-rprivate /
shared=$(realpath "$1")
script=$(realpath "$2")
box=$3
{
  mount -t tmpfs tmpfs "$box"
  mkdir "$box/upper" "$box/work" "$box/root"
  mount -t overlay overlay -o "lowerdir=/,upperdir=$box/upper,workdir=$box/work" "$box/root"
} || exit 77
root=$box/root
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup" || exit 77
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for node in null zero full random urandom tty; do
  touch "$root/dev/$node"
  mount --bind "/dev/$node" "$root/dev/$node"
done
mkdir "$root/dev/shm" "$root/dev/pts"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs -o mode=755 tmpfs "$root/srv"
mkdir "$root/srv/shared"
mount --bind "$shared" "$root/srv/shared"
units=$root/etc/systemd/system
# Nothing of this machine's own is started: only what a unit of the box wants.
rm -rf "$units"
mkdir -p "$units"
: >"$root/etc/fstab"
for unit in systemd-tmpfiles-setup.service systemd-udevd.service systemd-udev-trigger.service systemd-logind.service systemd-remount-fs.service; do
  ln -s /dev/null "$units/$unit"
done
cat >"$units/box.service" <<UNIT
[Unit]
After=basic.target
Requires=basic.target
[Service]
Type=oneshot
Environment=HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
ExecStart=/bin/sh $script
ExecStopPost=/bin/touch /srv/shared/done
StandardOutput=file:/srv/shared/out
StandardError=file:/srv/shared/out
UNIT
cd "$root"
mkdir -p "$root/.before"
pivot_root . .before
exec chroot . /bin/sh -c 'umount -l /.before; exec env -i container=firn /lib/systemd/systemd --system --unit=box.service --log-level=err </dev/null'
