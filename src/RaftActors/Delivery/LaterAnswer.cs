namespace RaftActors.Delivery;

/// <summary>
/// HandleQuery returns it if the actor answers at a later time, by <see cref="RaftContext{TValue}.Answer"/>. The actor must bound that
/// time, because the query counts among the open ones until then.
/// </summary>
internal sealed class LaterAnswer
{
    /// <summary>The query. Set when HandleQuery has returned.</summary>
    public RequestRef Request { get; set; }
}
