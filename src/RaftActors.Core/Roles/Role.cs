namespace RaftActors.Core;

/// <summary>
/// A role and the state that belongs to it. Closed. Each change of role makes a new object, so no old state remains.
/// </summary>
internal abstract class Role
{
    private protected Role()
    {
    }

    /// <summary>The kind of role.</summary>
    public abstract RaftRole Kind { get; }
}
