# Terminals: which there are, whose they are, and when each last had input.

if stat -c '%X' / >/dev/null 2>&1; then
    stat_terminals() { stat -c '%n %X %u' "$@"; }
elif stat -f '%a' / >/dev/null 2>&1; then
    stat_terminals() { stat -f '%N %a %u' "$@"; }
else
    # Without stat they are told without a time, which nobody takes for one.
    stat_terminals() { for one in "$@"; do echo "$one 0 0"; done; }
fi

# read_terminals: into $terminals as JSON, and into $terminal_names what of it does not change with each key.
read_terminals() {
    terminals= terminal_names= comma=
    list_terminals
    [ "$devices" ] || return
    set -- $(stat_terminals $devices 2>/dev/null)
    while [ $# -ge 3 ]; do
        case $2:$3 in
        *[!0-9:]*) ;;
        *)
            accessed_us=${2}000000
            [ "$2" != 0 ] || accessed_us=0
            encode_word "${1#/dev/}"
            terminals="$terminals${comma}[\"$encoded\",$accessed_us,$3]"
            terminal_names="$terminal_names $1:$3"
            comma=,
            ;;
        esac
        shift 3
    done
}

# list_terminals: into $devices, all pseudo-terminals and the consoles that somebody is logged in on.
list_terminals() {
    devices= room=1024
    set +f
    set -- /dev/pts/[0-9]*
    set -f
    for device in "$@"; do
        case ${device#/dev/pts/} in *[!0-9]*) continue ;; esac
        [ $room -gt 0 ] || break
        room=$((room - 1))
        devices="$devices $device"
    done
    for word in $told $who; do
        case ${word#TTY=} in
        tty* | console) ;;
        *) continue ;;
        esac
        word=${word#TTY=}
        case $word in *[!0-9A-Za-z]*) continue ;; esac
        [ ! -c "/dev/$word" ] || devices="$devices /dev/$word"
    done
}
