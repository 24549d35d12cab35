# How full the local file systems are: never NFS, FUSE or autofs, where asking may hang.

# local_mounts: into $mounts, each device once, where it is mounted first. No name with a space or a
# backslash is among them: the shell could not tell it from two.
local_mounts() {
    mounts= devices_seen=' ' room=16
    while [ $room -gt 0 ] && read -r device mount kind rest; do
        case $kind in fuse* | squashfs | autofs | iso9660 | udf | erofs) continue ;; esac
        case $device:$mount:$kind in
        *\\*) continue ;;
        /dev/loop* | /dev/fuse* | /dev/nbd*) continue ;;
        /dev/* | overlay:/:overlay) ;;
        *:zfs) device=${device%%/*} ;;
        *) continue ;;
        esac
        case $devices_seen in *" $device "*) continue ;; esac
        devices_seen="$devices_seen$device " mounts="$mounts $mount" room=$((room - 1))
    done
}

# Of KiB; mksh counts in 32 bits.
case $((1 << 40)) in
1099511627776) bytes() { echo $(($1 * 1024)); } ;;
*) bytes() { awk "BEGIN { printf \"%.0f\", $1 * 1024 }"; } ;;
esac

# read_disks: into $disks as JSON. df counts in KiB: all, used, available to a user without privileges.
read_disks() {
    disks= comma= room=16
    if [ "$system" = Linux ]; then
        local_mounts </proc/self/mounts
        [ "$mounts" ] || return
        told=$(df -kP $mounts 2>/dev/null)
    else
        told=$(df -klP 2>/dev/null)
    fi
    while [ "$told" ]; do
        line=${told%%"$newline"*}
        told=${told#"$line"}
        told=${told#"$newline"}
        set -- $line
        [ $# -ge 6 ] && [ $room -gt 0 ] || continue
        case $1:$2$3$4 in devfs:* | procfs:* | linprocfs:* | fdescfs:* | map*) continue ;; *:*[!0-9]*) continue ;; esac
        [ "$2" -gt 0 ] && [ "$2" -ge "$3" ] || continue
        device=$1 total=$2 used=$3 available=$4
        shift 5
        encode "$*"
        disks="$disks${comma}[\"$encoded\",$(bytes $total),$(bytes $((total - used))),$(bytes $available)]"
        comma=, room=$((room - 1))
    done
}
