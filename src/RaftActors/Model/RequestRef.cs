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
    internal static RequestRef Of(RequestId request) => new(request.Origin.Name, request.Origin.Incarnation, request.Number);

    /// <inheritdoc/>
    public override string ToString() => $"{Origin}#{Incarnation}/{Number}";
}
