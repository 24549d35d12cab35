# Files of login records, sent piece by piece from a cursor on; nothing is lost in a rotation.
#
# Each origin has its own file descriptor and its own variables: load_origin copies them to the names
# that are used here, keep_origin back. A file that is open can be read to its end after it was
# renamed; /proc opens it anew, so that each reader has an offset of its own.

piece_bytes=57600
alignment=9600
record_state='handle given wanted file device inode record offset tail head size news_from underway history replaced owed'

for origin in wtmp btmp; do
    for name in $record_state; do eval "${origin}_$name="; done
done
wtmp_handle=5 btmp_handle=6

load_origin() {
    origin=$1
    for name in $record_state; do eval "$name=\$${1}_$name"; done
    log=/var/log/$1 open=$descriptors/$handle
}

keep_origin() {
    for name in $record_state; do eval "${origin}_$name=\$$name"; done
}

# --- files ---------------------------------------------------------------------------------------

if stat -L -c %i / >/dev/null 2>&1; then
    identify() { stat -L -c '%d %i %s' "$@" 2>/dev/null; }
    stamps_of() { stat -L -c '%i %s %y' "$@" 2>/dev/null; }
elif stat -L -f %i / >/dev/null 2>&1; then
    identify() { stat -L -f '%d %i %z' "$@" 2>/dev/null; }
    stamps_of() { stat -L -f '%i %z %m' "$@" 2>/dev/null; }
else
    identify() {
        for one in "$@"; do
            set -- $(ls -Lnid "$one" 2>/dev/null)
            [ $# -lt 7 ] || echo "0 $1 $6"
        done
    }
    stamps_of() { ls -Lnid "$@" 2>/dev/null; }
fi

# The protocol has 63 bits for an inode, overlay file systems use 64: the last 18 digits do.
short_number() {
    short=$1
    while [ ${#short} -gt 18 ]; do short=${short#?}; done
    while [ ${#short} -gt 1 ] && [ "${short#0}" != "$short" ]; do short=${short#0}; done
}

# open_records FILE: 1 if it cannot be read.
open_records() {
    [ -f "$1" ] && [ -r "$1" ] || return 1
    eval "exec $handle<\"\$1\""
    file=$1
    set -- $(identify "$open")
    [ $# -eq 3 ] || return 1
    short_number "$1"
    device=$short
    short_number "$2"
    inode=$short
    find_record_size
    measure "$3"
    tail_at $((size > 384 ? 384 : size))
    head=$digested
}

# 384 bytes, or 400 where the C library keeps 64-bit times in it, unless the second record denies it.
find_record_size() {
    record=384 other=400
    case $architecture in aarch64 | riscv64 | loongarch64 | alpha | ia64) record=400 other=384 ;; esac
    ! begins_record $other || begins_record $record || record=$other
}

begins_record() {
    set -- $(dd if="$open" bs=16 skip=$(($1 / 16)) count=1 2>/dev/null | octets)
    [ $# -ge 4 ] && [ "$3$4" = 00 ] && [ $(($1 * $2)) -eq 0 ] && [ $(($1 + $2)) -gt 0 ] && [ $(($1 + $2)) -lt 10 ]
}

# Bytes of whole records: those of one that is not complete are left until they are.
measure() { size=$(($1 - $1 % record)); }

# tail_at OFFSET: the digest of the 384 bytes before it, or of all where there are fewer.
tail_at() {
    if [ "$1" -ge 384 ]; then
        digest_of "$open" $((($1 - 384) / 16)) 24
    else
        digest_of "$open" 0 $(($1 / 16))
    fi
}

# continues DEVICE INODE HEAD OFFSET TAIL: whether the open file is the one that a cursor names, and
# holds what was read then. What it holds decides: devices and inodes are numbered anew.
continues() {
    if [ "$4" = 0 ]; then
        [ "$1 $2" = "$device $inode" ]
        return
    fi
    [ "$4" -le "$size" ] && [ $(($4 % record)) -eq 0 ] && [ "$3" = "$head" ] || return 1
    tail_at "$4"
    [ "$5" = "$digested" ]
}

# --- the place to begin --------------------------------------------------------------------------

# want wtmp, or btmp: continue where its cursor points, or with some history before the end.
want() {
    load_origin "$1"
    [ -z "$wanted" ] || return
    wanted=yes
    set -- $given
    if [ "$file" ]; then
        : # It was left for a while.
    elif [ $# -ge 5 ]; then
        find_place "$@"
    elif open_records "$log"; then
        first=$((size > history_bytes ? size - history_bytes : 0))
        start_at $((first - first % alignment)) "$size"
        history=yes owed=yes
    fi
    keep_origin
    look_at_records $origin
}

# find_place CURSOR…: in the file itself, or in the copy that a rotation left beside it.
find_place() {
    if open_records "$log" && continues "$@"; then
        start_at "$4" "$size"
        return
    fi
    set +f
    for copy in "$log".[0-9]* "$log"-[0-9]*; do
        set -f
        case ${copy#"$log"?} in *[!0-9.-]*) continue ;; esac
        if open_records "$copy" && continues "$@"; then
            start_at "$4" "$size"
            return
        fi
    done
    set -f
    file=
    open_records "$log" || return
    start_at 0 "$size"
    owed=yes
    [ "$4" = 0 ] || replaced=yes
}

# start_at OFFSET NEWS_FROM: what lies before NEWS_FROM was written before we came.
start_at() {
    offset=$1 news_from=$2
    tail_at "$1"
    tail=$digested
}

# --- following it --------------------------------------------------------------------------------

# look_at_records ORIGIN: see what has become of the file, and send what may go.
look_at_records() {
    load_origin "$1"
    [ "$wanted" ] || return
    if [ -z "$file" ]; then
        ! open_records "$log" || start_at 0 0
    else
        follow_records
    fi
    [ -z "$file" ] || [ "$underway" ] || send_piece
    keep_origin
}

follow_records() {
    # The name before the size: what is written before a rotation is in the size that is found after it.
    named=$(identify "$log")
    found=$(identify "$open")
    measure "${found##* }"
    if [ "$size" -lt "$offset" ]; then
        begin_again
    elif [ "$size" = "$offset" ] && [ -z "$owed" ] && [ "$named" ] && [ "${named% *}" != "${found% *}" ]; then
        # Rotated, and read to its end: on to the file that has the name now.
        is_old=$([ "$file" = "$log" ] || echo yes)
        open_records "$log" || return
        start_at 0 $([ -z "$is_old" ] && echo 0 || echo "$size")
        history= replaced= owed=yes
    fi
}

# The file is shorter than it was, or holds other bytes.
begin_again() {
    history=
    find_place "$device" "$inode" "$head" "$offset" "$tail"
    [ -z "$replaced" ] || news_from=0
}

send_piece() {
    [ "$size" -gt "$offset" ] || [ "$owed" ] || return
    if [ "$offset" -gt 0 ]; then
        # Shortened and grown again between two looks?
        tail_at "$offset"
        [ "$digested" = "$tail" ] || begin_again
    fi
    start=$offset
    offset=$((size - offset > piece_bytes ? offset + piece_bytes : size))
    [ "$start" -ge "$news_from" ] || [ "$offset" -le "$news_from" ] || offset=$news_from
    data=$(dd if="$open" bs=$record skip=$((start / record)) count=$(((offset - start) / record)) 2>/dev/null | $base64)
    tail_at "$offset"
    tail=$digested underway=$offset
    [ "$start" -gt 0 ] || tail_at $((offset > 384 ? 384 : offset))
    [ "$start" -gt 0 ] || head=$digested
    read_clock
    message="{\"type\":\"records\",\"clock_us\":$clock_us,\"origin\":\"$origin\",\"data\":\"$data\",\"start\":$start"
    message="$message,\"cursor\":{\"file\":{\"device\":$device,\"inode\":$inode,\"head\":\"$head\"}"
    message="$message,\"offset\":$offset,\"tail\":\"$tail\"}"
    if [ "$start" -lt "$news_from" ] || [ "$start" = "$offset" ]; then
        if [ "$history" ]; then message="$message,\"first_contact\":true"; else message="$message,\"backlog\":true"; fi
    fi
    [ -z "$replaced" ] || message="$message,\"replaced\":true"
    replaced= owed=
    send 4 "$message}"
}

# acknowledge ORIGIN OFFSET: whotop has all up to there; the next piece may go.
acknowledge() {
    case $1 in wtmp | btmp) ;; *) return ;; esac
    load_origin "$1"
    if [ "$underway" = "$2" ]; then
        underway=
        keep_origin
        look_at_records "$1"
    fi
}
