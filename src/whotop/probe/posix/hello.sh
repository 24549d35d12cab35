# The first message: who answers, and what it can read.

# interpreter: which shell this is, of letters, digits and dots only.
name_interpreter() {
    interpreter=sh
    [ -z "${BASH_VERSION:-}" ] || interpreter="bash ${BASH_VERSION%%[!0-9.]*}"
    [ -z "${ZSH_VERSION:-}" ] || interpreter="zsh $ZSH_VERSION"
    case ${KSH_VERSION:-} in *MIRBSD*) interpreter=mksh ;; ?*) interpreter=ksh ;; esac
    case $interpreter in *[!A-Za-z0-9.\ ]*) interpreter=sh ;; esac
    case $(readlink /proc/$$/exe 2>/dev/null) in
    *busybox*) interpreter='BusyBox sh' ;;
    */dash) interpreter=dash ;;
    esac
}

# ancestors: from the parent on; one of them leads the session that this runs in.
find_ancestors() {
    ancestors= process=$$ steps=0
    while [ $steps -lt 32 ]; do
        steps=$((steps + 1)) line=
        if [ -r "/proc/$process/stat" ]; then
            { read -r line <"/proc/$process/stat"; } 2>/dev/null
            set -- ${line##*") "}
        else
            set -- x $(ps -o ppid= -p "$process" 2>/dev/null)
        fi
        case ${2:-0} in 0 | *[!0-9]*) return ;; esac
        process=$2
        ancestors=$ancestors${ancestors:+,}$process
    done
}

if stat -L -c %Y / >/dev/null 2>&1; then
    changed_at() { stat -L -c %Y "$1"; }
elif stat -L -f %m / >/dev/null 2>&1; then
    changed_at() { stat -L -f %m "$1"; }
else
    changed_at() { echo 0; }
fi

# report_origin NAME PATH…: on the first of the paths that there is.
report_origin() {
    origin=$1
    shift
    place=$1 readable=absent opener= changed=0
    for candidate in "$@"; do
        [ -e "$candidate" ] || continue
        place=$candidate readable=readable
        changed=$(changed_at "$place" 2>/dev/null)
        [ -r "$place" ] || name_group "$place"
        break
    done
    encode_word "$place"
    origins="$origins$comma{\"name\":\"$origin\",\"path\":\"$encoded\",\"state\":\"$readable\""
    [ -z "$opener" ] || origins="$origins,\"group\":\"$opener\""
    case ${changed:-0} in 0 | *[!0-9]*) changed=0 ;; *) changed=${changed}000000 ;; esac
    origins="$origins,\"changed_us\":$changed}"
    comma=,
}

# The group that would open an unreadable file; none where only its owner may read it.
name_group() {
    readable=unreadable
    set -- $(ls -ld "$1" 2>/dev/null)
    case ${1:-} in ????r*) ;; *) return ;; esac
    encode "$4"
    opener=$encoded
}

report_origins() {
    origins= comma=
    if [ "$system" != Linux ]; then
        report_origin who $who_files
        return
    fi
    if is_kept_by_logind; then report_origin logind $session_folder; else report_origin logind /nonexistent; fi
    report_origin utmp /run/utmp /var/run/utmp
    report_origin wtmp /var/log/wtmp
    report_origin btmp /var/log/btmp
}

# look_at_origins: tell of them anew when something else can be read than before, or when a file of
# records was written to for the first time in this connection.
look_at_origins() {
    signs=$are_records_written
    for place in $session_folder /run/utmp /var/run/utmp /var/log/wtmp /var/log/btmp; do
        if [ -r "$place" ]; then signs=${signs}r; elif [ -e "$place" ]; then signs=${signs}e; else signs=$signs-; fi
    done
    [ "$signs" != "${told_signs:-$signs}" ] || { told_signs=$signs && return; }
    told_signs=$signs
    report_origins
    send 7 "{\"type\":\"origins\",\"origins\":[$origins]}"
}

read_identity() {
    set -- $(uname -snrm)
    system=${1:-} hostname=${2:-} kernel=${3:-} architecture=${4:-}
    boot=
    if [ "$system" = Linux ]; then
        read -r boot </proc/sys/kernel/random/boot_id
    else
        for name in kern.boot_id kern.bootsessionuuid kern.boottime; do
            [ "$boot" ] || boot=$(sysctl -n $name 2>/dev/null)
        done
    fi
    encode "$boot"
    boot_id=$encoded
}

# By the machine's own clock; on systems without /proc/uptime from sysctl's "{ sec = N, usec = M }".
find_boot_time() {
    if [ "$system" = Linux ]; then
        boot_us=$((ahead * 10000))
    else
        boot_us=$(sysctl -n kern.boottime 2>/dev/null)
        boot_us=${boot_us#*sec = }
        boot_us=${boot_us%%[!0-9]*}000000
    fi
    [ ${#boot_us} -gt 15 ] || boot_us=0
}

count_processors() {
    processors=$(getconf _NPROCESSORS_ONLN 2>/dev/null || nproc 2>/dev/null || sysctl -n hw.ncpu 2>/dev/null)
    [ "$processors" ] || processors=$(grep -c ^processor /proc/cpuinfo 2>/dev/null)
    clock_ticks=$(getconf CLK_TCK 2>/dev/null)
}

describe_system() {
    if [ -r /etc/os-release ]; then
        release=$(dd if=/etc/os-release bs=4096 count=1 2>/dev/null | $base64)
    else
        name=$(sw_vers -productName 2>/dev/null || echo "$system")
        version=$(sw_vers -productVersion 2>/dev/null || echo "$kernel")
        encode "PRETTY_NAME=\"$name $version\""
        release=$encoded
    fi
}

send_hello() {
    name_interpreter
    find_ancestors
    report_origins
    count_processors
    describe_system
    read_clock
    find_boot_time
    message="{\"type\":\"hello\",\"version\":1,\"probe\":\"posix\",\"interpreter\":\"$interpreter\""
    message="$message,\"clock_us\":$clock_us,\"boot_id\":\"$boot_id\",\"os_release\":\"$release\""
    zone=$(date +%z)
    for name in hostname kernel architecture zone; do
        eval "encode \"\$$name\""
        message="$message,\"$name\":\"$encoded\""
    done
    message="$message,\"cpu_count\":${processors:-0},\"clock_ticks\":${clock_ticks:-100},\"uid\":$(id -u),\"boot_us\":$boot_us"
    send 1 "$message,\"ancestors\":[$ancestors],\"origins\":[$origins]}"
}
