# The probe's life: begin as whotop says, wait for the next tick or for whotop, look, send what
# changed, and end with it.

# read_start: the cursors, then the word start with nonce, intervals and how much history.
read_start() {
    while read -r word rest; do
        set -- $rest
        case $word:$1 in
        cursor:wtmp) shift && wtmp_given=$* ;;
        cursor:btmp) shift && btmp_given=$* ;;
        cursor:*) ;;
        certificate:*)
            certificate="-----BEGIN CERTIFICATE-----$newline"
            for line; do certificate=$certificate$line$newline; done
            certificate=$certificate-----END\ CERTIFICATE-----
            ;;
        start:1)
            nonce=$2 interval=$(($3 / 10)) tick=$(($4 / 10)) history_bytes=$5
            return
            ;;
        *) break ;;
        esac
    done
    exit 1
}

# Most shells can wait for a line so many seconds: one process, and nothing is started for a tick.
# A dash cannot: beside it one process listens to whotop and one sleeps, and both write it lines.
begin() {
    if echo x | (read -r -t 1 word) 2>/dev/null; then
        descriptors=/proc/$$/fd
        choose_tick
        next_line() { wait_for_line; }
        live
    else
        descriptors=/proc/self/fd tick=100
        next_line() { read -r word rest || word=over; }
        listen | live
    fi
}

choose_tick() {
    tick=$((tick * 4 > 50 ? tick * 4 : 50))
    wait_seconds=$((tick / 100)).$((tick / 10 % 10))
    if [ ! -r /proc/uptime ] || ! echo x | (read -r -t $wait_seconds word) 2>/dev/null; then
        wait_seconds=1 tick=100
    fi
}

# Some shells tell the end of time from the end of input, some do not: an end of input comes at once.
wait_for_line() {
    if read -r -t $wait_seconds word rest; then return; fi
    word=tick
    [ $? -le 128 ] || return
    before=$now
    look_at_clock
    [ $((now - before)) -ge $((tick / 2)) ] || word=over
}

listen() {
    trap 'exit 0' TERM
    listener=$(exec sh -c 'echo $PPID')
    tick_each_second &
    echo "beside $! $listener"
    while read -r word rest; do
        echo "$word $rest"
    done
    echo over
}

tick_each_second() {
    trap 'kill $sleeper; exit 0' TERM
    trap '' PIPE
    while :; do
        sleep 1 &
        sleeper=$!
        wait $sleeper
        echo tick || break
    done
    kill "$listener"
} 2>/dev/null

live() {
    agree_on_sealing
    printf 'whotop-probe/1 %s%s\n' "$nonce" "$sealing" || leave 0
    send_hello
    sent_terminals=none seen_places= seen_stamps= close_looks=0
    look_at_clock
    next_look=$now next_figures=$now slow_at=$((now - 3000))
    pause=$((interval < 100 ? interval : 100))
    while :; do
        look_at_clock
        [ $((now - next_look)) -lt 0 ] || look
        [ $((now - next_figures)) -lt $((-tick / 4)) ] || look_thoroughly
        next_line
        obey
    done
}

# A login makes a session file or a terminal, which costs little to see; then all is read, and for
# some ticks again, because records are written one after the other.
look() {
    next_look=$((now + tick - tick / 10))
    look_at_places
    if [ "$places" != "$seen_places" ]; then
        seen_places=$places close_looks=4
    elif [ $close_looks -gt 0 ]; then
        close_looks=$((close_looks - 1))
    else
        return
    fi
    logins_due=yes
    read_utmp
    look_at_sessions
    look_at_records wtmp
    look_at_records btmp
}

# Each interval what changes without a sign, as failed logins do; every 30 s what hardly ever changes so.
look_thoroughly() {
    next_figures=$((next_figures + pause))
    [ $((now - next_figures)) -lt 0 ] || next_figures=$now
    pause=$interval
    stamps_due=$btmp_wanted
    if [ $((now - slow_at)) -ge 3000 ]; then
        slow_at=$now disks_due=yes stamps_due=yes logins_due=yes
    fi
    [ -z "$stamps_due" ] || look_at_stamps
    [ -z "$disks_due" ] || look_at_origins
    look_at_sessions
    send_figures
}

look_at_stamps() {
    stamps=$(stamps_of /run/utmp /var/run/utmp /var/log/wtmp /var/log/btmp)
    [ "$stamps" != "$seen_stamps" ] || return
    [ -z "$seen_stamps" ] || are_records_written=w
    seen_stamps=$stamps
    read_utmp
    look_at_records wtmp
    look_at_records btmp
}

obey() {
    case $word in
    tick) ;;
    beside) beside=$rest ;;
    read)
        for one in wtmp btmp; do
            case " $rest " in *" $one "*) want $one ;; *) eval "${one}_wanted=" ;; esac
        done
        ;;
    acknowledge) acknowledge $rest ;;
    request) answer $rest ;;
    stop | over)
        send 6 '{"type":"goodbye"}'
        leave 0
        ;;
    *)
        echo 'probe: whotop sent a line that this probe does not know' >&2
        leave 1
        ;;
    esac
}

leave() {
    [ -z "$beside" ] || kill $beside 2>/dev/null
    exit "$1"
}

set -f
umask 077
ulimit -c 0
renice -n 10 -p $$ >/dev/null 2>&1
PATH=${PATH:+$PATH:}/usr/bin:/bin:/usr/sbin:/sbin
beside= logins= told_signs= are_records_written= logind_was_kept= utmp= has_utmp= certificate= sealing=
read_identity
read_start
begin
