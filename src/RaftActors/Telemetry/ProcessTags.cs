namespace RaftActors.Telemetry;

/// <summary>The tags of each measurement of one process.</summary>
internal sealed class ProcessTags(string group, ProcessName process)
{
    public KeyValuePair<string, object?> Group { get; } = new("raft.group", group);

    public KeyValuePair<string, object?> Process { get; } = new("raft.process", process.Value);
}
