# Processes: the last resort to tell who is logged in, where neither logind nor utmp does, and the
# answer to who asks for those of a session. What leads a login is told as login_process.py tells it:
# by who started it and whose it is, because a title is its process's own choice.

# read_stat PID: /proc/PID/stat into $line, the name into $name, and the fields behind it into the
# variables below; 1 if it has gone. A name may hold spaces and parentheses, but no newline.
read_stat() {
    line=
    { IFS= read -r line <"/proc/$1/stat"; } 2>/dev/null
    [ "$line" ] || return 1
    name=${line#*"("}
    name=${name%")"*}
    set -- ${line##*") "}
    parent=$2 leader=$4 terminal=$5 started=${20:-0}
}

# owner_of PID: the uid that it acts with into $owner, and how many ids it has into $depth, one for
# each system that it is seen in.
owner_of() {
    owner= depth=0
    { read_status <"/proc/$1/status"; } 2>/dev/null
}

read_status() {
    while read -r key first second rest; do
        case $key in
        Uid:) owner=$second ;;
        NSpid:)
            depth=1
            [ -z "$second" ] || depth=2
            return
            ;;
        esac
    done
}

# title_of PID: its arguments into $title, or what it has written over them.
title_of() {
    title=
    { IFS= read -r title <"/proc/$1/cmdline"; } 2>/dev/null
}

is_sshd() { case $1 in sshd | sshd-session) ;; *) return 1 ;; esac }

# leads_login PID, of what read_stat has read.
leads_login() {
    case $name:$leader:$terminal in
    sshd:* | sshd-session:*)
        title_of "$1"
        case ${title%%@*} in *\[* | */*) return 1 ;; sshd:\ ?* | sshd-session:\ ?*) ;; *) return 1 ;; esac
        owner_of "$1"
        own_owner=$owner
        is_started_by sshd sshd-session || return 1
        owner_of "$parent"
        [ "$owner" = 0 ] || [ "$owner" = "$own_owner" ]
        ;;
    *":$1:0") return 1 ;;
    *":$1:"*)
        title_of "$1"
        case $title in -*) ;; *) return 1 ;; esac
        [ "$parent" = 1 ] || is_started_by login dropbear telnetd in.telnetd init busybox
        ;;
    *) return 1 ;;
    esac
}

# is_started_by NAME…: whether the parent of what read_stat has read is called so.
is_started_by() {
    parent_line=
    { IFS= read -r parent_line <"/proc/$parent/stat"; } 2>/dev/null
    parent_name=${parent_line#*"("}
    parent_name=${parent_name%")"*}
    for starter in "$@"; do
        [ "$parent_name" != "$starter" ] || return 0
    done
    return 1
}

# name_user UID: into $user, from /etc/passwd; nothing where it has no name there.
name_user() {
    user= unread=10000
    while [ $unread -gt 0 ] && IFS=: read -r user_name rest number more; do
        unread=$((unread - 1))
        [ "$number" != "$1" ] || user=$user_name
    done </etc/passwd
}

# Looking at all processes costs more than all the rest: only when something may have changed.
are_logins_due() {
    for pid in $logins; do
        [ -d "/proc/$pid" ] || logins_due=yes
    done
    [ "$logins_due" ]
}

# find_logins: their ids into $logins, and what tells them apart into $logins_told.
find_logins() {
    logins= logins_told= logins_due= room=256
    set +f
    set -- /proc/[0-9]*
    set -f
    for folder in "$@"; do
        pid=${folder#/proc/}
        case $pid in *[!0-9]*) continue ;; esac
        read_stat "$pid" && leads_login "$pid" || continue
        owner_of "$pid"
        [ "$depth" -le 1 ] && [ $room -gt 0 ] || continue
        room=$((room - 1))
        logins="$logins $pid" logins_told="$logins_told $pid:$started:$owner:$title"
    done
}

# add_processes: a report on each of $logins to $message.
add_processes() {
    message="$message,\"proc\":[" comma=
    for pid in $logins; do
        read_stat "$pid" || continue
        title_of "$pid"
        owner_of "$pid"
        name_user "${owner:-0}"
        started_us=$(((ahead + started * 100 / clock_ticks) * 10000))
        message="$message$comma{\"uid\":${owner:-0},\"started_us\":$started_us"
        for field in "stat:$line" "cmdline:$title" "user:$user"; do
            encode "${field#*:}"
            message="$message,\"${field%%:*}\":\"$encoded\""
        done
        message="$message}" comma=,
    done
    message="$message]"
}

# descend PID: into $family, it and all that descend from it, the nearest first.
descend() {
    family= waiting=$1 pairs= room=200
    set +f
    set -- /proc/[0-9]*
    set -f
    for folder in "$@"; do
        pid=${folder#/proc/}
        case $pid in *[!0-9]*) continue ;; esac
        ! read_stat "$pid" || pairs="$pairs $pid:$parent"
    done
    case "$pairs " in *" $waiting:"*) ;; *) return ;; esac
    while [ "$waiting" ] && [ $room -gt 0 ]; do
        family="$family $waiting" below=
        for pair in $pairs; do
            case " $waiting " in *" ${pair#*:} "*) below="$below ${pair%:*}" room=$((room - 1)) ;; esac
        done
        waiting=${below# }
    done
}

# answer NUMBER KIND PID: whotop's request. A process that waits for a disk is not asked for its
# arguments, because that may wait too.
answer() {
    message="{\"type\":\"answer\",\"id\":$1"
    if [ "$2" != processes ] || [ "$system" != Linux ]; then
        encode 'this probe does not know how'
        send 5 "$message,\"error\":\"$encoded\"}"
        return
    fi
    descend "$3"
    read -r up </proc/uptime
    encode "$up"
    read_clock
    message="$message,\"clock_us\":$clock_us,\"uptime\":\"$encoded\",\"processes\":[" comma=
    for pid in $family; do
        read_stat "$pid" || continue
        [ ${#message} -lt 100000 ] || break
        encode "$line"
        message="$message$comma{\"stat\":\"$encoded\",\"cmdline\":\"" comma=,
        case ${line##*") "} in
        D*) ;;
        *) message=$message$(dd if="/proc/$pid/cmdline" bs=4096 count=1 2>/dev/null | $base64) ;;
        esac
        message="$message\"}"
    done
    send 5 "$message]}"
}
