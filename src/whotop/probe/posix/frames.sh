# Frames (docs/protocol.md): a header of ten bytes, written by printf as octal escapes, and JSON.
# All that goes into the JSON is numbers and base64, so nothing in it needs to be escaped.

sequence=0

byte() { octets="$octets\\$(($1 >> 6 & 3))$(($1 >> 3 & 7))$(($1 & 7))"; }

four_bytes() {
    byte $(($1 >> 24 & 255))
    byte $(($1 >> 16 & 255))
    byte $(($1 >> 8 & 255))
    byte $(($1 & 255))
}

# send TYPE JSON
send() {
    octets=
    four_bytes ${#2}
    byte "$1"
    byte 0
    four_bytes $sequence
    sequence=$((sequence + 1))
    printf "$octets" || leave 0
    put "$2" || leave 0
}

# A printf that is a program of its own takes no more than 128 KiB at once (mksh has its own print).
case $(type printf) in
*built*) put() { printf %s "$1"; } ;;
*) put() { print -nr -- "$1"; } ;;
esac
