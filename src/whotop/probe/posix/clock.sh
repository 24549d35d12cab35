# Time: $now counts hundredths of a second and does not jump; $clock_us is the machine's clock.

if [ -r /proc/uptime ]; then
    look_at_clock() {
        read -r uptime rest </proc/uptime
        now=${uptime%.*}${uptime#*.}
        now=${now#0}
    }
elif [ "${BASH_VERSION:-}" ]; then
    look_at_clock() { now=$((SECONDS * 100)); }
else
    look_at_clock() { now=$(date +%s)00; }
fi

# calibrate: into $ahead, how far the machine's clock is ahead of $now. A clock of whole seconds is
# late by up to one: the reading that was least late is the true one, until the clock is stepped.
ahead=0 calibrated_at=
case $(date +%N) in
*[!0-9]* | '')
    calibrate() {
        behind=$(($(date +%s) * 100 - now))
        [ $((behind - ahead)) -ge -100 ] && [ $((behind - ahead)) -le 0 ] || ahead=$behind
    }
    calibration=100
    ;;
*)
    calibrate() {
        clock_us=$(date +%s%N)
        look_at_clock
        ahead=$((${clock_us%???????} - now))
    }
    calibration=3000
    ;;
esac

case $((1 << 40)) in
1099511627776)
    # A program costs a millisecond, so the clock is not asked each time.
    read_clock() {
        look_at_clock
        if [ -z "$calibrated_at" ] || [ $((now - calibrated_at)) -ge $calibration ]; then
            calibrated_at=$now
            calibrate
        fi
        clock_us=$(((now + ahead) * 10000))
    }
    ;;
*)
    # mksh counts in 32 bits.
    read_clock() {
        clock_us=$(date +%s%N)
        case $clock_us in
        *[!0-9]* | ??????????) clock_us=$(date +%s)500000 ;;
        *) clock_us=${clock_us%???} ;;
        esac
    }
    ;;
esac
