namespace CoordinationTrials.Node;

/// <summary>What a node sees of the cluster: a line of its output.</summary>
/// <param name="Up">The addresses of the members that are Up.</param>
/// <param name="Unreachable">The addresses of the members that some node cannot reach.</param>
/// <param name="IsAll">All members are Up.</param>
internal sealed record Status(IReadOnlySet<string> Up, IReadOnlySet<string> Unreachable, bool IsAll)
{
    public const string Mark = "> status ";

    public static string LineOf(IReadOnlyList<string> up, IReadOnlyList<string> unreachable, bool isAll) =>
        $"{Mark}{isAll} {string.Join(',', up)} {string.Join(',', unreachable)}";

    public static Status Parse(string line)
    {
        var words = line[Mark.Length..].Split(' ');
        return new(Of(words[1]), Of(words[2]), bool.Parse(words[0]));

        static HashSet<string> Of(string list) => [.. list.Split(',', StringSplitOptions.RemoveEmptyEntries)];
    }

    public override string ToString()
    {
        return $"sees Up {Listed(Up)}, unreachable {Listed(Unreachable)}, all members Up: {IsAll}";

        static string Listed(IReadOnlySet<string> addresses) => string.Join(' ', addresses.Order(StringComparer.Ordinal));
    }
}
