using System.Collections.Immutable;

using Akka.Configuration;

namespace RaftActors.Settings;

/// <summary>
/// The roles of names, from <c>raft.security.roles</c>. A pattern is a name, <c>*.domain</c> for all names one level below the domain, or
/// <c>*</c> for all. Upper and lower case are the same.
/// </summary>
internal sealed record RoleRules(
    ImmutableArray<string> Nodes, ImmutableArray<string> Operators, ImmutableArray<string> Writers, ImmutableArray<string> Readers)
{
    /// <param name="raft">The configuration of <c>raft</c>.</param>
    public static RoleRules Read(Config raft) => new(
        [.. raft.ReadList("security.roles.node")],
        [.. raft.ReadList("security.roles.operator")],
        [.. raft.ReadList("security.roles.writer")],
        [.. raft.ReadList("security.roles.reader")]);

    /// <summary>Returns the highest role that the lists give to one of the names, or null.</summary>
    public ConnectionRole? RoleOf(ImmutableArray<string> names) =>
        IsIn(Nodes, names) ? ConnectionRole.Node
        : IsIn(Operators, names) ? ConnectionRole.Operator
        : IsIn(Writers, names) ? ConnectionRole.Writer
        : IsIn(Readers, names) ? ConnectionRole.Reader
        : null;

    /// <summary>Tells whether a name matches a pattern.</summary>
    public static bool Fits(string pattern, string name) =>
        name.Equals(pattern, StringComparison.OrdinalIgnoreCase)
        || (pattern.StartsWith("*.", StringComparison.Ordinal)
            && name.IndexOf('.') is > 0 and var dot
            && name.AsSpan(dot).Equals(pattern.AsSpan(1), StringComparison.OrdinalIgnoreCase));

    private static bool IsIn(ImmutableArray<string> patterns, ImmutableArray<string> names) =>
        patterns.Any(pattern => names.Any(name => pattern == "*" || Fits(pattern, name)));
}
