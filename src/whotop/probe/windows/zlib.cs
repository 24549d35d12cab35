// Streams of zlib (RFC 1950), of which .NET 4 knows only the middle: two bytes before it, a checksum behind.
static class Zlib
{
    public static byte[] Pack(byte[] data)
    {
        MemoryStream packed = new MemoryStream();
        packed.WriteByte(0x78);
        packed.WriteByte(0x9c);
        using (DeflateStream deflate = new DeflateStream(packed, CompressionMode.Compress, true))
            deflate.Write(data, 0, data.Length);
        uint low = 1, high = 0;
        foreach (byte one in data)
        {
            low = (low + one) % 65521;
            high = (high + low) % 65521;
        }
        packed.Write(BigEndian.Of(high << 16 | low), 0, 4);
        return packed.ToArray();
    }

    public static byte[] Open(byte[] packed, int limit)
    {
        MemoryStream opened = new MemoryStream();
        byte[] part = new byte[8192];
        try
        {
            using (DeflateStream inflate = new DeflateStream(new MemoryStream(packed, 2, Math.Max(packed.Length - 2, 0)), CompressionMode.Decompress))
                for (int count; (count = inflate.Read(part, 0, part.Length)) > 0; )
                {
                    opened.Write(part, 0, count);
                    if (opened.Length > limit) throw new BrokenProtocol("a frame that is too large");
                }
        }
        catch (InvalidDataException)
        {
            throw new BrokenProtocol("a frame that does not open");
        }
        return opened.ToArray();
    }
}

static class BigEndian
{
    public static byte[] Of(uint number)
    {
        return new byte[] { (byte)(number >> 24), (byte)(number >> 16), (byte)(number >> 8), (byte)number };
    }

    public static uint At(byte[] data, int place)
    {
        return (uint)data[place] << 24 | (uint)data[place + 1] << 16 | (uint)data[place + 2] << 8 | data[place + 3];
    }
}
