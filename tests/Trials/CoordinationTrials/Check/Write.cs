namespace CoordinationTrials.Check;

/// <summary>A write to the register.</summary>
/// <param name="Resource">The singleton, an entity or the lock that is written.</param>
/// <param name="Node">The number of the node.</param>
/// <param name="Instance">The life of the writer, unique in the trial.</param>
/// <param name="Token">The fencing token; null: the strategy has none.</param>
/// <param name="At">Time when the register read it, by the monotonic clock.</param>
public sealed record Write(string Resource, int Node, string Instance, long? Token, long At)
{
    /// <summary>Begins the lines of a node that are for the register.</summary>
    public const string Mark = "> write ";

    public static string LineOf(string resource, string instance, long? token) => $"{Mark}{resource} {instance} {token}";

    public static Write Parse(string line, int node, long at)
    {
        var words = line[Mark.Length..].Split(' ');
        return new(words[0], node, words[1], words[2].Length > 0 ? long.Parse(words[2], CultureInfo.InvariantCulture) : null, at);
    }
}
