// The event log service (winevt.h). Handles are closed by whoever got them.
static class EventLogApi
{
    public const int ChannelPath = 1, Forward = 0x100, Reverse = 0x200, TolerateErrors = 0x1000, Strict = 0x10000;
    public const int FutureEvents = 1, FromOldest = 2, AfterBookmark = 3;
    const int SeekFromFirst = 1, SeekFromBookmark = 4, RenderXml = 1;
    const int LastWriteTime = 2, RecordCount = 5, OldestRecord = 6;
    const int AtOnce = 0, NoMoreItems = 259, TimedOut = 1460, NothingYet = 4317, ShortBuffer = 122;
    static byte[] buffer = new byte[16384];

    [DllImport("wevtapi.dll", ExactSpelling = true, CharSet = CharSet.Unicode, SetLastError = true)]
    static extern IntPtr EvtSubscribe(IntPtr session, IntPtr signal, string path, string query, IntPtr bookmark, IntPtr context, IntPtr callback, int flags);

    [DllImport("wevtapi.dll", ExactSpelling = true, CharSet = CharSet.Unicode, SetLastError = true)]
    static extern IntPtr EvtQuery(IntPtr session, string path, string query, int flags);

    [DllImport("wevtapi.dll", ExactSpelling = true, SetLastError = true)]
    static extern bool EvtSeek(IntPtr results, long position, IntPtr bookmark, int timeout, int flags);

    [DllImport("wevtapi.dll", ExactSpelling = true, SetLastError = true)]
    static extern bool EvtNext(IntPtr results, int size, [Out] IntPtr[] events, int timeout, int flags, out int returned);

    [DllImport("wevtapi.dll", ExactSpelling = true, SetLastError = true)]
    static extern bool EvtRender(IntPtr context, IntPtr handle, int flags, int size, [Out] byte[] buffer, out int used, out int properties);

    [DllImport("wevtapi.dll", ExactSpelling = true, CharSet = CharSet.Unicode, SetLastError = true)]
    static extern IntPtr EvtCreateBookmark(string xml);

    [DllImport("wevtapi.dll", ExactSpelling = true, CharSet = CharSet.Unicode, SetLastError = true)]
    static extern IntPtr EvtOpenLog(IntPtr session, string path, int flags);

    [DllImport("wevtapi.dll", ExactSpelling = true, SetLastError = true)]
    static extern bool EvtGetLogInfo(IntPtr log, int property, int size, [Out] byte[] value, out int used);

    [DllImport("wevtapi.dll", ExactSpelling = true)]
    public static extern bool EvtClose(IntPtr handle);

    // A subscription that is asked for its events; the signal is set while there are some.
    public static IntPtr Subscribe(string path, string query, long afterRecord, EventWaitHandle signal)
    {
        IntPtr bookmark = afterRecord < 0 ? IntPtr.Zero : Bookmark(path, afterRecord);
        int flags = afterRecord < 0 ? FromOldest : AfterBookmark;
        IntPtr handle = signal.SafeWaitHandle.DangerousGetHandle();
        IntPtr found = EvtSubscribe(IntPtr.Zero, handle, path, query, bookmark, IntPtr.Zero, IntPtr.Zero, flags);
        int error = Marshal.GetLastWin32Error();
        if (bookmark != IntPtr.Zero) EvtClose(bookmark);
        if (found == IntPtr.Zero) throw new IOException("the event log cannot be read: error " + error);
        return found;
    }

    // The XML of the next events, at most so many; none if there are none just now.
    public static List<string> Next(IntPtr results, int most)
    {
        List<string> events = new List<string>();
        IntPtr[] handles = new IntPtr[most];
        int count;
        if (!EvtNext(results, most, handles, AtOnce, 0, out count))
        {
            int error = Marshal.GetLastWin32Error();
            if (error == NoMoreItems || error == TimedOut || error == NothingYet) return events;
            throw new IOException("the event log cannot be read on: error " + error);
        }
        for (int place = 0; place < count; place++)
        {
            events.Add(Xml(handles[place]));
            EvtClose(handles[place]);
        }
        return events;
    }

    // The one event so far from the newest that the query finds; null if it finds fewer.
    public static string FromEnd(string path, string query, long place)
    {
        return One(path, query, Reverse, place, -1);
    }

    // The event of this number; null if the log has it no longer.
    public static string Record(string path, long record)
    {
        return One(path, "*", Forward, 0, record);
    }

    static string One(string path, string query, int direction, long place, long record)
    {
        IntPtr results = EvtQuery(IntPtr.Zero, path, query, ChannelPath | direction);
        if (results == IntPtr.Zero) return null;
        try
        {
            if (record >= 0)
            {
                IntPtr bookmark = Bookmark(path, record);
                bool isThere = EvtSeek(results, 0, bookmark, 0, SeekFromBookmark | Strict);
                EvtClose(bookmark);
                if (!isThere) return null;
            }
            else if (place > 0 && !EvtSeek(results, place, IntPtr.Zero, 0, SeekFromFirst)) return null;
            List<string> found = Next(results, 1);
            return found.Count == 0 ? null : found[0];
        }
        catch (IOException)
        {
            return null;
        }
        finally
        {
            EvtClose(results);
        }
    }

    // The numbers of the oldest and the newest record, and when the log was last written to (FILETIME).
    public static bool Bounds(string path, out long oldest, out long newest, out long written)
    {
        oldest = newest = written = 0;
        IntPtr log = EvtOpenLog(IntPtr.Zero, path, ChannelPath);
        if (log == IntPtr.Zero) return false;
        long count;
        bool known = Info(log, OldestRecord, out oldest) & Info(log, RecordCount, out count);
        Info(log, LastWriteTime, out written);
        EvtClose(log);
        newest = oldest + count - 1;
        return known;
    }

    // An EVT_VARIANT: the value in eight bytes, its count, its type.
    static bool Info(IntPtr log, int property, out long value)
    {
        byte[] variant = new byte[16];
        int used;
        bool known = EvtGetLogInfo(log, property, variant.Length, variant, out used);
        value = known ? BitConverter.ToInt64(variant, 0) : 0;
        return known;
    }

    static IntPtr Bookmark(string path, long record)
    {
        return EvtCreateBookmark("<BookmarkList><Bookmark Channel='" + path + "' RecordId='" + record + "' IsCurrent='true'/></BookmarkList>");
    }

    static string Xml(IntPtr handle)
    {
        int used, properties;
        while (!EvtRender(IntPtr.Zero, handle, RenderXml, buffer.Length, buffer, out used, out properties))
        {
            if (Marshal.GetLastWin32Error() != ShortBuffer || used <= buffer.Length) return "";
            buffer = new byte[used];
        }
        return Encoding.Unicode.GetString(buffer, 0, Math.Max(used - 2, 0));
    }
}
