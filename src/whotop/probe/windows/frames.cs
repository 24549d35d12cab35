// Frames of the protocol (docs/protocol.md): length, type, flags, sequence, all big-endian, and the payload.
class BrokenProtocol : Exception
{
    public BrokenProtocol(string what) : base(what) { }
}

class FrameWriter
{
    const int CompressAbove = 512;
    readonly Stream sink;
    uint sequence;

    public FrameWriter(Stream sink)
    {
        this.sink = sink;
    }

    public void Write(byte type, string json)
    {
        byte[] payload = Encoding.UTF8.GetBytes(json);
        byte flags = 0;
        if (payload.Length > CompressAbove)
        {
            byte[] packed = Zlib.Pack(payload);
            if (packed.Length < payload.Length)
            {
                payload = packed;
                flags = 1;
            }
        }
        byte[] frame = new byte[10 + payload.Length];
        BigEndian.Of((uint)payload.Length).CopyTo(frame, 0);
        frame[4] = type;
        frame[5] = flags;
        BigEndian.Of(sequence++).CopyTo(frame, 6);
        payload.CopyTo(frame, 10);
        sink.Write(frame, 0, frame.Length);
        sink.Flush();
    }
}

class DownMessage
{
    public byte Type;
    public XmlElement Body;
}

// Reads what whotop sends on a thread of its own: a pipe of Windows cannot be asked whether it holds something.
class FrameReader
{
    public const byte Start = 65, Acknowledge = 66, Request = 67, Stop = 68, Read = 69;
    const int PayloadBytes = 262144, OpenedBytes = 1048576;
    public readonly AutoResetEvent Arrived = new AutoResetEvent(false);
    readonly Queue<DownMessage> waiting = new Queue<DownMessage>();
    readonly Stream source;
    uint sequence;
    Exception end;

    public FrameReader(Stream source)
    {
        this.source = source;
        Thread thread = new Thread(Run);
        thread.IsBackground = true;
        thread.Start();
    }

    // The next message; null if none has come. Raises what ended the reading once all messages are taken.
    public DownMessage Next()
    {
        lock (waiting)
        {
            if (waiting.Count > 0) return waiting.Dequeue();
            if (end != null) throw end;
            return null;
        }
    }

    void Run()
    {
        Exception reason;
        try
        {
            while (true)
            {
                DownMessage message = Receive();
                lock (waiting) waiting.Enqueue(message);
                Arrived.Set();
            }
        }
        catch (BrokenProtocol broken) { reason = broken; }
        catch (XmlException) { reason = new BrokenProtocol("a frame without a message"); }
        catch (IOException) { reason = new EndOfStreamException(); }
        catch (ObjectDisposedException) { reason = new EndOfStreamException(); }
        lock (waiting) end = reason;
        Arrived.Set();
        // Whoever waits in a write that nobody reads any more would never see it.
        Thread.Sleep(5000);
        Environment.Exit(0);
    }

    DownMessage Receive()
    {
        byte[] header = Exactly(10);
        uint length = BigEndian.At(header, 0);
        if (length > PayloadBytes || header[4] < Start || header[4] > Read || header[5] > 1 || BigEndian.At(header, 6) != sequence++)
            throw new BrokenProtocol("a frame that this probe does not know");
        byte[] payload = Exactly((int)length);
        if (header[5] == 1) payload = Zlib.Open(payload, OpenedBytes);
        DownMessage message = new DownMessage();
        message.Type = header[4];
        message.Body = Json.Read(payload);
        return message;
    }

    byte[] Exactly(int count)
    {
        byte[] data = new byte[count];
        for (int have = 0, got; have < count; have += got)
            if ((got = source.Read(data, have, count - have)) <= 0) throw new EndOfStreamException();
        return data;
    }
}
