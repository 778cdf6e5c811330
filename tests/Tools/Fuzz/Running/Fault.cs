namespace RaftActors.Fuzz.Running;

/// <summary>The text of a broken property.</summary>
internal static class Fault
{
    private const int LettersMax = 60;

    /// <summary>The part that is equal for all inputs that break the property at one place: no numbers, no bytes of the input.</summary>
    public static string SiteOf(string fault)
    {
        var head = fault.Split('\'', '\n')[0];
        var place = fault.Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.StartsWith("at ", StringComparison.Ordinal));
        return string.Concat(head.Where(each => !char.IsAsciiDigit(each)).Take(LettersMax)) + place;
    }
}
