// JSON: written by hand, because Windows PowerShell 5.1 has no writer that is quick; read by .NET's own reader.
static class Json
{
    public static string Text(string value)
    {
        StringBuilder json = new StringBuilder("\"", value.Length + 2);
        foreach (char one in value)
        {
            if (one == '"' || one == '\\') json.Append('\\').Append(one);
            else if (one < ' ' || char.IsSurrogate(one)) json.Append("\\u").Append(((int)one).ToString("x4"));
            else json.Append(one);
        }
        return json.Append('"').ToString();
    }

    // Bytes travel as base64; texts of Windows as UTF-8.
    public static string Bytes(string value)
    {
        return Bytes(Encoding.UTF8.GetBytes(value));
    }

    public static string Bytes(byte[] value)
    {
        return "\"" + Convert.ToBase64String(value) + "\"";
    }

    // An object as a tree of elements, as JsonReaderWriterFactory maps it.
    public static XmlElement Read(byte[] payload)
    {
        using (XmlReader reader = JsonReaderWriterFactory.CreateJsonReader(payload, XmlDictionaryReaderQuotas.Max))
        {
            XmlDocument document = new XmlDocument();
            document.XmlResolver = null;
            document.Load(reader);
            return document.DocumentElement;
        }
    }

    public static string TextAt(XmlElement message, string path)
    {
        XmlNode found = message == null ? null : message.SelectSingleNode(path);
        return found == null ? "" : found.InnerText;
    }

    public static long NumberAt(XmlElement message, string path)
    {
        long number;
        if (!long.TryParse(TextAt(message, path), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number))
            throw new BrokenProtocol("no number as " + path);
        return number;
    }
}
