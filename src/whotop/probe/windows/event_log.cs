// The Security log, sent piece by piece from a cursor on: the number of the last record is its mark.
class EventLog
{
    public const string Origin = "event log", Path = "Security";
    const string Wanted =
        "(EventID=4624 or EventID=4625 or EventID=4634 or EventID=4647 or EventID=4778 or EventID=4779 or EventID=4800"
        + " or EventID=4801 or EventID=4608 or EventID=4616 or EventID=1100 or EventID=1102)";
    // The last 30 days, in ms.
    const string Lately = "*[System[" + Wanted + " and TimeCreated[timediff(@SystemTime) <= 2592000000]]]";
    const int PieceBytes = 57600, PiecesUnderway = 4, EventsAtOnce = 64, BytesOfRecord = 384;
    // Figures must not wait for a log that holds thousands of services' logons.
    const int EventsLookedAt = 512;

    public readonly ManualResetEvent Signal = new ManualResetEvent(false);
    readonly FrameWriter writer;
    readonly LogonSessions logons;
    readonly Queue<EventLine> read = new Queue<EventLine>();
    readonly List<long> underway = new List<long>();
    IntPtr results = IntPtr.Zero;
    long offset, newsAfter, last;
    string lastTime = "";
    bool isFirstContact, isReplaced, owesCursor, mayHoldMore;

    public EventLog(FrameWriter writer, LogonSessions logons)
    {
        this.writer = writer;
        this.logons = logons;
    }

    public bool IsOpen
    {
        get { return results != IntPtr.Zero; }
    }

    // Begin where the cursor points; without one, with the newest records of the last 30 days.
    public void Start(XmlElement cursor, long historyBytes)
    {
        long oldest, newest, written;
        if (IsOpen || !EventLogApi.Bounds(Path, out oldest, out newest, out written)) return;
        newsAfter = newest;
        long after = cursor == null ? FirstAfter(historyBytes / BytesOfRecord, newest) : AfterCursor(cursor, oldest, newest);
        results = EventLogApi.Subscribe(Path, isFirstContact ? Lately : "*[System[" + Wanted + "]]", after, Signal);
        mayHoldMore = true;
    }

    long FirstAfter(long most, long newest)
    {
        isFirstContact = owesCursor = true;
        if (most <= 0) return newest;
        string first = EventLogApi.FromEnd(Path, Lately, most);
        return first == null ? -1 : new EventLine(first).Record;
    }

    // A record of that number with another time, or none so new: the log was cleared. One that is no longer
    // there because older ones were overwritten is no sign of anything.
    long AfterCursor(XmlElement cursor, long oldest, long newest)
    {
        long mark;
        offset = Json.NumberAt(cursor, "offset");
        string time = Decoded(Json.TextAt(cursor, "tail"));
        long.TryParse(Decoded(Json.TextAt(cursor, "mark")), out mark);
        bool isAnother = mark > newest;
        if (!isAnother && mark >= oldest && time.Length > 0)
        {
            string known = EventLogApi.Record(Path, mark);
            isAnother = known != null && new EventLine(known).Time != time;
        }
        isReplaced = owesCursor = isAnother;
        last = isAnother ? 0 : mark;
        lastTime = isAnother ? "" : time;
        return isAnother || mark < oldest ? -1 : mark;
    }

    static string Decoded(string text)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(text));
        }
        catch (FormatException)
        {
            throw new BrokenProtocol("a cursor that is none");
        }
    }

    public void Acknowledge(long reached)
    {
        int place = underway.IndexOf(reached);
        if (place >= 0) underway.RemoveRange(0, place + 1);
    }

    public bool CanSend
    {
        get { return IsOpen && underway.Count < PiecesUnderway && (mayHoldMore || owesCursor || read.Count > 0); }
    }

    // There may be something new: it is read in pieces.
    public void Look()
    {
        Signal.Reset();
        mayHoldMore = true;
    }

    public void SendPiece()
    {
        StringBuilder lines = new StringBuilder();
        bool isNews = false;
        for (int count = 0; count < EventsLookedAt && lines.Length < PieceBytes && Fill(); count++)
        {
            EventLine next = read.Peek();
            bool isCleared = next.Record < last;
            if (count > 0 && (isCleared || next.Record > newsAfter != isNews)) break;
            if (isCleared)
            {
                // Its numbers begin anew.
                isReplaced = true;
                newsAfter = 0;
            }
            // A log that itself says who cleared it is none that somebody has put another in the place of.
            if (next.IsClearing) isReplaced = false;
            isNews = next.Record > newsAfter;
            read.Dequeue();
            last = next.Record;
            lastTime = next.Time;
            lines.Append(next.Json(logons));
        }
        if (lines.Length > 0 || (owesCursor && read.Count == 0 && !mayHoldMore)) Write(lines.ToString(), isNews);
    }

    bool Fill()
    {
        if (read.Count == 0 && mayHoldMore)
        {
            List<string> events = EventLogApi.Next(results, EventsAtOnce);
            mayHoldMore = events.Count > 0;
            foreach (string xml in events)
                try
                {
                    read.Enqueue(new EventLine(xml));
                }
                catch (XmlException) { }
        }
        return read.Count > 0;
    }

    void Write(string lines, bool isNews)
    {
        if (last == 0) last = newsAfter;
        string since = isNews ? "" : isFirstContact ? ",\"first_contact\":true" : ",\"backlog\":true";
        string cursor = "{\"file\":{\"device\":0,\"inode\":0,\"head\":\"\"},\"offset\":" + (offset + 1) + ",\"tail\":" + Json.Bytes(lastTime)
            + ",\"mark\":" + Json.Bytes(last.ToString(CultureInfo.InvariantCulture)) + "}";
        writer.Write(4, "{\"type\":\"records\",\"clock_us\":" + Clock.NowUs() + ",\"origin\":\"" + Origin + "\",\"data\":" + Json.Bytes(lines)
            + ",\"start\":" + offset + ",\"cursor\":" + cursor + since + (isReplaced ? ",\"replaced\":true" : "") + "}");
        underway.Add(++offset);
        isReplaced = owesCursor = false;
    }
}
