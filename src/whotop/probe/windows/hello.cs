// The first message: who answers, and what it can read.
static class Hello
{
    const string BootQuery = "*[System[Provider[@Name='Microsoft-Windows-Kernel-General'] and EventID=12]]";

    public static string Message(string interpreter, string bootId)
    {
        Version version = Environment.OSVersion.Version;
        return "{\"type\":\"hello\",\"version\":1,\"probe\":\"windows\",\"interpreter\":" + Json.Text(interpreter)
            + ",\"clock_us\":" + Clock.NowUs()
            + ",\"boot_us\":" + (Clock.NowUs() - Clock.UptimeMs() * 1000)
            + ",\"boot_id\":" + Json.Bytes(bootId)
            + ",\"hostname\":" + Json.Bytes(Environment.MachineName)
            + ",\"kernel\":" + Json.Bytes(version.ToString())
            + ",\"architecture\":" + Json.Bytes(IntPtr.Size == 8 ? "64-bit" : "32-bit")
            + ",\"os_release\":" + Json.Bytes("PRETTY_NAME=\"" + ProductName(version) + "\"\n")
            + ",\"cpu_count\":" + Environment.ProcessorCount
            + ",\"clock_ticks\":1000,\"uid\":" + (IsAdministrator() ? 0 : 1000) + ",\"ancestors\":[]"
            + ",\"origins\":" + Origins() + "}";
    }

    // A name that one boot alone has: when the kernel wrote that it starts. Empty if that is not kept.
    public static string BootId()
    {
        string started = EventLogApi.FromEnd("System", BootQuery, 0);
        return started == null ? "" : new EventLine(started).Time;
    }

    public static string Origins()
    {
        long oldest, newest, written;
        bool isReadable = EventLogApi.Bounds(EventLog.Path, out oldest, out newest, out written);
        return "[{\"name\":\"wts\",\"path\":" + Json.Bytes("Remote Desktop Services") + ",\"state\":\"readable\"},"
            + "{\"name\":\"" + EventLog.Origin + "\",\"path\":" + Json.Bytes(EventLog.Path)
            + (isReadable ? ",\"state\":\"readable\",\"changed_us\":" + Clock.FileTimeUs(written) + "}]"
                : ",\"state\":\"unreadable\",\"group\":" + Json.Bytes("Event Log Readers") + "}]");
    }

    // Windows 11 still calls itself Windows 10 there.
    static string ProductName(Version version)
    {
        const string key = @"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion";
        string name = Registry.GetValue(key, "ProductName", null) as string ?? "Windows";
        string release = Registry.GetValue(key, "DisplayVersion", null) as string ?? "";
        if (version.Build >= 22000) name = name.Replace("Windows 10", "Windows 11");
        return (name + " " + release).Trim().Replace("\"", "");
    }

    static bool IsAdministrator()
    {
        using (WindowsIdentity identity = WindowsIdentity.GetCurrent())
            return new WindowsPrincipal(identity).IsInRole(WindowsBuiltInRole.Administrator);
    }
}
