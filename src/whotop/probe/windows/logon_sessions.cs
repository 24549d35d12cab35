// The logons of the security authority (ntsecapi.h). Administrators may read those of others.
[StructLayout(LayoutKind.Sequential)]
struct LsaText
{
    public ushort Length, MaximumLength;
    public IntPtr Buffer;

    public override string ToString()
    {
        return Buffer == IntPtr.Zero ? "" : Marshal.PtrToStringUni(Buffer, Length / 2);
    }
}

[StructLayout(LayoutKind.Sequential)]
struct LsaLogon
{
    public uint Size, IdLow;
    public int IdHigh;
    public LsaText UserName, Domain, Package;
    public int Type, Session;
    public IntPtr Sid;
    public long Time;
}

class LogonSessions
{
    // Logons that a share, a service or a task makes are not told of, only those that a person may be behind.
    static readonly int[] Interactive = { 2, 10, 11, 12 };
    static readonly int[] Network = { 3, 8 };
    const long Young = 100000000;
    // sshd makes the logon first and the process that runs under it a moment later: 10 s in steps of 100 ns.

    // Logons of OpenSSH: those that the log has told of since the boot, and those that its processes run under.
    public readonly HashSet<string> OfLog = new HashSet<string>();
    readonly HashSet<string> ofProcesses = new HashSet<string>();
    public readonly string Own = OwnLogon();
    public bool IsComplete = true;
    bool isFirst = true;
    readonly Dictionary<long, LsaLogonKept> known = new Dictionary<long, LsaLogonKept>();

    class LsaLogonKept
    {
        public string Id, Json;
        public bool OverNetwork, Told;
        public long Time;
    }

    [DllImport("secur32.dll", ExactSpelling = true)]
    static extern uint LsaEnumerateLogonSessions(out uint count, out IntPtr ids);

    [DllImport("secur32.dll", ExactSpelling = true)]
    static extern uint LsaGetLogonSessionData(IntPtr id, out IntPtr data);

    [DllImport("secur32.dll", ExactSpelling = true)]
    static extern uint LsaFreeReturnBuffer(IntPtr buffer);

    public string Read()
    {
        uint count;
        IntPtr ids;
        if (LsaEnumerateLogonSessions(out count, out ids) != 0)
        {
            IsComplete = false;
            return "[]";
        }
        HashSet<long> present = new HashSet<long>();
        for (int place = 0; place < count; place++)
        {
            IntPtr at = new IntPtr(ids.ToInt64() + place * 8);
            long id = Marshal.ReadInt64(at);
            present.Add(id);
            if (known.ContainsKey(id)) continue;
            known[id] = Ask(at, id);
        }
        LsaFreeReturnBuffer(ids);
        foreach (long gone in new List<long>(known.Keys))
            if (!present.Contains(gone)) known.Remove(gone);
        return Told();
    }

    LsaLogonKept Ask(IntPtr at, long id)
    {
        LsaLogonKept kept = new LsaLogonKept();
        IntPtr data;
        uint status = LsaGetLogonSessionData(at, out data);
        if (status != 0)
        {
            // A logon that has just ended is no lack of rights.
            if (status == 0xC0000022) IsComplete = false;
            return kept;
        }
        LsaLogon logon = (LsaLogon)Marshal.PtrToStructure(data, typeof(LsaLogon));
        string user = logon.UserName.ToString();
        // Computers' accounts come over the network all day long.
        kept.OverNetwork = Array.IndexOf(Network, logon.Type) >= 0 && !user.EndsWith("$");
        kept.Told = Array.IndexOf(Interactive, logon.Type) >= 0;
        kept.Time = logon.Time;
        kept.Id = "0x" + id.ToString("x");
        kept.Json = string.Format(
            CultureInfo.InvariantCulture,
            "\"id\":\"{0}\",\"type\":{1},\"user\":{2},\"domain\":{3},\"sid\":\"{4}\",\"session\":{5},\"logon\":{6}",
            kept.Id, logon.Type, Json.Text(user), Json.Text(logon.Domain.ToString()),
            logon.Sid == IntPtr.Zero ? "" : new SecurityIdentifier(logon.Sid).Value, logon.Session, logon.Time);
        LsaFreeReturnBuffer(data);
        return kept;
    }

    string Told()
    {
        long now = DateTime.UtcNow.ToFileTimeUtc();
        bool isYoung = isFirst;
        isFirst = false;
        foreach (LsaLogonKept kept in known.Values) isYoung |= kept.OverNetwork && now - kept.Time < Young;
        if (isYoung) ProcessTokens.FindLogonsOf(ofProcesses, "sshd", "sshd-session");
        List<string> told = new List<string>();
        foreach (LsaLogonKept kept in known.Values)
        {
            bool isSshd = kept.OverNetwork && IsOfSshd(kept.Id);
            if (kept.Told || isSshd) told.Add("{" + kept.Json + (isSshd ? ",\"sshd\":true}" : "}"));
        }
        return "[" + string.Join(",", told.ToArray()) + "]";
    }

    public bool IsOfSshd(string id)
    {
        return ofProcesses.Contains(id) || OfLog.Contains(id);
    }

    static string OwnLogon()
    {
        return ProcessTokens.LogonOf(Process.GetCurrentProcess().Id);
    }
}
