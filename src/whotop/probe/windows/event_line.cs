// An event of the log as the line of JSON that whotop is sent: without what says nothing of a login.
class EventLine
{
    static readonly HashSet<string> Names = new HashSet<string>
    {
        "TargetUserSid", "TargetUserName", "TargetDomainName", "TargetLogonId", "TargetLinkedLogonId", "LogonType",
        "LogonProcessName", "WorkstationName", "ProcessName", "IpAddress", "Status", "SubStatus", "SessionId",
        "AccountName", "AccountDomain", "LogonID", "SessionName", "ClientName", "ClientAddress",
        "SubjectUserName", "PreviousTime", "NewTime",
    };
    static readonly HashSet<string> OfPeople = new HashSet<string> { "2", "7", "10", "11", "12", "13" };
    static readonly HashSet<string> OverNetwork = new HashSet<string> { "3", "8" };

    static readonly Regex NoCharacters = new Regex("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\ufffe\\uffff]|&#(x[0-9a-fA-F]{1,8}|[0-9]{1,8});");

    public long Record;
    public string Time = "";
    string id = "", provider = "", channel = "", computer = "";
    readonly Dictionary<string, string> data = new Dictionary<string, string>();

    // Raises XmlException where it is no XML. A character that XML does not know is replaced: whoever types one
    // as a user name must not be overlooked for it.
    public EventLine(string xml)
    {
        try
        {
            Parse(xml);
        }
        catch (XmlException)
        {
            data.Clear();
            Parse(NoCharacters.Replace(xml, "\ufffd"));
        }
    }

    void Parse(string xml)
    {
        XmlReaderSettings settings = new XmlReaderSettings();
        settings.DtdProcessing = DtdProcessing.Prohibit;
        settings.XmlResolver = null;
        using (XmlReader reader = XmlReader.Create(new StringReader(xml), settings))
        {
            string element = "", name = "";
            while (reader.Read())
                if (reader.NodeType == XmlNodeType.Element)
                {
                    element = reader.LocalName;
                    name = element == "Data" ? reader.GetAttribute("Name") ?? "" : element;
                    if (element == "Provider") provider = reader.GetAttribute("Name") ?? "";
                    if (element == "TimeCreated") Time = reader.GetAttribute("SystemTime") ?? "";
                }
                else if (reader.NodeType == XmlNodeType.Text) Take(element, name, reader.Value);
        }
    }

    public bool IsClearing
    {
        get { return id == "1102"; }
    }

    void Take(string element, string name, string text)
    {
        if (element == "EventID") id = text;
        else if (element == "EventRecordID") long.TryParse(text, out Record);
        else if (element == "Channel") channel = text;
        else if (element == "Computer") computer = text;
        else if (Names.Contains(name) && text != "-") data[name] = text.Length > 1024 ? text.Substring(0, 1024) : text;
    }

    // The line; empty for a logon or a logoff of a service, a share, a task: there are thousands of those;
    // and for that of whotop's own connection.
    public string Json(LogonSessions logons)
    {
        bool isSshd = false;
        // The numbers of logons begin anew.
        if (id == "4608") logons.OfLog.Clear();
        if (id == "4624" || id == "4634")
        {
            string type = Value("LogonType");
            isSshd = OverNetwork.Contains(type) && IsOfSshd(logons);
            if (isSshd ? Value("TargetLogonId").ToLowerInvariant() == logons.Own : !OfPeople.Contains(type)) return "";
        }
        StringBuilder json = new StringBuilder("{\"id\":").Append(Number(id));
        json.Append(",\"record\":").Append(Record).Append(",\"time\":").Append(Whotop.Json.Text(Time));
        json.Append(",\"provider\":").Append(Whotop.Json.Text(provider)).Append(",\"channel\":").Append(Whotop.Json.Text(channel));
        json.Append(",\"computer\":").Append(Whotop.Json.Text(computer)).Append(",\"data\":{");
        string comma = "";
        foreach (KeyValuePair<string, string> one in data)
        {
            json.Append(comma).Append(Whotop.Json.Text(one.Key)).Append(':').Append(Whotop.Json.Text(one.Value));
            comma = ",";
        }
        return json.Append(isSshd ? "},\"sshd\":true}\n" : "}}\n").ToString();
    }

    bool IsOfSshd(LogonSessions logons)
    {
        string program = Value("ProcessName"), logon = Value("TargetLogonId").ToLowerInvariant();
        string name = program.Substring(program.LastIndexOf('\\') + 1).ToLowerInvariant();
        bool isBySshd = name.StartsWith("sshd") || Value("LogonProcessName").Trim() == "sshd";
        if (isBySshd) logons.OfLog.Add(logon);
        return isBySshd || logons.IsOfSshd(logon);
    }

    string Value(string name)
    {
        string value;
        return data.TryGetValue(name, out value) ? value : "";
    }

    static int Number(string text)
    {
        int number;
        return int.TryParse(text, out number) ? number : 0;
    }
}
