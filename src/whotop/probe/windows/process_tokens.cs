// Which logon a process runs under (winnt.h, TOKEN_STATISTICS).
static class ProcessTokens
{
    const int QueryLimited = 0x1000, TokenQuery = 8, TokenStatistics = 10, StatisticsBytes = 56, LogonAt = 8;

    [DllImport("kernel32.dll", ExactSpelling = true)]
    static extern IntPtr OpenProcess(int access, bool inherit, int pid);

    [DllImport("kernel32.dll", ExactSpelling = true)]
    static extern bool CloseHandle(IntPtr handle);

    [DllImport("advapi32.dll", ExactSpelling = true)]
    static extern bool OpenProcessToken(IntPtr process, int access, out IntPtr token);

    [DllImport("advapi32.dll", ExactSpelling = true)]
    static extern bool GetTokenInformation(IntPtr token, int infoClass, byte[] buffer, int size, out int needed);

    // The logons that all processes of some names run under now.
    public static void FindLogonsOf(HashSet<string> logons, params string[] names)
    {
        LookAtOthers();
        logons.Clear();
        foreach (string name in names)
            foreach (Process process in Process.GetProcessesByName(name))
                using (process)
                {
                    string logon = LogonOf(process.Id);
                    if (logon.Length > 0) logons.Add(logon);
                }
    }

    // Administrators hold the privilege to look at the processes of others (SeDebugPrivilege), and must turn it on.
    static void LookAtOthers()
    {
        try
        {
            Process.EnterDebugMode();
        }
        catch (Win32Exception) { }
    }

    public static string LogonOf(int pid)
    {
        IntPtr process = OpenProcess(QueryLimited, false, pid), token;
        if (process == IntPtr.Zero) return "";
        string logon = "";
        if (OpenProcessToken(process, TokenQuery, out token))
        {
            byte[] statistics = new byte[StatisticsBytes];
            int needed;
            if (GetTokenInformation(token, TokenStatistics, statistics, StatisticsBytes, out needed))
                logon = "0x" + BitConverter.ToInt64(statistics, LogonAt).ToString("x");
            CloseHandle(token);
        }
        CloseHandle(process);
        return logon;
    }
}
