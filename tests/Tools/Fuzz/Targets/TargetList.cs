namespace RaftActors.Fuzz.Targets;

/// <summary>All targets, in the order of the page.</summary>
public static class TargetList
{
    public static Target[] All { get; } =
    [
        new FramesTarget(), new CallsTarget(), new HandshakeTarget(), new MessagesTarget(), new ValuesTarget(),
        new DirectoryTarget(), new SnapshotTarget(), new ResultsTarget(), new ToolsTarget(),
        new MessageLogTarget(), new HoconTarget(), new CoordinationTarget(),
    ];

    /// <summary>Null: no target has this name.</summary>
    public static Target? Find(string name) => Array.Find(All, target => target.Name == name);
}
