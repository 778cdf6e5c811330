using Akka.Cluster;

namespace CoordinationTrials.Node;

/// <summary>What a node sees of the cluster: a line of its output.</summary>
/// <param name="Up">The addresses of the members that are Up.</param>
/// <param name="Unreachable">The addresses of the members that some node cannot reach.</param>
/// <param name="IsAll">All members are Up.</param>
internal sealed record Status(IReadOnlySet<string> Up, IReadOnlySet<string> Unreachable, bool IsAll)
{
    public const string Mark = "> status ";

    /// <param name="nameOf">The address of a member.</param>
    public static Status Of(ClusterEvent.CurrentClusterState state, Func<Akka.Actor.Address, string> nameOf)
    {
        var up = state.Members.Where(member => member.Status == MemberStatus.Up).ToList();
        return new(
            up.Select(member => nameOf(member.Address)).ToHashSet(),
            state.Unreachable.Select(member => nameOf(member.Address)).ToHashSet(),
            IsAll: up.Count == state.Members.Count);
    }

    public static Status Parse(string line)
    {
        var words = line[Mark.Length..].Split(' ');
        return new(Of(words[1]), Of(words[2]), bool.Parse(words[0]));

        static HashSet<string> Of(string list) => [.. list.Split(',', StringSplitOptions.RemoveEmptyEntries)];
    }

    public string ToLine() => $"{Mark}{IsAll} {string.Join(',', Up)} {string.Join(',', Unreachable)}";

    public override string ToString()
    {
        return $"sees Up {Listed(Up)}, unreachable {Listed(Unreachable)}, all members Up: {IsAll}";

        static string Listed(IReadOnlySet<string> addresses) => string.Join(' ', addresses.Order(StringComparer.Ordinal));
    }
}
