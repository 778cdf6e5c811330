namespace RaftActors;

/// <summary>
/// HandleQuery returns it if the actor answers at a later time, by <c>Group.Answer</c>. The actor must bound that time, because the query
/// counts among the open ones until then. A query whose time is over ends without it.
/// </summary>
public sealed class LaterAnswer
{
    /// <summary>The query. Set when HandleQuery has returned.</summary>
    internal RequestRef Request { get; set; }
}
