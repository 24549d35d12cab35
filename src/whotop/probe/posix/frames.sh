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

# send TYPE JSON: sealed where that was agreed, as base64 of an envelope.
send() {
    payload=$2 flags=0
    if [ "$sealing" ]; then
        payload=$(enveloped "$1" "$2") && [ "$payload" ] || leave 1
        flags=2
    fi
    octets=
    four_bytes ${#payload}
    byte "$1"
    byte $flags
    four_bytes $sequence
    sequence=$((sequence + 1))
    printf "$octets" || leave 0
    put "$payload" || leave 0
}

# enveloped TYPE JSON: an envelope for the owner of the certificate, which names its frame inside.
# The certificate is no secret; it is read from a descriptor, so no file is written.
enveloped() {
    { printf '%s %s %s\n' "$nonce" "$1" $sequence && put "$2"; } |
        openssl cms -encrypt -binary -aes-256-gcm -outform DER -recip /dev/fd/3 \
            -keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha256 3<<END 2>/dev/null | $base64
$certificate
END
}

# agree_on_sealing: OpenSSL before 3.0 has no authentic envelopes, and LibreSSL none at all.
agree_on_sealing() {
    [ "$certificate" ] && command -v openssl >/dev/null && [ "$(enveloped 0 try)" ] || return
    sealing=' cms' utmp_bytes=57600
}

# A printf that is a program of its own takes no more than 128 KiB at once (mksh has its own print).
case $(type printf) in
*built*) put() { printf %s "$1"; } ;;
*) put() { print -nr -- "$1"; } ;;
esac
