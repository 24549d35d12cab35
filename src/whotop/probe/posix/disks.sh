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

# add_bytes KIB: to $sizes. mksh counts in 32 bits.
case $((1 << 40)) in
1099511627776) add_bytes() { sizes=$sizes,$(($1 * 1024)); } ;;
*) add_bytes() { sizes=$sizes,$(awk "BEGIN { printf \"%.0f\", $1 * 1024 }"); } ;;
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
        sizes=
        add_bytes "$2"
        add_bytes $(($2 - $3))
        add_bytes "$4"
        shift 5
        case $* in
        *[!A-Za-z0-9/._-]*) encode "$*" ;;
        *) encode_word "$*" ;;
        esac
        disks="$disks${comma}[\"$encoded\"$sizes]"
        comma=, room=$((room - 1))
    done
}
