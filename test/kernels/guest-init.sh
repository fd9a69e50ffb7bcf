#!/bin/sh
# The first process of the guest: prepares what tests expect of a Linux machine, runs the job, says how it ended.
export PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp LANG=C.UTF-8
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t bpf bpf /sys/fs/bpf
mount -t cgroup2 cgroup /sys/fs/cgroup
mount -t tmpfs tmp /tmp
mount -t tmpfs run /run
mkdir /dev/pts /dev/shm
mount -t devpts pts /dev/pts
mount -t tmpfs shm /dev/shm
mount -t ext4 -o ro /dev/vdb /job
ip link set lo up
sysctl -q kernel.printk=1
# Standard output, standard error and the status leave through a virtio port each.
for port in /sys/class/virtio-ports/*; do ln -s "/dev/${port##*/}" "/dev/$(cat "$port/name")"; done
cd /job
./run </dev/null >/dev/job-stdout 2>/dev/job-stderr
echo "status $?" >/dev/job-status
poweroff -f
