# All open sessions, sent whenever they change: logind's files and utmp where they are, else who.

session_folder=/run/systemd/sessions
session_bytes=61440
utmp_bytes=76800
sent_sessions=

# look_at_places: into $places, what shows at little cost that somebody may have come or gone.
look_at_places() {
    set +f
    set -- "$session_folder"/* /dev/pts/*
    set -f
    places=$*
}

is_kept_by_logind() {
    [ -e /run/systemd/system ] || [ -e /run/elogind.pid ] || [ "$logind_was_kept" ]
}

# read_logind: into $ids, $told (all wanted lines), and a $file_N, $terminal_N for the session at place N.
read_logind() {
    ids= told= left_out=0 count=0 room=$session_bytes
    set +f
    set -- "$session_folder"/*
    set -f
    for file in "$@"; do
        id=${file##*/}
        case $id in *[!0-9A-Za-z]*) continue ;; esac
        # A FIFO lies beside each session file, and opening one blocks.
        [ -f "$file" ] || continue
        read_session_file "$file"
        [ "$lines" ] || continue
        logind_was_kept=yes
        room=$((room - ${#lines} - 64))
        if [ $room -lt 0 ] || [ ${#id} -gt 64 ]; then
            left_out=$((left_out + 1))
            continue
        fi
        count=$((count + 1))
        ids="$ids $id" told="$told$id$newline$lines"
        eval "file_$count=\$lines terminal_$count=0"
        [ "$is_terminal_named" ] || [ -z "$leader" ] || find_terminal "$leader"
    done
}

# Only lines that say something about a login; the rest changes without meaning anything to us.
read_session_file() {
    lines= leader= is_terminal_named= unread=64
    { read_wanted_lines <"$1"; } 2>/dev/null
}

read_wanted_lines() {
    while [ $unread -gt 0 ] && { IFS= read -r line || [ "$line" ]; }; do
        unread=$((unread - 1))
        [ ${#line} -le 1024 ] || continue
        case $line in
        UID=* | USER=* | STATE=* | REMOTE=* | TYPE=* | CLASS=* | DISPLAY=*) ;;
        REMOTE_HOST=* | SERVICE=* | REALTIME=*) ;;
        TTY=*) is_terminal_named=yes ;;
        LEADER=*)
            leader=${line#*=}
            case $leader in *[!0-9]*) leader= ;; esac
            ;;
        *) continue ;;
        esac
        lines=$lines$line$newline
    done
}

# sshd opens the session before it has a terminal; the leader's descendants have it.
find_terminal() {
    descendants=$1 searched=0
    while [ "$descendants" ] && [ $searched -lt 32 ]; do
        searched=$((searched + 1))
        pid=${descendants%% *}
        descendants=${descendants#"$pid"}
        descendants=${descendants# }
        read_terminal_of "$pid"
        case $terminal in
        0 | *[!0-9-]* | '') ;;
        *)
            eval "terminal_$count=$terminal"
            told=$told$terminal$newline
            return
            ;;
        esac
        descendants="$descendants${descendants:+ }$children"
    done
}

# read_terminal_of PID: into $terminal its controlling terminal's number, into $children their ids.
read_terminal_of() {
    terminal= children= line=
    { read -r line <"/proc/$1/stat"; } 2>/dev/null
    set -- "$1" ${line##*") "}
    terminal=${6:-}
    { read -r children <"/proc/$1/task/$1/children"; } 2>/dev/null
    case $children in *[!0-9\ ]*) children= ;; esac
    children=${children% }
}

# The whole of utmp in base64, into $utmp. One that is kept holds at least the boot: where nobody
# writes it, an empty one may lie about.
read_utmp() {
    utmp= has_utmp= utmp_file=/run/utmp
    [ -f $utmp_file ] || utmp_file=/var/run/utmp
    [ "$system" = Linux ] && [ -f $utmp_file ] && [ -s $utmp_file ] && [ -r $utmp_file ] || return
    has_utmp=yes
    utmp=$(dd if=$utmp_file bs=$utmp_bytes count=1 2>/dev/null | $base64)
}

# Where who has its records: FreeBSD's, macOS's and NetBSD's, illumos', OpenBSD's. Without them an
# empty list says nothing.
who_files='/var/run/utx.active /var/run/utmpx /var/adm/utmpx /var/run/utmp'

read_who() {
    who= has_who=
    for file in $who_files; do
        [ ! -r "$file" ] || has_who=yes
    done
    [ -z "$has_who" ] || who=$(who 2>/dev/null)
}

# look_at_sessions: send them if they are others than last time.
look_at_sessions() {
    told= ids= left_out=0 who= has_who= has_logind= has_processes=
    if [ "$system" != Linux ]; then
        read_who
    else
        [ ! -d $session_folder ] || read_logind
        ! is_kept_by_logind || has_logind=yes
        [ ${#utmp} -lt $((utmp_bytes / 3 * 4)) ] || left_out=$((left_out + 1))
        # Others' processes may be hidden from us (hidepid), and then nobody can tell who is there.
        if [ -z "$has_logind$has_utmp" ] && [ -r /proc/1/stat ]; then
            has_processes=yes
            ! are_logins_due || find_logins
            told=$logins_told
        fi
    fi
    read_terminals
    state_of_sessions="$has_logind|$told|$has_utmp|$utmp|$who|$terminal_names"
    [ "$state_of_sessions" != "$sent_sessions" ] || return
    sent_sessions=$state_of_sessions
    send_sessions
}

send_sessions() {
    read_clock
    message="{\"type\":\"sessions\",\"clock_us\":$clock_us,\"boot_id\":\"$boot_id\""
    if [ "$has_who" ]; then
        encode "$who"
        message="$message,\"who\":\"$encoded\""
    fi
    [ -z "$has_logind" ] || add_logind
    [ -z "$has_utmp" ] || message="$message,\"utmp\":\"$utmp\""
    [ -z "$has_processes" ] || add_processes
    [ $left_out = 0 ] || message="$message,\"left_out\":$left_out"
    send 3 "$message,\"terminals\":[$terminals]}"
}

# Add logind's sessions to $message.
add_logind() {
    clear_texts
    count=0
    for id in $ids; do
        count=$((count + 1))
        eval "add_text \"\$file_$count\""
    done
    encode_texts
    message="$message,\"logind\":["
    count=0 comma=
    for id in $ids; do
        count=$((count + 1))
        next_text
        data=$encoded
        encode_word "$id"
        eval "terminal=\$terminal_$count"
        message="$message$comma{\"id\":\"$encoded\",\"data\":\"$data\",\"tty_nr\":$terminal}"
        comma=,
    done
    message="$message]"
}
