namespace RaftActors.Core;

/// <summary>
/// The identity of a founded group, minted by its founder. Every later message has it, and a process refuses another one.
/// </summary>
internal readonly record struct GroupUid(Guid Value)
{
    /// <summary>The group is not founded yet, as far as the sender knows.</summary>
    public static GroupUid None => default;

    public override string ToString() => Value == Guid.Empty ? "unfounded" : Value.ToString("N")[..8];
}
