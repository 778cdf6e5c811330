namespace RaftActors;

/// <summary>
/// Names one Append or Get of a process: <c>Ref#&lt;1B30E9C5.138519.23452.0&gt;</c>. Refs count up by one and are never given twice
/// by a process, restarts of its actor and of its node included: each start on the same store has a range of its own, printed last.
/// What is printed third tells apart processes of one name whose stores differ.
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
