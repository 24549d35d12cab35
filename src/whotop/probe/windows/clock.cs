// Moments in µs since 1970. A FILETIME counts 100 ns since 1601, DateTime since the year 1.
static class Clock
{
    const long TicksTo1970 = 621355968000000000;
    const long FileTimeTo1970 = 116444736000000000;

    public static long NowUs()
    {
        return (DateTime.UtcNow.Ticks - TicksTo1970) / 10;
    }

    public static long FileTimeUs(long fileTime)
    {
        return Math.Max(fileTime - FileTimeTo1970, 0) / 10;
    }

    [DllImport("kernel32.dll")]
    static extern ulong GetTickCount64();

    public static long UptimeMs()
    {
        return (long)GetTickCount64();
    }
}
