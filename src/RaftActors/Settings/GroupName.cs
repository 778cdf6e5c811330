namespace RaftActors.Settings;

/// <summary>The bound of the names of groups.</summary>
internal static class GroupName
{
    /// <summary>The most characters. Other nodes refuse a message with a longer name, and close the connection.</summary>
    public const int LengthMax = 1000;

    /// <exception cref="RaftConfigurationException">The name is too long.</exception>
    public static void Demand(string group) => RaftConfigurationException.Demand(
        group.Length <= LengthMax, $"The name of the group has {group.Length} characters. Use one of at most {LengthMax} in raft.group.");
}
