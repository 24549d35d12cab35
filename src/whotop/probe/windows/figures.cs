// Processors, memory, time since boot (sysinfoapi.h), and the local disks.
[StructLayout(LayoutKind.Sequential)]
struct MemoryStatus
{
    public int Length, Load;
    public long TotalPhysical, AvailablePhysical, TotalPage, AvailablePage, TotalVirtual, AvailableVirtual, Extended;
}

class Figures
{
    const int DisksEveryMs = 30000, DisksTold = 16;
    long disksAt = -DisksEveryMs;

    [DllImport("kernel32.dll", ExactSpelling = true)]
    static extern bool GetSystemTimes(out long idle, out long kernel, out long user);

    [DllImport("kernel32.dll", ExactSpelling = true)]
    static extern bool GlobalMemoryStatusEx(ref MemoryStatus status);

    public string Read(string inputs)
    {
        long idle, kernel, user;
        GetSystemTimes(out idle, out kernel, out user);
        MemoryStatus memory = new MemoryStatus();
        memory.Length = Marshal.SizeOf(typeof(MemoryStatus));
        GlobalMemoryStatusEx(ref memory);
        string reading = string.Format(
            CultureInfo.InvariantCulture,
            "{{\"idle\":{0},\"kernel\":{1},\"user\":{2},\"memory\":{3},\"available\":{4},\"uptime_ms\":{5},\"inputs\":{6}}}",
            idle, kernel, user, memory.TotalPhysical, memory.AvailablePhysical, Clock.UptimeMs(), inputs);
        return "{\"type\":\"figures\",\"clock_us\":" + Clock.NowUs() + ",\"windows\":" + Json.Bytes(reading) + Disks() + "}";
    }

    // Asked for seldom: a disk that sleeps would wake. Network drives are never asked.
    string Disks()
    {
        long now = Clock.UptimeMs();
        if (now - disksAt < DisksEveryMs) return "";
        disksAt = now;
        List<string> told = new List<string>();
        foreach (DriveInfo drive in DriveInfo.GetDrives())
            try
            {
                if (drive.DriveType != DriveType.Fixed || !drive.IsReady || told.Count == DisksTold) continue;
                told.Add(string.Format(
                    CultureInfo.InvariantCulture, "[{0},{1},{2},{3}]",
                    Json.Bytes(drive.Name), drive.TotalSize, drive.TotalFreeSpace, drive.AvailableFreeSpace));
            }
            catch (IOException) { }
            catch (UnauthorizedAccessException) { }
        return ",\"disks\":[" + string.Join(",", told.ToArray()) + "]";
    }
}
