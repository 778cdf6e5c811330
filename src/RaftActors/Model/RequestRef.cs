using RaftActors.Core;

namespace RaftActors;

/// <summary>
/// Identifies one call of a process, such as an Append or a Get. A process never gives a ref twice, not even after a restart of its
/// actor or its node. Refs are comparable by equality.
/// </summary>
/// <param name="Origin">The process that made the call, or <c>client@*</c> for all clients.</param>
/// <param name="Incarnation">The identity of the process's store at the call, or of the client.</param>
/// <param name="Number">The number of the call over that store, or of that client.</param>
public readonly record struct RequestRef(ProcessName Origin, Incarnation Incarnation, long Number)
{
    /// <inheritdoc/>
    public ProcessName Origin { get => Id.Origin.Name; init => Id = Id with { Origin = Id.Origin with { Name = value } }; }

    /// <inheritdoc/>
    public Incarnation Incarnation
    {
        get => Id.Origin.Incarnation;
        init => Id = Id with { Origin = Id.Origin with { Incarnation = value } };
    }

    /// <inheritdoc/>
    public long Number { get => Id.Number; init => Id = Id with { Number = value }; }

    /// <summary>The same, as Core has it. Copies share the object of the origin.</summary>
    internal RequestId Id { get; private init; } = new(new Member(Origin, Incarnation), Number);

    internal static RequestRef Of(RequestId request) => default(RequestRef) with { Id = request };

    /// <inheritdoc/>
    public override string ToString() => $"{Origin}#{Incarnation}/{Number}";
}
