namespace RaftActors;

/// <summary>
/// Names one Append or Get of a process: <c>Ref#&lt;1B30E9C5.138519.23452.0&gt;</c>. Refs count up by one and are never given twice
/// in the life of a process, restarts of its actor included; what is printed second tells apart the lives of a process.
/// </summary>
public readonly record struct RequestRef
{
    private readonly string _node;
    private readonly ushort _life;

    internal RequestRef(string node, ushort life, long number)
    {
        _node = node;
        _life = life;
        Number = number;
    }

    internal long Number { get; }

    /// <inheritdoc/>
    public override string ToString() => $"Ref#<{Pid.NodeChecksum(_node ?? ""):X8}.{(uint)Number}.{_life}.{Number >> 32}>";
}
