namespace RaftActors;

/// <summary>
/// Identifies one call of a process, such as an Append or a Get. A process never gives a ref twice, not even after a restart of its
/// actor or its node. Refs are comparable by equality.
/// <para>
/// The text <c>Ref#&lt;1B30E9C5.138519.23452.0&gt;</c> begins with a checksum of the node's name and a number that counts up by one. A
/// number for the store's incarnation and the number of the start on that store follow.
/// </para>
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
