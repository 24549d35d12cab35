# Time: $now counts hundredths of a second and does not jump; $clock_us is the machine's clock.

if [ -r /proc/uptime ]; then
    look_at_clock() {
        read -r uptime rest </proc/uptime
        now=${uptime%.*}${uptime#*.}
        now=${now#0}
    }
else
    look_at_clock() { now=$(date +%s)00; }
fi

case $(date +%N)$((1 << 40)) in
*[!0-9]*0)
    # mksh counts in 32 bits.
    read_clock() { clock_us=$(date +%s)500000; }
    ;;
*[!0-9]* | 1099511627776)
    # A clock of whole seconds is late by up to one. Against the steady $now, the reading that was
    # least late is the true one; a step of the clock by more than a second begins that anew.
    ahead=0
    read_clock() {
        look_at_clock
        behind=$(($(date +%s) * 100 - now))
        [ $((behind - ahead)) -ge -100 ] && [ $((behind - ahead)) -le 0 ] || ahead=$behind
        clock_us=$(((now + ahead) * 10000))
    }
    ;;
*)
    read_clock() {
        clock_us=$(date +%s%N)
        clock_us=${clock_us%???}
    }
    ;;
esac
