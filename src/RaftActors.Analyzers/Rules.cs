namespace RaftActors.Analyzers;

/// <summary>The rules. <c>docs/analyzers.md</c> has a section for each.</summary>
internal static class Rules
{
    public const string Clock = "RAFT001";
    public const string Hash = "RAFT003";
    public const string Machine = "RAFT004";
    public const string Async = "RAFT005";
    public const string Order = "RAFT006";
    public const string Culture = "RAFT007";
    public const string LiveState = "RAFT008";
    public const string AfterAwait = "RAFT010";

    /// <summary>The property of a diagnostic that has the code to put in its place.</summary>
    public const string Fix = "fix";

    // {0} is the place, such as 'Orders.HandleAppend', and {1} is the code there.
    private static readonly Dictionary<string, DiagnosticDescriptor> ById = new[]
    {
        Rule(Clock, "A replicated callback reads a clock",
            "{0} runs on every node, and '{1}' gives each one another time. Use the Time of the entry or of the entity, which belongs to "
                + "the log."),
        Rule("RAFT002", "A replicated callback uses randomness or a new id",
            "{0} runs on every node, and '{1}' gives each one another value. Put the random value or the id into the value before it is "
                + "appended."),
        Rule(Hash, "A replicated callback uses a hash code that differs between processes",
            "{0} runs on every node, and '{1}' may give each one another number. Compute a hash of the bytes, such as XxHash32, or compare "
                + "the values."),
        Rule(Machine, "A replicated callback uses I/O, the environment or static state",
            "{0} runs on every node, and '{1}' may differ between them. Put what the callback needs into the value before it is appended, "
                + "or into the state of the actor."),
        Rule(Async, "A replicated callback is asynchronous",
            "{0} runs on every node in the order of the log, and the end of '{1}' has no place in that order. Ask a RaftOutbox for it, or "
                + "start it on the leader, from a message handler, and append what it gives."),
        Rule(Order, "A replicated callback uses the order of a hashed or parallel collection",
            "{0} runs on every node, and the order of '{1}' may differ between them. Sort first, by OrderBy and StringComparer.Ordinal for "
                + "texts, or use a SortedDictionary, a SortedSet or a List."),
        Rule(Culture, "A replicated callback uses the culture of the machine",
            "{0} runs on every node, and '{1}' depends on the culture of each one. Name CultureInfo.InvariantCulture, "
                + "StringComparison.Ordinal or StringComparer.Ordinal."),
        Rule(LiveState, "A result or answer is the live state of the actor",
            "{0} returns '{1}', which other threads read while the actor changes it. Return a copy, or an immutable object."),
        Rule("RAFT009", "A replicated callback has an effect outside of the actor",
            "{0} runs on every node, and again at each replay, so '{1}' happens many times. Let the leader do it: ask a RaftOutbox for "
                + "it, or send the actor a message, and check Group.Leader is {{ IsSelf: true }} in its handler."),
        Rule(AfterAwait, "A raft actor uses its sender or context after an await",
            "{0} uses '{1}' after an await that leaves the actor, where it fails or belongs to another message. Handle the message by "
                + "ReceiveAsync without ConfigureAwait(false), or copy '{1}' into a local variable before the await."),
    }.ToDictionary(rule => rule.Id);

    public static DiagnosticDescriptor Of(string id) => ById[id];

    public static IEnumerable<DiagnosticDescriptor> Replicated => ById.Values.Where(rule => rule.Id != AfterAwait);

    private static DiagnosticDescriptor Rule(string id, string title, string message) => new(
        id, title, message, "Determinism", DiagnosticSeverity.Warning, isEnabledByDefault: true,
        helpLinkUri: $"docs/analyzers.md#{id.ToLowerInvariant()}");
}
