#!/bin/busybox sh
# The first process of the kernel, in the initramfs: finds the root file system and goes there.
/bin/busybox mount -t devtmpfs dev /dev
for module in $(/bin/busybox cat /modules/order); do /bin/busybox insmod "/modules/$module"; done
waited=0
until [ -b /dev/vda ] || [ $waited -gt 500 ]; do
  /bin/busybox usleep 10000
  waited=$((waited + 1))
done
/bin/busybox mount -t ext4 -o ro /dev/vda /root || exec /bin/busybox poweroff -f
/bin/busybox mount -o move /dev /root/dev
exec /bin/busybox switch_root /root /sbin/init
