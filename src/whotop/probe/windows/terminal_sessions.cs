// The sessions of Remote Desktop Services, the console among them (wtsapi32.h).
[StructLayout(LayoutKind.Sequential)]
struct WtsSession
{
    public int Id;
    public IntPtr Name;
    public int State;
}

[StructLayout(LayoutKind.Sequential, CharSet = CharSet.Unicode)]
struct WtsInfo
{
    public int State, SessionId;
    public int IncomingBytes, OutgoingBytes, IncomingFrames, OutgoingFrames, IncomingCompressed, OutgoingCompressed;
    [MarshalAs(UnmanagedType.ByValTStr, SizeConst = 32)] public string WinStationName;
    [MarshalAs(UnmanagedType.ByValTStr, SizeConst = 17)] public string Domain;
    [MarshalAs(UnmanagedType.ByValTStr, SizeConst = 21)] public string UserName;
    public long ConnectTime, DisconnectTime, LastInputTime, LogonTime, CurrentTime;
}

static class TerminalSessions
{
    const int ClientInfo = 23, SessionInfo = 24;
    // Of WTSCLIENTW: behind its five texts of 21, 18, 21, 261 and 261 characters, and one byte.
    const int FamilyAt = 1168, AddressAt = 1172, AddressBytes = 62;

    [DllImport("wtsapi32.dll", ExactSpelling = true)]
    static extern bool WTSEnumerateSessionsW(IntPtr server, int reserved, int version, out IntPtr sessions, out int count);

    [DllImport("wtsapi32.dll", ExactSpelling = true)]
    static extern bool WTSQuerySessionInformationW(IntPtr server, int session, int infoClass, out IntPtr buffer, out int bytes);

    [DllImport("wtsapi32.dll", ExactSpelling = true)]
    static extern void WTSFreeMemory(IntPtr memory);

    // Gives the sessions as JSON, and the last inputs, which change all the time, apart from them.
    public static string Read(out string inputs)
    {
        List<string> sessions = new List<string>();
        List<string> newest = new List<string>();
        IntPtr list;
        int count;
        if (WTSEnumerateSessionsW(IntPtr.Zero, 0, 1, out list, out count))
        {
            int size = Marshal.SizeOf(typeof(WtsSession));
            for (int place = 0; place < count; place++)
                Add((WtsSession)Marshal.PtrToStructure(new IntPtr(list.ToInt64() + place * size), typeof(WtsSession)), sessions, newest);
            WTSFreeMemory(list);
        }
        inputs = "[" + string.Join(",", newest.ToArray()) + "]";
        return "[" + string.Join(",", sessions.ToArray()) + "]";
    }

    static void Add(WtsSession session, List<string> sessions, List<string> inputs)
    {
        IntPtr buffer;
        int bytes;
        // Session 0 is that of services.
        if (session.Id == 0 || !WTSQuerySessionInformationW(IntPtr.Zero, session.Id, SessionInfo, out buffer, out bytes)) return;
        WtsInfo info = (WtsInfo)Marshal.PtrToStructure(buffer, typeof(WtsInfo));
        WTSFreeMemory(buffer);
        if (info.UserName.Length == 0) return;
        sessions.Add(string.Format(
            CultureInfo.InvariantCulture,
            "{{\"id\":{0},\"state\":{1},\"name\":{2},\"user\":{3},\"domain\":{4},\"logon\":{5}{6}}}",
            session.Id, session.State, Json.Text(Marshal.PtrToStringUni(session.Name)), Json.Text(info.UserName),
            Json.Text(info.Domain), info.LogonTime, Client(session.Id)));
        inputs.Add(string.Format(CultureInfo.InvariantCulture, "[{0},{1}]", session.Id, info.LastInputTime));
    }

    static string Client(int session)
    {
        IntPtr buffer;
        int bytes;
        if (!WTSQuerySessionInformationW(IntPtr.Zero, session, ClientInfo, out buffer, out bytes)) return "";
        string client = "";
        if (bytes >= AddressAt + AddressBytes && Marshal.ReadInt32(buffer, FamilyAt) != 0)
        {
            byte[] address = new byte[AddressBytes];
            Marshal.Copy(new IntPtr(buffer.ToInt64() + AddressAt), address, 0, AddressBytes);
            client = ",\"family\":" + Marshal.ReadInt32(buffer, FamilyAt) + ",\"address\":" + Json.Bytes(address)
                + ",\"client\":" + Json.Text(Marshal.PtrToStringUni(buffer));
        }
        WTSFreeMemory(buffer);
        return client;
    }
}
