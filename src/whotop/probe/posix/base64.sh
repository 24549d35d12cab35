# Bytes as JSON can hold them. Short words are encoded by the shell itself, because a program costs
# a millisecond; texts go through a program together, each padded with newlines to whole groups.

newline='
'
letters=' !"#$%&'\''()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\]^_`abcdefghijklmnopqrstuvwxyz{|}~'

number=0
for digit in A B C D E F G H I J K L M N O P Q R S T U V W X Y Z \
    a b c d e f g h i j k l m n o p q r s t u v w x y z 0 1 2 3 4 5 6 7 8 9 + /; do
    eval "digit_$number=$digit"
    number=$((number + 1))
done

wrapped_base64() { base64 | tr -d '\n'; }
uuencode_base64() { uuencode -m - | sed '1d;$d' | tr -d '\n'; }
octets_base64() {
    octets | awk 'BEGIN { d = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/" }
        function group(n) {
            printf "%s%s", substr(d, int(n / 262144) + 1, 1), substr(d, int(n / 4096) % 64 + 1, 1)
            if (k > 1) printf "%s", substr(d, int(n / 64) % 64 + 1, 1); else printf "="
            if (k > 2) printf "%s", substr(d, n % 64 + 1, 1); else printf "="
        }
        { for (i = 1; i <= NF; i++) { n = n * 256 + $i; if (++k == 3) { group(n); n = k = 0 } } }
        END { if (k == 1) group(n * 65536); else if (k == 2) group(n * 256) }'
}

# What prints the bytes of its input as numbers: OpenWrt's BusyBox has no od.
if command -v od >/dev/null; then
    octets() { od -An -v -tu1; }
else
    octets() { hexdump -v -e '16/1 "%u " "\n"'; }
fi

for base64 in 'base64 -w0' wrapped_base64 'openssl base64 -A' uuencode_base64 octets_base64; do
    [ "$(printf '\377whotop\n' | $base64 2>/dev/null)" != /3dob3RvcAo= ] || break
done

# encode TEXT: into $encoded, exactly.
encode() { encoded=$(printf %s "$1" | $base64); }

# encode_word TEXT: the same for a short word of printable ASCII, without a program.
encode_word() {
    left=$1 encoded=
    while [ "$left" ]; do
        group=0 missing=0
        for third in 65536 256 1; do
            if [ "$left" ]; then
                rest=${left#?}
                letter=${left%"$rest"}
                before=${letters%%"$letter"*}
                group=$((group + (${#before} + 32) * third))
                left=$rest
            else
                missing=$((missing + 1))
            fi
        done
        eval "encoded=\$encoded\$digit_$((group >> 18))\$digit_$((group >> 12 & 63))"
        case $missing in
        0) eval "encoded=\$encoded\$digit_$((group >> 6 & 63))\$digit_$((group & 63))" ;;
        1) eval "encoded=\$encoded\$digit_$((group >> 6 & 63))=" ;;
        2) encoded=$encoded== ;;
        esac
    done
}

# Texts in one go: clear_texts, add_text for each, encode_texts, and next_text for each into $encoded.
# Between two of them lies what no text has: six bytes 255, eight slashes in base64.
separator=$(printf '\377\377\377\377\377\377')

clear_texts() { texts=; }

add_text() {
    case $1 in
    *"$separator"*) text=$newline ;;
    *) text=$1$newline ;;
    esac
    case $((${#text} % 3)) in
    1) text=$text$newline$newline ;;
    2) text=$text$newline ;;
    esac
    texts=$texts$text$separator
}

encode_texts() { texts=$(printf %s "$texts" | $base64); }

next_text() {
    encoded=${texts%%////////*}
    texts=${texts#*////////}
}
