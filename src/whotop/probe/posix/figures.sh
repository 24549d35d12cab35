# One reading of the machine each interval: a few lines of /proc, as they are; else what sysctl says.

memory_lines() {
    memory=
    while read -r name value unit; do
        case $name in
        MemTotal: | MemFree: | MemAvailable: | Buffers: | Cached: | SwapTotal:) memory="$memory$name $value $unit$newline" ;;
        SwapFree:)
            memory="$memory$name $value $unit"
            return
            ;;
        esac
    done
}

# The hardware interfaces count each byte once; where there are none (a container), all but lo.
network_lines() {
    hardware= others= room=16
    read -r line
    read -r line
    while [ $room -gt 0 ] && read -r name counters; do
        case $name in lo:*) continue ;; esac
        if [ -e "/sys/class/net/${name%%:*}/device" ]; then
            hardware=$hardware$name\ $counters$newline room=$((room - 1))
        else
            others=$others$name\ $counters$newline
        fi
    done
    network=${hardware:-$others}
}

read_proc() {
    read -r stat </proc/stat
    read -r load </proc/loadavg
    read -r up </proc/uptime
    memory_lines </proc/meminfo
    network_lines </proc/net/dev
    clear_texts
    for text in "$stat" "$load" "$up" "$memory" "$network"; do add_text "$text"; done
    encode_texts
    for field in stat loadavg uptime meminfo network; do
        next_text
        message="$message,\"$field\":\"$encoded\""
    done
}

# FreeBSD's names, then macOS's; each system tells those that it knows.
sysctl_names='kern.cp_time kern.boottime vm.loadavg hw.physmem hw.memsize hw.pagesize hw.ncpu vm.swapusage vm.swap_total
vm.stats.vm.v_page_count vm.stats.vm.v_free_count vm.stats.vm.v_inactive_count vm.stats.vm.v_laundry_count
vm.stats.vm.v_cache_count kstat.zfs.misc.arcstats.size'

read_sysctl() {
    told=$(
        sysctl $sysctl_names
        [ "$system" != Darwin ] || vm_stat
        [ "$system" != Darwin ] || ps -A -o %cpu
        [ "$system" = Darwin ] || swapinfo -k
        netstat -ibn
    ) 2>/dev/null
    encode "$told"
    message="$message,\"sysctl\":\"$encoded\""
}

# send_figures: disks every 30 s, terminals when one of them had input.
send_figures() {
    read_clock
    message="{\"type\":\"figures\",\"clock_us\":$clock_us"
    if [ "$system" = Linux ]; then read_proc; else read_sysctl; fi
    if [ "$disks_due" ]; then
        disks_due=
        read_disks
        message="$message,\"disks\":[$disks]"
    fi
    read_terminals
    if [ "$terminals" != "$sent_terminals" ]; then
        sent_terminals=$terminals
        message="$message,\"terminals\":[$terminals]"
    fi
    send 2 "$message}"
}
