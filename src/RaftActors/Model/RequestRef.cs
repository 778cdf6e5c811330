using RaftActors.Core;

namespace RaftActors;

/// <summary>
/// Identifies one call of a process, such as an Append or a Get. A process never gives a ref twice, not even after a restart of its
/// actor or its node. Refs are comparable by equality.
/// </summary>
public readonly record struct RequestRef
{
    /// <summary>Makes a ref for a test of code that takes one.</summary>
    /// <param name="origin">The process.</param>
    /// <param name="incarnation">The identity of its store.</param>
    /// <param name="number">The number of the call.</param>
    public RequestRef(ProcessName origin, Incarnation incarnation, long number)
        : this(new RequestId(new Member(origin, incarnation), number))
    {
    }

    private RequestRef(RequestId id) => Id = id;

    /// <summary>The process that made the call, or <c>client@*</c> for all clients.</summary>
    public ProcessName Origin => Id.Origin.Name;

    /// <summary>The identity of the process's store at the call, or of the client.</summary>
    public Incarnation Incarnation => Id.Origin.Incarnation;

    /// <summary>The number of the call over that store, or of that client.</summary>
    public long Number => Id.Number;

    /// <summary>The same, as Core has it. Copies share the object of the origin.</summary>
    internal RequestId Id { get; }

    internal static RequestRef Of(RequestId request) => new(request);

    /// <inheritdoc/>
    public override string ToString() => $"{Origin}#{Incarnation}/{Number}";
}
