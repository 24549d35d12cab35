// The probe's life: wait for whotop, for the log, or for the time of the next look; send what has changed.
public class Probe
{
    const byte HelloType = 1, FiguresType = 2, SessionsType = 3, AnswerType = 5, GoodbyeType = 6;
    const int LooksEveryMs = 1000, SoonMs = 250, ShortestIntervalMs = 500, SecondReadingMs = 1000;
    readonly Stream sink;
    readonly FrameWriter writer;
    readonly FrameReader reader;
    readonly LogonSessions logons = new LogonSessions();
    readonly Figures figures = new Figures();
    readonly EventLog log;
    readonly string interpreter;
    string bootId = "", told = "", inputs = "[]";
    XmlElement start;
    bool isLeaving;

    Probe(string interpreter)
    {
        this.interpreter = interpreter;
        sink = Console.OpenStandardOutput();
        writer = new FrameWriter(sink);
        reader = new FrameReader(Console.OpenStandardInput());
        log = new EventLog(writer, logons);
    }

    // Runs until whotop leaves; the status is 0 unless something was wrong.
    public static int Run(string interpreter)
    {
        Probe probe = new Probe(interpreter);
        try
        {
            probe.Serve();
            probe.SayGoodbye("");
        }
        catch (EndOfStreamException)
        {
            return 0;
        }
        catch (BrokenProtocol broken)
        {
            Console.Error.WriteLine("probe: whotop sent " + broken.Message);
            return 1;
        }
        catch (Exception error)
        {
            // The boundary: whotop shows this line as the reason.
            string reason = error.GetType().Name + ": " + error.Message.Replace('\r', ' ').Replace('\n', ' ');
            Console.Error.WriteLine("probe: " + reason);
            probe.SayGoodbye(reason);
            return 1;
        }
        return 0;
    }

    void Serve()
    {
        Begin();
        long now = Clock.UptimeMs(), nextLook = now, nextFigures = now;
        long interval = Math.Max(Json.NumberAt(start, "interval_ms"), ShortestIntervalMs);
        long pause = Math.Min(interval, SecondReadingMs);
        WaitHandle[] awaited = { reader.Arrived, log.Signal };
        while (!isLeaving)
        {
            now = Clock.UptimeMs();
            if (now >= nextLook)
            {
                log.Look();
                LookAtSessions();
                nextLook = now + LooksEveryMs;
            }
            if (now >= nextFigures)
            {
                writer.Write(FiguresType, figures.Read(inputs));
                nextFigures = Math.Max(nextFigures + pause, now);
                pause = interval;
            }
            if (log.CanSend) log.SendPiece();
            long wait = log.CanSend ? 0 : Math.Max(Math.Min(nextLook, nextFigures) - Clock.UptimeMs(), 0);
            if (WaitHandle.WaitAny(awaited, (int)wait) == 1)
            {
                // Whoever logs in or out is soon among the sessions, or no longer.
                log.Look();
                nextLook = Math.Min(nextLook, now + SoonMs);
            }
            Obey();
        }
    }

    void Begin()
    {
        DownMessage first;
        while ((first = reader.Next()) == null) reader.Arrived.WaitOne();
        if (first.Type != FrameReader.Start || Json.NumberAt(first.Body, "version") != 1)
            throw new BrokenProtocol("no start of version 1");
        start = first.Body;
        byte[] preamble = Encoding.ASCII.GetBytes("whotop-probe/1 " + Json.TextAt(start, "nonce") + "\n");
        sink.Write(preamble, 0, preamble.Length);
        bootId = Hello.BootId();
        writer.Write(HelloType, Hello.Message(interpreter, bootId));
    }

    void LookAtSessions()
    {
        string terminals = TerminalSessions.Read(out inputs);
        string tables = "{\"sessions\":" + terminals + ",\"logons\":" + logons.Read() + ",\"own\":\"" + logons.Own + "\"}";
        if (tables == told) return;
        told = tables;
        // Without the right to see all logons the list cannot say who is gone.
        string leftOut = logons.IsComplete ? "" : ",\"left_out\":1";
        writer.Write(SessionsType, "{\"type\":\"sessions\",\"clock_us\":" + Clock.NowUs() + ",\"boot_id\":" + Json.Bytes(bootId)
            + ",\"wts\":" + Json.Bytes(tables) + leftOut + "}");
    }

    void Obey()
    {
        for (DownMessage message; !isLeaving && (message = reader.Next()) != null; )
            switch (message.Type)
            {
                case FrameReader.Stop:
                    isLeaving = true;
                    break;
                case FrameReader.Read:
                    if (message.Body.SelectSingleNode("origins/item[text()='" + EventLog.Origin + "']") != null)
                        log.Start(Cursor(), Json.NumberAt(start, "history_bytes"));
                    break;
                case FrameReader.Acknowledge:
                    if (Json.TextAt(message.Body, "origin") == EventLog.Origin) log.Acknowledge(Json.NumberAt(message.Body, "offset"));
                    break;
                case FrameReader.Request:
                    writer.Write(AnswerType, "{\"type\":\"answer\",\"id\":" + Json.NumberAt(message.Body, "id")
                        + ",\"error\":" + Json.Bytes("this probe does not know how") + "}");
                    break;
                default:
                    throw new BrokenProtocol("a second start");
            }
    }

    // A name with a space is no name of an element: it comes as an attribute.
    XmlElement Cursor()
    {
        return start.SelectSingleNode("cursors/*[@item='" + EventLog.Origin + "']") as XmlElement;
    }

    void SayGoodbye(string reason)
    {
        try
        {
            writer.Write(GoodbyeType, "{\"type\":\"goodbye\",\"reason\":" + Json.Bytes(reason.Length > 128 ? reason.Substring(0, 128) : reason) + "}");
        }
        catch (IOException) { }
    }
}
